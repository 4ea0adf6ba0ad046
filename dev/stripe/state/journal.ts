import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Change, Store } from './store.js';

const COMPACT_AT_BYTES = 64 * 1024 * 1024;

/**
 * State on disk: one JSON line per transaction, written before its answer leaves. A process killed
 * in the middle of a line loses that transaction and nothing else.
 */
export class Journal {
  readonly #file: string;
  readonly #store: Store;
  #handle: number;
  #bytes = 0;
  #compactAt = COMPACT_AT_BYTES;

  /** Opens DIRECTORY/journal.jsonl, loads it into the store and writes it anew, compacted. */
  constructor(directory: string, store: Store) {
    mkdirSync(directory, { recursive: true });
    this.#file = join(directory, 'journal.jsonl');
    this.#store = store;
    this.#load();
    this.#handle = this.#compact();
  }

  /** Appends one transaction. */
  append(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#bytes += writeSync(this.#handle, `${JSON.stringify(changes)}\n`);
    if (this.#bytes < this.#compactAt) return;
    closeSync(this.#handle);
    this.#handle = this.#compact();
  }

  /** Closes the file; nothing can be appended any more. */
  close(): void {
    fsyncSync(this.#handle);
    closeSync(this.#handle);
  }

  #load(): void {
    if (!existsSync(this.#file)) return;
    const text = readFileSync(this.#file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(this.#file, Buffer.byteLength(whole));
    for (const line of whole.split('\n')) {
      if (line === '') continue;
      for (const change of JSON.parse(line) as Change[]) this.#store.restore(change);
    }
  }

  #compact(): number {
    const fresh = `${this.#file}.new`;
    const handle = openSync(fresh, 'w');
    let bytes = 0;
    for (const change of this.#store.snapshot()) {
      bytes += writeSync(handle, `${JSON.stringify([change])}\n`);
    }
    fsyncSync(handle);
    renameSync(fresh, this.#file);
    this.#bytes = bytes;
    this.#compactAt = Math.max(COMPACT_AT_BYTES, bytes * 4);
    return handle;
  }
}
