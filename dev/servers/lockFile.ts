import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, isSameProcess, processIdentity } from '../../cli/processIdentity.js';

/** The holder touches its file this often … */
const BEAT_MS = 5_000;
/** … and one of another machine that was not touched for so long is dead. */
const SILENCE_MS_MAX = 60_000;
const POLL_MS = 250;

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly identity: string | null;
  readonly host: string;
  readonly sinceMs: number;
}

/** A lock that this process holds. */
export interface HeldLock {
  release(): Promise<void>;
}

/**
 * Takes a lock if nobody alive holds it. A dead holder's lock is taken over.
 * @returns the lock, or who holds it.
 */
export async function tryLock(file: string): Promise<HeldLock | LockHolder> {
  await mkdir(dirname(file), { recursive: true });
  for (let round = 0; round < 150; round += 1) {
    if (await create(file)) return held(file);
    const holder = await readHolder(file);
    if (holder !== null && (await isHeld(file, holder))) return holder;
    await takeAway(file);
    await wait(20);
  }
  throw new Error(`${file}: the lock changes hands too fast to be taken`);
}

/** True for a lock of our own, false for somebody else's. */
export function isOurs(lock: HeldLock | LockHolder): lock is HeldLock {
  return 'release' in lock;
}

/**
 * Runs `work` while holding the lock; waits for another holder as long as it lives.
 * @param onWait told again and again who is waited for.
 */
export async function withLock<T>(
  file: string,
  signal: AbortSignal,
  onWait: (holder: LockHolder) => void,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    const lock = await tryLock(file);
    if (isOurs(lock)) {
      try {
        return await work();
      } finally {
        await lock.release();
      }
    }
    onWait(lock);
    await wait(POLL_MS, undefined, { signal });
  }
}

/** Makes the file with its content in one step; false when it exists. */
async function create(file: string): Promise<boolean> {
  const holder: LockHolder = {
    pid: process.pid,
    identity: processIdentity(process.pid),
    host: hostname(),
    sinceMs: Date.now(),
  };
  const draft = `${file}.${process.pid}-${randomUUID()}`;
  try {
    await writeFile(draft, JSON.stringify(holder));
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function held(file: string): HeldLock {
  const beat = setInterval(() => {
    const now = new Date();
    // A lock that vanished is noticed by its next taker, not by its holder.
    utimes(file, now, now).catch(() => clearInterval(beat));
  }, BEAT_MS);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      await rm(file, { force: true });
    },
  };
}

/** Null when the file is gone or is not one of ours. */
async function readHolder(file: string): Promise<LockHolder | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}

async function isHeld(file: string, holder: LockHolder): Promise<boolean> {
  if (holder.host === hostname()) {
    return holder.identity === null
      ? isAlive(holder.pid)
      : isSameProcess(holder.pid, holder.identity);
  }
  return (await silenceMs(file)) < SILENCE_MS_MAX;
}

/** Removes a dead lock; of several that see it dead one does, the others look again. */
async function takeAway(file: string): Promise<void> {
  const claim = `${file}.claim`;
  if (!(await create(claim))) {
    // Whoever claimed is at work for milliseconds; a claim that stays was left by a crash.
    if ((await silenceMs(claim)) > 2_000) await rm(claim, { force: true });
    return;
  }
  const holder = await readHolder(file);
  if (holder === null || !(await isHeld(file, holder))) await rm(file, { force: true });
  await rm(claim, { force: true });
}

/** Milliseconds since a file was touched; 0 when it is gone. */
async function silenceMs(file: string): Promise<number> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch {
    return 0;
  }
}
