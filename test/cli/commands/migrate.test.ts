import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { apiAccess } from '../../../cli/apiAccess.js';
import { register } from '../../../cli/commands/migrate.js';
import { runCommand } from './runCommand.js';

/** `durabill migrate` before an API that answers as the test wants; the real one: test/journeys. */

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

let server: Server;
const answers: Answer[] = [];
const asked: { readonly key: string | undefined; readonly body: unknown }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      asked.push({ key: request.headers.authorization, body });
      const { status, body: said } = answers.shift() ?? { status: 500, body: 'none' };
      response.writeHead(status).end(JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  answers.length = 0;
  asked.length = 0;
});

function durabill(...args: readonly string[]) {
  const { port } = server.address() as AddressInfo;
  const access = { url: `http://127.0.0.1:${port}`, key: 'dbk_test_1' };
  const add = (program: Command) => register(program, () => Promise.resolve(access));
  return runCommand(add, ['migrate', 'pro', ...args]);
}

const row = (customer: string, tokens: number, credits: string) => ({
  customer,
  plan: { id: 'pro', version: 1 },
  periods: 1,
  from: null,
  until: null,
  usage: { tokens, credits },
  oldAmountMinor: 100,
  newAmountMinor: tokens,
  applied: true,
  reason: null,
  at: '2026-12-01T00:00:00.000Z',
});

const page = (data: readonly unknown[], nextCursor: string | null): Answer => ({
  status: 200,
  body: { to: { id: 'pro', version: 2 }, currency: 'usd', data, nextCursor },
});

test('all pages are one report: percentiles and sums are over all customers', async () => {
  const first = page([row('a', 300, '0.5'), row('b', 100, '12')], 'Yg');
  answers.push(first, page([row('c', 50, '0')], null));
  const { exitCode, stdout } = await durabill('--to', '2', '--report', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    percentiles: { tokens: { p50: 100, p95: 300 }, credits: { p50: '0.5', max: '12' } },
    totals: {
      customers: 3,
      newAmountMinor: 450,
      up: { customers: 1, amountMinor: 200 },
      down: { customers: 1, amountMinor: 50 },
    },
    data: [{ customer: 'a' }, { customer: 'b' }, { customer: 'c' }],
    nextCursor: null,
  });
  const wanted = { plan: 'pro', to: 2, mode: 'report', limit: 200 };
  expect(asked).toEqual([
    { key: 'Bearer dbk_test_1', body: wanted },
    { key: 'Bearer dbk_test_1', body: { ...wanted, cursor: 'Yg' } },
  ]);
});

test('named customers are asked for by their names, and counted when they move', async () => {
  answers.push(page([row('a', 300, '1'), { ...row('b', 1, '1'), applied: false }], null));
  const { stdout } = await durabill('--to', '2', '--apply', '--customers', 'a, b');
  expect(asked[0]?.body).toEqual({ plan: 'pro', to: 2, mode: 'apply', customers: ['a', 'b'] });
  expect(stdout).toMatch(/^1 of 2 move at the end of their period\.$/m);
});

test('nobody to move is said in words', async () => {
  answers.push(page([], null));
  const { exitCode, stdout } = await durabill('--to', '2', '--report');
  expect([exitCode, stdout]).toEqual([0, 'Nobody is on pro: there is nothing to move to pro@2.\n']);
});

const problem = (status: number, code: string, detail: string): Answer => ({
  status,
  body: { code, detail, errors: [{ detail }] },
});

test.each([
  ['a refusal', problem(400, 'invalid_request', 'There is no "pro@2".'), 1, /no "pro@2"/],
  ['a key of no use', problem(401, 'unauthorized', 'No such key.'), 2, /No such key/],
  ['an API that is away', problem(503, 'unavailable', 'Temporal is away.'), 2, /Temporal is away/],
  ['something else than the API', { status: 502, body: 'bad gateway' }, 2, /answered 502/],
])('%s has its exit code and its words', async (_name, answer, code, words) => {
  answers.push(answer);
  const { exitCode, stderr } = await durabill('--to', '2', '--report');
  expect([exitCode, stderr]).toEqual([code, expect.stringMatching(words)]);
});

test.each([
  ['neither report nor apply', [], /--report/],
  ['both', ['--report', '--apply'], /--report/],
  ['what is not there yet', ['--notify'], /not there yet/],
])('wrong use is exit code 2 and asks nobody: %s', async (_name, args, words) => {
  const { exitCode, stderr } = await durabill('--to', '2', ...args);
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(words)]);
  expect(asked).toEqual([]);
});

test.each([
  ['no version', ['--report']],
  ['a version that is none', ['--to', 'two', '--report']],
  ['an id that is none', ['--to', '2', '--report', '--customers', 'a,,b']],
])('is refused before anything is asked: %s', async (_name, args) => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  await expect(durabill(...args)).rejects.toThrow(/--to|--customers/);
  write.mockRestore();
  expect(asked).toEqual([]);
});

test('without an API it is exit code 2, and says the way out', async () => {
  const { exitCode, stderr } = await runCommand(
    (program) => register(program, () => apiAccess({ DURABILL_DATA: '/nowhere' })),
    ['migrate', 'pro', '--to', '2', '--report'],
  );
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/DURABILL_URL and DURABILL_KEY/)]);
});

test('an API that nobody listens at is exit code 2', async () => {
  const url = 'http://127.0.0.1:9';
  const environment = { DURABILL_URL: url, DURABILL_KEY: 'dbk_test_1' };
  const { exitCode, stderr } = await runCommand(
    (program) => register(program, () => apiAccess(environment)),
    ['migrate', 'pro', '--to', '2', '--report'],
  );
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(url)]);
});
