import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../../../cli/processIdentity.js';
import { Keeper } from '../../../dev/servers/keeper.js';
import type { Launch } from '../../../dev/servers/launch.js';

describe('a keeper', () => {
  const keepers: Keeper[] = [];
  let folder: string;
  let pids: (number | null)[];
  let troubles: string[];
  let told: () => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durabill-keeper-'));
    pids = [];
    troubles = [];
    told = () => undefined;
  });
  afterEach(async () => {
    await Promise.all(keepers.splice(0).map((keeper) => keeper.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  const keeperOf = (
    script: string,
    ready: () => Promise<void> = () => Promise.resolve(),
  ): Keeper => {
    const launch: Launch = {
      name: 'server',
      command: 'sh',
      args: ['-c', script],
      environment: {},
      logFile: join(folder, 'logs', 'server.log'),
      ready,
      readyLimitMs: 5_000,
    };
    const keeper = new Keeper(launch, {
      onPid: (_name, pid) => {
        pids.push(pid);
        told();
      },
      onTrouble: (text) => troubles.push(text),
    });
    keepers.push(keeper);
    return keeper;
  };
  const untilPids = (count: number): Promise<void> =>
    new Promise((done) => {
      told = () => {
        if (pids.length >= count) done();
      };
      told();
    });

  it('starts a killed process again and tells its new pid', async () => {
    const keeper = keeperOf('exec sleep 300');
    await keeper.start();
    const first = keeper.pid;
    process.kill(first ?? 0, 'SIGKILL');
    await untilPids(3);
    expect(pids).toEqual([first, null, keeper.pid]);
    expect(keeper.pid).not.toBe(first);
    expect(troubles[0]).toContain('server: killed by SIGKILL; again in 200 ms');
    await keeper.stop();
    expect(keeper.pid).toBeNull();
    expect(processIdentity(pids[2] ?? 0)).toBeNull();
  });

  it('waits longer from one failure to the next', async () => {
    const failing = keeperOf('exit 7');
    await failing.start();
    await untilPids(6);
    await failing.stop();
    expect(troubles.map((text) => /again in (\d+) ms/.exec(text)?.[1]).slice(0, 3)).toEqual([
      '200',
      '400',
      '800',
    ]);
  });

  it('gives up a first start at once when the process ends, and names the log', async () => {
    const keeper = keeperOf('echo broken; exit 7', () => Promise.reject(new Error('not yet')));
    await expect(keeper.start()).rejects.toThrow(/server: exit code 7; see .*server\.log/);
    expect(await readFile(join(folder, 'logs', 'server.log'), 'utf8')).toBe('broken\n');
  });

  it('does not start again what was stopped while it paused', async () => {
    const keeper = keeperOf('exec sleep 300');
    await keeper.start();
    process.kill(keeper.pid ?? 0, 'SIGKILL');
    await untilPids(2);
    await keeper.stop();
    expect(pids).toHaveLength(2);
  });
});
