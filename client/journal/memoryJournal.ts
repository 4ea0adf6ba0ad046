import { journalFull, type Journal, type JournalEntry } from './journal.js';

interface Kept {
  readonly entry: JournalEntry;
  readonly bytes: number;
}

/** Entries in memory: they are gone with the process. */
export class MemoryJournal implements Journal {
  readonly #bytesMax: number;
  #kept: Kept[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#kept.length;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  append(entries: readonly JournalEntry[]): Promise<void> {
    const added = entries.map((entry) => ({ entry, bytes: JSON.stringify(entry).length }));
    const bytes = added.reduce((sum, kept) => sum + kept.bytes, 0);
    if (this.#bytes + bytes > this.#bytesMax) {
      return Promise.reject(journalFull(this.#bytesMax, this.size));
    }
    this.#kept.push(...added);
    this.#bytes += bytes;
    return Promise.resolve();
  }

  head(countMax: number): readonly JournalEntry[] {
    return this.#kept.slice(0, countMax).map(({ entry }) => entry);
  }

  drop(count: number): Promise<void> {
    const dropped = this.#kept.splice(0, count);
    this.#bytes -= dropped.reduce((sum, kept) => sum + kept.bytes, 0);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
