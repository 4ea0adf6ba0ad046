import type { FileHandle } from 'node:fs/promises';
import { open, stat, unlink, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One file of a journal: lines are only ever added, and the whole file goes at once. */
export class Segment {
  readonly path: string;
  /** Lines that are not sent yet. */
  waiting = 0;
  #bytes = 0;
  #handle: FileHandle | null = null;

  constructor(path: string) {
    this.path = path;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds text and waits until the disk has it. False: another process has taken the file
   * over meanwhile, so the text may have come too late for it and belongs into a new file.
   */
  async write(text: string): Promise<boolean> {
    const handle = (this.#handle ??= await this.#create());
    await handle.appendFile(text);
    await handle.datasync();
    this.#bytes += Buffer.byteLength(text);
    return this.#stands(handle);
  }

  /** Tells other processes that this one lives. */
  async touch(): Promise<void> {
    const now = new Date();
    await utimes(this.path, now, now).catch(absent);
  }

  /** No more lines; the file stays. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  /** All of it is sent. */
  async remove(): Promise<void> {
    await this.close();
    await unlink(this.path).catch(absent);
  }

  async #create(): Promise<FileHandle> {
    const handle = await open(this.path, 'ax', 0o600);
    await syncFolder(dirname(this.path));
    return handle;
  }

  async #stands(handle: FileHandle): Promise<boolean> {
    const [mine, found] = await Promise.all([handle.stat(), stat(this.path).catch(absent)]);
    return found?.ino === mine.ino && found.dev === mine.dev;
  }
}

/** A file that another process took is no fault. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

/** A new name is on disk once its folder is; Windows can't open folders, and need not. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
