import { spawn } from 'node:child_process';
import { isAlive, processIdentity } from '../../../cli/processIdentity.js';
import { tsxProgram } from '../../../cli/tsxProgram.js';
import { signalGroup, spawnWatched } from '../../../dev/servers/childProcess.js';
import { until } from '../../until.js';

/** Servers that a failed test would leave behind. */
const started: number[] = [];

function untilGone(pids: readonly number[], limitMs: number): Promise<void> {
  // A process that nobody has asked for its end yet counts as gone.
  return until(() => pids.every((pid) => processIdentity(pid) === null), 'end', limitMs);
}

/** Starts the fixture, answers its pids and those of the server it started. */
async function startFixture(mode: string): Promise<{ parent: number; servers: number[] }> {
  const program = tsxProgram('test/dev/servers/watched.fixture.ts', mode);
  const parent = spawn(program.command, program.args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((done) =>
    parent.stdout.once('data', (chunk: Buffer) => done(chunk.toString())),
  );
  const servers = line.trim().split(' ').map(Number);
  started.push(...servers);
  return { parent: parent.pid ?? 0, servers };
}

describe('a server that was started by us', () => {
  afterEach(() => {
    for (const pid of started.splice(0)) signalGroup(pid, 'SIGKILL');
  });

  it('does not outlive us when we are killed with -9, nor does what it started', async () => {
    const { parent, servers } = await startFixture('plain');
    expect(servers.every(isAlive)).toBe(true);
    process.kill(parent, 'SIGKILL');
    await untilGone(servers, 3_000);
  });

  it('is made to end after 5 s when it ignores the request', async () => {
    const { parent, servers } = await startFixture('stubborn');
    process.kill(parent, 'SIGKILL');
    await untilGone(servers, 8_000);
  }, 15_000);

  it('ends when it is stopped, and a second stop does nothing', async () => {
    const child = spawnWatched('sleep', ['300'], { stdio: 'ignore' });
    await child.stop();
    expect(await child.ended).toBe('killed by SIGTERM');
    expect(processIdentity(child.pid)).toBeNull();
    await child.stop();
  });

  it('that does not exist ends at once with the reason', async () => {
    const child = spawnWatched('/no/such/program', [], { stdio: 'ignore' });
    expect(await child.ended).toBe('ENOENT');
    await child.stop();
  });
});
