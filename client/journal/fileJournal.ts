import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { journalFull, type Journal, type JournalEntry } from './journal.js';
import { forgetTag, leftovers, newTag, segmentName, takeOver } from './leftovers.js';
import { Segment } from './segment.js';

/** A file is closed at this size, and removed when all of it is sent. */
const SEGMENT_BYTES_MAX = 1024 * 1024;

/** How often a living process says so, and looks for files of dead ones. */
const TOUCH_MS = 15_000;

/** Two processes that take over from each other in turn are a fault of their clocks. */
const WRITES_MAX = 3;

interface Kept {
  readonly entry: JournalEntry;
  readonly bytes: number;
  readonly segment: Segment;
}

interface Waiting {
  readonly entries: readonly JournalEntry[];
  readonly lines: readonly string[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Entries in a folder, each on disk before `append` resolves. A process writes files of its own;
 * those of a dead one are taken over. Appends that wait for the disk share the next write.
 */
export class FileJournal implements Journal {
  readonly #folder: string;
  readonly #bytesMax: number;
  readonly #onDamage: (detail: string) => void;
  readonly #tag = newTag();
  #kept: Kept[] = [];
  #bytes = 0;
  #waiting: Waiting[] = [];
  #segment: Segment | null = null;
  #numbers = 0;
  /** One change of the files at a time. */
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, bytesMax: number, onDamage: (detail: string) => void) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
    this.#onDamage = onDamage;
  }

  get size(): number {
    return this.#kept.length;
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#inTurn(() => this.#adopt());
    this.#timer = setInterval(() => {
      this.#inTurn(() => this.#beat()).catch((error: unknown) => this.#onDamage(String(error)));
    }, TOUCH_MS).unref();
  }

  append(entries: readonly JournalEntry[]): Promise<void> {
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`);
    const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
    if (this.#bytes + bytes > this.#bytesMax) {
      return Promise.reject(journalFull(this.#bytesMax, this.size));
    }
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, lines, resolve, reject });
      if (this.#waiting.length === 1) void this.#inTurn(() => this.#write());
    });
  }

  head(countMax: number): readonly JournalEntry[] {
    return this.#kept.slice(0, countMax).map(({ entry }) => entry);
  }

  async drop(count: number): Promise<void> {
    const sent = this.#kept.splice(0, count);
    for (const { bytes, segment } of sent) {
      this.#bytes -= bytes;
      segment.waiting -= 1;
    }
    const segments = new Set(sent.map(({ segment }) => segment));
    await this.#inTurn(() => this.#remove([...segments]));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#inTurn(() => this.#leaveSegment());
    forgetTag(this.#tag);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    // The next in turn runs whatever became of this one; its caller has the fault.
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #newSegment(): Segment {
    this.#numbers += 1;
    return new Segment(join(this.#folder, segmentName(this.#tag, this.#numbers)));
  }

  async #write(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const segment = await this.#written(waiting.flatMap(({ lines }) => lines).join(''));
      for (const { entries, lines, resolve } of waiting) {
        entries.forEach((entry, at) => {
          const bytes = Buffer.byteLength(lines[at] ?? '');
          this.#kept.push({ entry, bytes, segment });
        });
        segment.waiting += entries.length;
        resolve();
      }
    } catch (error) {
      // What the disk has of it is sent by a later process, if at all: it counts once.
      await this.#leaveSegment().catch(() => undefined);
      const lines = waiting.flatMap((one) => one.lines);
      this.#bytes -= lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
      for (const { reject } of waiting) reject(error);
    }
  }

  async #written(text: string): Promise<Segment> {
    for (let attempt = 1; attempt <= WRITES_MAX; attempt += 1) {
      if (this.#segment && this.#segment.bytes >= SEGMENT_BYTES_MAX) await this.#leaveSegment();
      const segment = (this.#segment ??= this.#newSegment());
      if (await segment.write(text)) return segment;
      await this.#leaveSegment();
    }
    throw new Error(`Files in ${this.#folder} disappear while they are written.`);
  }

  async #leaveSegment(): Promise<void> {
    const segment = this.#segment;
    this.#segment = null;
    await segment?.close();
  }

  async #remove(segments: readonly Segment[]): Promise<void> {
    for (const segment of segments) {
      if (segment.waiting > 0) continue;
      if (segment === this.#segment) this.#segment = null;
      await segment.remove();
    }
  }

  async #beat(): Promise<void> {
    for (const segment of new Set(this.#kept.map((kept) => kept.segment))) await segment.touch();
    await this.#adopt();
  }

  async #adopt(): Promise<void> {
    for (const name of await leftovers(this.#folder)) {
      const segment = this.#newSegment();
      const taken = await takeOver(join(this.#folder, name), segment.path);
      if (!taken) continue;
      if (taken.damaged > 0) this.#onDamage(`${taken.damaged} lines of ${name} can't be read.`);
      segment.waiting = taken.entries.length;
      if (segment.waiting === 0) await segment.remove();
      for (const entry of taken.entries) {
        const bytes = Buffer.byteLength(JSON.stringify(entry)) + 1;
        this.#bytes += bytes;
        this.#kept.push({ entry, bytes, segment });
      }
    }
  }
}
