import type { FoundServer, Way } from '../../../dev/servers/contract.js';
import { examine, reportText } from '../../../dev/servers/examine.js';
import {
  ConfiguredServerDead,
  ServerMissing,
  resolveServer,
} from '../../../dev/servers/resolve.js';
import { quietWork } from './fakeMachine.js';

const program: FoundServer = { kind: 'temporal', how: 'here', command: '/here' };

const no = (name: string): Way => ({
  name,
  check: () => Promise.resolve({ ok: false, reason: 'not here' }),
});
const yes = (name: string, obtain: () => Promise<FoundServer>): Way => ({
  name,
  check: () => Promise.resolve({ ok: true, detail: 'would do', obtain }),
});
const fatal: Way = {
  name: 'ADDRESS',
  check: () => Promise.resolve({ ok: false, reason: 'dead', fatal: true }),
};

describe('resolving a server', () => {
  it('goes on to the next way when one fails half way, and keeps its reason', async () => {
    const broken = yes('download', () => Promise.reject(new Error('SHA-256 differs')));
    const works = yes('build', () => Promise.resolve(program));
    expect(await resolveServer('temporal', [no('PATH'), broken, works], quietWork)).toBe(program);
    const fault = await resolveServer('temporal', [no('PATH'), broken], quietWork).catch(
      (error: unknown) => error,
    );
    expect(fault).toBeInstanceOf(ServerMissing);
    expect((fault as ServerMissing).refusals).toEqual([
      { way: 'PATH', reason: 'not here' },
      { way: 'download', reason: 'SHA-256 differs' },
    ]);
  });

  it('ends at a configured server that is dead', async () => {
    const works = yes('build', () => Promise.resolve(program));
    const resolving = resolveServer('temporal', [fatal, works], quietWork);
    await expect(resolving).rejects.toBeInstanceOf(ConfiguredServerDead);
  });

  it('tries nothing more once it is told to stop', async () => {
    const stop = new AbortController();
    let built = false;
    const stopped = yes('download', () => {
      stop.abort(new Error('stopped'));
      return Promise.reject(new Error('aborted'));
    });
    const build = yes('build', () => {
      built = true;
      return Promise.resolve(program);
    });
    const work = { ...quietWork, signal: stop.signal };
    await expect(resolveServer('temporal', [stopped, build], work)).rejects.toThrow('stopped');
    expect(built).toBe(false);
    const again = new AbortController();
    const last = yes('build', () => {
      again.abort(new Error('stopped'));
      return Promise.reject(new Error('aborted'));
    });
    const onlyWay = resolveServer('temporal', [last], { ...quietWork, signal: again.signal });
    await expect(onlyWay).rejects.toThrow('stopped');
  });
});

describe('examining a server', () => {
  const works = yes('build', () => Promise.reject(new Error('must not be called')));

  it('names the first way that works, starts nothing, and never chooses an extra one', async () => {
    const report = await examine('ledger', [no('PATH'), works, works], [works]);
    expect(report.uses).toBe('build');
    expect(report.ways.map(({ ok }) => ok)).toEqual([false, true, true, true]);
    expect((await examine('ledger', [no('PATH')], [works])).uses).toBeNull();
  });

  it('uses nothing when the configured server is dead', async () => {
    const report = await examine('temporal', [fatal, works]);
    expect(report.uses).toBeNull();
    expect(reportText(report)).toBe(
      [
        'temporal: none can be used',
        '  ADDRESS  no   dead',
        '  build    yes  would do',
      ].join('\n'),
    );
  });
});
