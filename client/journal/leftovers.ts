import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { JournalEntry } from './journal.js';
import { absent } from './segment.js';

/**
 * Files of processes that are gone. Taking one over is renaming it, then reading it: its writer,
 * should it live after all, finds its name gone after each write and writes again elsewhere. So a
 * wrong guess about a life costs a repeat, which the API counts once, and never a line.
 */

/** HOST PROCESS TAG NUMBER. */
const NAME = /^(.+)\.(\d+)\.([0-9a-f]{16})\.(\d+)\.journal$/;

/** A writer touches its files far more often than this. */
const SILENT_MS_MAX = 60_000;

const HOST = hostname().replaceAll(/[^A-Za-z0-9_-]/g, '_') || 'host';

/** Tags of the journals of this very process. */
const LIVE_TAGS = new Set<string>();

/** A tag for a journal of this process, until `forgetTag`. */
export function newTag(): string {
  const tag = crypto.randomUUID().replaceAll('-', '').slice(0, 16);
  LIVE_TAGS.add(tag);
  return tag;
}

/** The journal is closed: what it left may be taken over. */
export function forgetTag(tag: string): void {
  LIVE_TAGS.delete(tag);
}

/** Name of a file. */
export function segmentName(tag: string, number: number): string {
  return `${HOST}.${process.pid}.${tag}.${number}.journal`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Process ids say something on their own host only, and come again: silence decides then. */
async function isLeft(folder: string, name: string): Promise<boolean> {
  const [, host, pid, tag] = NAME.exec(name) ?? [];
  if (tag === undefined || LIVE_TAGS.has(tag)) return false;
  if (host === HOST && (Number(pid) === process.pid || !isRunning(Number(pid)))) return true;
  const found = await stat(join(folder, name)).catch(absent);
  return found !== undefined && Date.now() - found.mtimeMs > SILENT_MS_MAX;
}

/** Names of files that nobody writes any more, in the order they were written. */
export async function leftovers(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name));
  const left: { readonly name: string; readonly number: number; readonly tag: string }[] = [];
  for (const name of names) {
    if (!(await isLeft(folder, name))) continue;
    const [, , , tag = '', number = '0'] = NAME.exec(name) ?? [];
    left.push({ name, tag, number: Number(number) });
  }
  left.sort((a, b) => (a.tag === b.tag ? a.number - b.number : a.tag < b.tag ? -1 : 1));
  return left.map(({ name }) => name);
}

/** What a file holds, once it bears our name; null: somebody else was faster. */
export interface TakenOver {
  readonly entries: readonly JournalEntry[];
  readonly bytes: number;
  /** Lines that can't be read, but for a last one that was cut off while it was written. */
  readonly damaged: number;
}

/** Renames the file to `path` and reads it. */
export async function takeOver(from: string, path: string): Promise<TakenOver | null> {
  const moved = await rename(from, path).then(() => true, absent);
  if (!moved) return null;
  const text = await readFile(path, 'utf8');
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const entries = lines.flatMap((line) => entryOf(line) ?? []);
  const cutOff = entryOf(last);
  return {
    entries: cutOff ? [...entries, cutOff] : entries,
    bytes: Buffer.byteLength(text),
    damaged: lines.length - entries.length,
  };
}

function entryOf(line: string): JournalEntry | null {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    // Cut off: its writer never said that it was kept.
    return null;
  }
}
