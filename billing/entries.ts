import type { ActingEntry, HoldEnd, LogEntry, UsageEntry } from './log.js';

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

/** An entry that ends holds, and from where on fences must have been read before it is written. */
export interface Ending {
  readonly holds: readonly string[];
  readonly since: number;
}

/** What holds an entry ends; null: none, so no fence can contradict it. */
export function endingOf(entry: LogEntry): Ending | null {
  if (entry.kind === 'usage') return drawnEnding(entry);
  if (entry.kind !== 'settle') return null;
  const holds = entry.parts.flatMap(({ hold }) => (hold === null ? [] : [hold]));
  return { holds, since: entry.since };
}

function drawnEnding({ drawn }: UsageEntry): Ending | null {
  if (!drawn || drawn.hold === null) return null;
  return { holds: [drawn.hold], since: drawn.since };
}

/**
 * What the settles among these entries do to holds, in their order, whatever their outcome: the
 * part's `settled`, or without it the whole hold. A part without a hold ends none. Usage that
 * names a lease ends the hold that was had for it.
 */
export function endsOf(entries: readonly LogEntry[]): HoldEnd[] {
  const ends: HoldEnd[] = [];
  for (const entry of entries) {
    if (entry.kind === 'usage' && entry.drawn?.hold) ends.push({ hold: entry.drawn.hold });
    if (entry.kind !== 'settle') continue;
    for (const { hold, settled } of entry.parts) {
      if (hold !== null) ends.push(settled ? { hold, settled } : { hold });
    }
  }
  return ends;
}
