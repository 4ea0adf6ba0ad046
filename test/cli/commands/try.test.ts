import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../../cli/tsxProgram.js';
import { startStack, type TestStack } from '../../stack.js';

/** `durabill try`: what it prints can be copied, and ends in a paid invoice. */

jest.setTimeout(120_000);

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.stop());

function run(folder: string, ...args: readonly string[]) {
  const program = join(PACKAGE_FOLDER, 'cli/durabill.mjs');
  const env = { DURABILL_DATA: folder };
  return new Promise<{ readonly code: number; readonly out: string }>((resolve) => {
    execFile(process.execPath, [program, 'try', ...args], { env }, (error, out) => {
      resolve({ code: error === null ? 0 : Number(error.code), out });
    });
  });
}

interface Step {
  readonly curl: string;
  readonly status: number;
  readonly body: {
    readonly data?: readonly { readonly status: string }[];
    readonly committed?: Readonly<Record<string, number>>;
  };
}

test('reserve, commit, event, clock, invoice: each answered, the invoice paid', async () => {
  const { code, out } = await run(stack.folder, '--json');
  const steps = JSON.parse(out) as readonly Step[];
  expect([code, steps.map(({ status }) => status)]).toEqual([0, [201, 201, 200, 200, 200, 200]]);
  expect(steps[2]?.body).toMatchObject({ status: 'committed' });
  expect(Object.values(steps[2]?.body.committed ?? {})).toEqual([640]);
  expect(steps[5]?.body.data?.map(({ status }) => status)).toEqual(['paid', 'paid']);
  for (const { curl } of steps) expect(curl).toContain(`-H 'Authorization: Bearer ${stack.key}'`);
});

test('for people: every request as a curl, every answer below it', async () => {
  const { code, out } = await run(stack.folder);
  expect(code).toBe(0);
  expect(out.match(/^curl -X (PUT|POST|GET) '/gm)).toHaveLength(6);
  expect(out).toMatch(/"status": "paid"/);
});

test('without a stack: exit code 2', async () => {
  expect((await run(`${stack.folder}/nowhere`)).code).toBe(2);
});
