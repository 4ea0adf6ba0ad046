import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../../../cli/processIdentity.js';
import { isOurs, tryLock, withLock } from '../../../dev/servers/lockFile.js';
import type { LockHolder } from '../../../dev/servers/lockFile.js';

describe('a lock', () => {
  const never = new AbortController().signal;
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durabill-lock-'));
    file = join(folder, 'locks', 'temporal');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const holderFile = async (holder: Partial<LockHolder>): Promise<void> => {
    const lock = await tryLock(file);
    if (!isOurs(lock)) throw new Error('taken');
    const whole = { pid: process.pid, identity: null, host: hostname(), sinceMs: 0, ...holder };
    await writeFile(file, JSON.stringify(whole));
  };

  it('lets one build run at a time and tells the others whom they wait for', async () => {
    let running = 0;
    let most = 0;
    const waitedFor = new Set<number>();
    const build = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setImmediate(done));
      running -= 1;
    };
    const one = (): Promise<void> => withLock(file, never, ({ pid }) => waitedFor.add(pid), build);
    await Promise.all([one(), one(), one()]);
    expect(most).toBe(1);
    expect([...waitedFor]).toEqual([process.pid]);
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  it('of a process that was killed is taken over, by one of many', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    await holderFile({ pid, identity: processIdentity(pid) });
    expect(isOurs(await tryLock(file))).toBe(false);
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
    const takers = await Promise.all(Array.from({ length: 8 }, () => tryLock(file)));
    expect(takers.filter(isOurs)).toHaveLength(1);
  });

  it('of an earlier process with the pid of a living one is taken over', async () => {
    await holderFile({ identity: 'another boot/1' });
    expect(isOurs(await tryLock(file))).toBe(true);
  });

  it('of another machine is respected while it is touched', async () => {
    await holderFile({ host: 'elsewhere', pid: 1 });
    expect(isOurs(await tryLock(file))).toBe(false);
  });

  it('is given up waiting for when told to stop', async () => {
    const stop = new AbortController();
    await holderFile({ identity: processIdentity(process.pid) });
    const waiting = withLock(file, stop.signal, () => stop.abort(), () => Promise.resolve());
    await expect(waiting).rejects.toThrow('aborted');
  });
});
