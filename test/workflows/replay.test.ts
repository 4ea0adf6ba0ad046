import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { SHARED_MODULES, WORKFLOWS_PATH } from '../../worker/workflowSources.js';
import { DATA_CONVERTER } from '../../workflows/payloadCodec.js';

/** Every history ever released replays on today's workflow code (faults.md I10). */

const ROOT = join(__dirname, '..', 'histories');
const histories = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((shape) =>
    readdirSync(join(ROOT, shape.name)).map((file) => join(shape.name, file)),
  );

let code: string;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  ({ code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    preloadModules: [...SHARED_MODULES],
    logger: new DefaultLogger('ERROR'),
  }));
}, 60_000);

const replay = (bundle: string, file: string) =>
  Worker.runReplayHistory(
    { workflowBundle: { code: bundle }, dataConverter: DATA_CONVERTER },
    historyFromJSON(JSON.parse(readFileSync(join(ROOT, file), 'utf8'))),
  );

it('holds at least one history of each released shape', () => {
  expect(histories.length).toBeGreaterThanOrEqual(3);
});

it.each(histories)('replays %s', async (file) => {
  await expect(replay(code, file)).resolves.toBeUndefined();
}, 60_000);

it('notices a workflow that does its steps in another order', async () => {
  const [file] = histories.filter((name) => name.endsWith('paid.json'));
  const changed = code.replaceAll("case 'freeze':", "case 'never':");
  expect(changed).not.toBe(code);
  await expect(replay(changed, file ?? '')).rejects.toThrow(/Nondeterminism|nondeterminis/i);
}, 60_000);
