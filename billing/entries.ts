import type { ActingEntry, HoldEnd, LogEntry } from './log.js';

/** What entries do besides counting (`sumRows`): commands and fences act, settles end holds. */

/** Commands and fences among these entries, in their order. */
export function actsOf(entries: readonly LogEntry[]): ActingEntry[] {
  return entries.filter(acts);
}

function acts(entry: LogEntry): entry is ActingEntry {
  return entry.kind === 'command' || entry.kind === 'fence';
}

/** True when all of them only count: then they may be folded before what stands below them. */
export function onlyCount(entries: readonly LogEntry[]): boolean {
  return !entries.some(acts);
}

/**
 * What the settles among these entries do to holds, in their order, whatever their outcome: the
 * part's `settled`, or without it the whole hold. A part without a hold ends none.
 */
export function endsOf(entries: readonly LogEntry[]): HoldEnd[] {
  const ends: HoldEnd[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'settle') continue;
    for (const { hold, settled } of entry.parts) {
      if (hold !== null) ends.push(settled ? { hold, settled } : { hold });
    }
  }
  return ends;
}
