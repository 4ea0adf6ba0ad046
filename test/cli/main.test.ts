import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../../cli/processIdentity.js';
import type { StackFile } from '../../cli/runningStack.js';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { readServerSettings } from '../../dev/servers/settings.js';

const { environment } = readServerSettings();

interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the durabill command', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durabill-command-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Runs it from a folder that is not the package's. */
  const durabill = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ending> =>
    new Promise((done) => {
      const program = join(PACKAGE_FOLDER, 'cli', 'durabill.mjs');
      const env = { ...environment, DURABILL_DATA: folder, ...more };
      const options = { cwd: folder, env, timeout: 20_000 };
      execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });

  it('ends with 0 for help of every command', async () => {
    const helps = ['start', 'setup', 'doctor', 'status', 'keys', 'rate', 'plans', 'try'];
    helps.push('reconcile', 'explain');
    const endings = await Promise.all(helps.map((name) => durabill([name, '--help'])));
    expect(endings.map(({ code }) => code)).toEqual(helps.map(() => 0));
  });

  it('ends with 2 when it is used wrongly', async () => {
    const uses = [['nonsense'], ['status', '--nonsense'], []];
    const endings = await Promise.all(uses.map((use) => durabill(use)));
    expect(endings.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(endings[0]?.stderr).toContain("unknown command 'nonsense'");
  });

  it('ends with 1 and a clear word when the status of nothing is asked', async () => {
    const { code, stderr } = await durabill(['status', '--json']);
    expect(code).toBe(1);
    expect(stderr).toContain(`No stack runs on ${folder}`);
  });

  it('tells the status of a stack whose supervisor lives, in the promised form', async () => {
    const stack = {
      api: 'http://127.0.0.1:3000',
      temporal: '127.0.0.1:7233',
      temporalUi: 'http://127.0.0.1:8233',
      mongodb: 'mongodb://127.0.0.1:27017/durabill?directConnection=true',
      stripe: 'http://127.0.0.1:12111',
      key: 'dbk_test_x',
      pids: { api: 1, worker: 2, temporal: 3, ledger: 4, stripe: null },
    };
    const supervisor = { pid: process.pid, identity: processIdentity(process.pid) };
    const file: StackFile = { ...stack, supervisor };
    await writeFile(join(folder, 'stack.json'), JSON.stringify(file));
    const told = await durabill(['status', '--json']);
    expect(told.code).toBe(0);
    expect(JSON.parse(told.stdout)).toEqual(stack);
    const dead: StackFile = { ...stack, supervisor: { ...supervisor, identity: 'earlier' } };
    await writeFile(join(folder, 'stack.json'), JSON.stringify(dead));
    expect((await durabill(['status'])).code).toBe(1);
  });

  it('ends with 2 at once when a configured server is dead', async () => {
    const { code, stderr } = await durabill(['start'], {
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      MONGODB_URI: 'mongodb://127.0.0.1:1/?directConnection=true',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('TEMPORAL_ADDRESS: no Temporal answers at 127.0.0.1:1');
    expect(stderr).toContain('MONGODB_URI: no database answers at mongodb://127.0.0.1:1/');
  });

  it('examines without a server and without the package folder', async () => {
    const { code, stdout } = await durabill(['doctor', '--json'], {
      DURABILL_CACHE: join(folder, 'cache'),
      PATH: folder,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    });
    expect(code).toBe(2);
    const report = JSON.parse(stdout) as { temporal: { uses: unknown; ways: unknown[] } };
    expect(report.temporal.uses).toBeNull();
    expect(report.temporal.ways).toContainEqual({
      way: 'PATH',
      ok: false,
      detail: 'no `temporal`',
    });
  });
});
