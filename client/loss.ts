import type { JournalEntry } from './journal/journal.js';

/** Usage that the client could not hand over for good: somebody has to look at it. */
export interface Loss {
  /** What was to be sent; null: lines of a journal that can't be read. */
  readonly entry: JournalEntry | null;
  /** The API's code, or `journal_damaged`. */
  readonly code: string;
  readonly detail: string;
}

/** Says a loss on standard error: what a client does that was given no `onLoss`. */
export function warnOfLoss({ entry, code, detail }: Loss): void {
  const id = entry === null ? '' : ` of ${entry.type === 'event' ? entry.event.id : entry.id}`;
  console.warn(`durabill: usage${id} was not recorded: ${code}: ${detail}`);
}
