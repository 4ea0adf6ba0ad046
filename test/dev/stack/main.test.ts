import { isSameProcess, processIdentity } from '../../../cli/processIdentity.js';
import { runningStack, stackFilePath } from '../../../cli/runningStack.js';
import type { StackFile } from '../../../cli/runningStack.js';
import { tsxProgram } from '../../../cli/tsxProgram.js';
import { spawnWatched } from '../../../dev/servers/childProcess.js';
import { readServerSettings } from '../../../dev/servers/settings.js';
import { readJson } from '../../../dev/stack/jsonFile.js';
import { startStack } from '../../stack.js';
import type { TestStack } from '../../stack.js';
import { until } from '../../until.js';

describe('the supervisor of the embedded stack', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startStack();
  }, 90_000);
  afterAll(() => stack.stop(), 60_000);

  it('brings up everything that `status` names', async () => {
    const ui = await fetch(String(stack.temporalUi), { signal: AbortSignal.timeout(5_000) });
    expect(ui.status).toBe(200);
    const docs = await fetch(`${stack.api}/docs`, { signal: AbortSignal.timeout(5_000) });
    expect(docs.status).toBe(200);
    expect(Object.values(stack.pids).every((pid) => pid !== null)).toBe(true);
    expect(stack.key).toMatch(/^dbk_test_/);
  });

  it('starts a killed server again on its port and tells the new pid', async () => {
    await stack.kill('temporal');
    const now = await stack.status();
    expect(now.pids.temporal).not.toBe(stack.pids.temporal);
    expect(now.temporal).toBe(stack.temporal);
    expect(now.pids.api).toBe(stack.pids.api);
  }, 60_000);

  it('refuses a second stack on the same data', async () => {
    const program = tsxProgram('dev/stack/main.ts', '--free-ports');
    const second = spawnWatched(program.command, program.args, {
      env: { ...readServerSettings().environment, DURABILL_DATA: stack.folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    second.process.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await second.ended).toBe('exit code 1');
    expect(said).toContain(`A stack runs on ${stack.folder} already`);
    expect((await stack.status()).api).toBe(stack.api);
  });

  it('takes all with it when it is killed with -9, and starts with the same data', async () => {
    const { pids } = await stack.status();
    const { supervisor } = readJson(stackFilePath(stack.folder)) as StackFile;
    const children = Object.values(pids).map((pid) => pid ?? 0);
    const identities = children.map(processIdentity);
    process.kill(supervisor.pid, 'SIGKILL');
    const areGone = (): boolean =>
      children.every((pid, at) => !isSameProcess(pid, identities[at] ?? null));
    await until(areGone, 'end of all children', 15_000);
    expect(await runningStack(stack.folder)).toBeNull();
    const { key, folder } = stack;
    stack = await startStack({ folder });
    expect(stack.key).toBe(key);
  }, 120_000);
});
