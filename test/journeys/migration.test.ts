import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalogue, Plan } from '../../billing/catalogue.js';
import type { Invoice } from '../../billing/invoice.js';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { startStack, type TestStack } from '../stack.js';
import { DecisionApp } from './decisionApp.js';

/** A plan gets dearer: reported, moved at renewal, and nobody is surprised by the first bill. */

jest.setTimeout(180_000);

/** Half past a month's end, so that periods begin on its last day. */
const ANCHOR = '2026-01-31T10:23:00.000Z';

let stack: TestStack;
let app: DecisionApp;

beforeAll(async () => {
  const catalogue = join(__dirname, 'migration.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  app = new DecisionApp(() => [stack.api], stack.key);
  for (const [id, plan] of [['acme', 'pro'], ['grand', 'pro'], ['tiny', 'flat']] as const) {
    await ask('PUT', `/v1/customers/${id}`, { plan, anchor: ANCHOR });
  }
  await ask('PATCH', '/v1/customers/grand/controls', { grandfathered: true });
  await use('acme', 300, '2026-02-03T00:00:00Z');
  await use('tiny', 70, '2026-02-03T00:00:00Z');
  await publishNext();
});

afterAll(() => stack?.stop());

async function ask(method: string, path: string, body?: unknown) {
  const reply = await app.ask(method, path, body);
  expect([reply.status < 300, reply.body['detail']]).toEqual([true, undefined]);
  return reply.body;
}

const clock = (customer: string, to: string) => ask('POST', '/v1/test/clock', { customer, to });

/** Usage at that time, the clock having come there. */
async function use(customer: string, units: number, timestamp: string): Promise<void> {
  await clock(customer, timestamp);
  const quantities = { input_tokens: units };
  await ask('POST', '/v1/events', { id: `e${timestamp}`, customer, quantities, timestamp });
}

function durabill(...args: readonly string[]) {
  const program = join(PACKAGE_FOLDER, 'cli/durabill.mjs');
  const env = { DURABILL_DATA: stack.folder };
  return new Promise<{ readonly code: number; readonly out: string; readonly errors: string }>(
    (resolve) => {
      execFile(process.execPath, [program, ...args], { env }, (error, out, errors) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, errors });
      });
    },
  );
}

/** `pro@2` costs 1,000 more and twice as much a token; `flat@2` is metered. */
async function publishNext(): Promise<void> {
  const text = await readFile(join(__dirname, 'migration.catalogue.json'), 'utf8');
  const catalogue = JSON.parse(text) as Catalogue;
  const prices: Plan['prices'] = { input_tokens: { type: 'perUnit', unitAmountMinor: '1' } };
  const { pro, flat } = catalogue.plans;
  const plans = {
    pro: { ...pro, version: 2, baseAmountMinor: 3900, prices },
    flat: { ...flat, version: 2, prices, unlimited: undefined },
  };
  const file = join(stack.folder, 'next.json');
  await writeFile(file, JSON.stringify({ ...catalogue, plans }));
  const { code, errors } = await durabill('plans', 'push', file);
  expect([code, errors]).toEqual([0, '']);
}

/** Lines of every invoice, oldest first; each stands at Stripe to the cent and is paid. */
async function invoices(id: string): Promise<string[][]> {
  const { data } = await ask('GET', `/v1/customers/${id}/invoices`);
  return (data as Invoice[]).toReversed().map((invoice) => {
    const { status, lines, subtotalMinor, stripe, review } = invoice;
    expect([status, review, stripe?.subtotalMinor]).toEqual(['paid', null, subtotalMinor]);
    return lines.map(({ ref, amountMinor }) => `${ref} ${amountMinor}`);
  });
}

test('the report tells both bills and moves nobody', async () => {
  const { code, out } = await durabill('migrate', 'pro', '--to', '2', '--report', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    percentiles: { input_tokens: { p50: 0, p75: 300, p95: 300, max: 300 } },
    totals: { customers: 2, oldAmountMinor: 5900, newAmountMinor: 8100 },
    data: [
      { customer: 'acme', oldAmountMinor: 3000, newAmountMinor: 4200, reason: null },
      { customer: 'grand', oldAmountMinor: 2900, newAmountMinor: 3900, reason: 'grandfathered' },
    ],
  });
  expect((await ask('GET', '/v1/customers/acme'))['scheduled']).toBeNull();
});

test('for people: a table of usage, one of bills, and the sums', async () => {
  const { code, out } = await durabill('migrate', 'pro@1', '--to', '2', '--report');
  expect(code).toBe(0);
  expect(out).toMatch(/units of a period .* p95 /);
  expect(out).toMatch(/acme .* would on 2026-02-28 .* \$30\.00 .* \$42\.00 .* \$12\.00 /);
  expect(out).toMatch(/grand .* stays: it is grandfathered /);
  expect(out).toMatch(/2 customers: \$59\.00 as it is, \$81\.00 under pro@2\./);
});

test('moved at renewal; the first bill gives back what is over, the second does not', async () => {
  const applied = await durabill('migrate', 'pro', '--to', '2', '--apply', '--json');
  const again = await durabill('migrate', 'pro', '--to', '2', '--apply', '--customers', 'acme');
  expect(JSON.parse(applied.out)).toMatchObject({
    data: [
      { customer: 'acme', applied: true, at: '2026-02-28T10:23:00.000Z' },
      { customer: 'grand', applied: false, reason: 'grandfathered' },
    ],
  });
  expect([again.code, again.out]).toEqual([0, expect.stringMatching(/1 of 1 move/)]);
  await clock('acme', 'periodEnd');
  expect(await ask('GET', '/v1/customers/acme')).toMatchObject({ plan: { version: 2 } });
  await use('acme', 300, '2026-03-03T00:00:00Z');
  await clock('acme', 'periodEnd');
  await use('acme', 50, '2026-04-03T00:00:00Z');
  await clock('acme', 'periodEnd');
  expect(await invoices('acme')).toEqual([
    ['base 2900'],
    ['input_tokens/included 0', 'input_tokens 100', 'base/change 1000', 'base 2900'],
    ['input_tokens 300', 'net -1200', 'base 3900'],
    ['input_tokens 50', 'base 3900'],
  ]);
});

test('whoever is grandfathered is billed as before', async () => {
  await clock('grand', 'periodEnd');
  expect(await ask('GET', '/v1/customers/grand')).toMatchObject({ plan: { version: 1 } });
  expect(await invoices('grand')).toEqual([['base 2900'], ['base 2900']]);
});

test('flat to metered: the first metered period is given back', async () => {
  const { out } = await durabill('migrate', 'flat@1', '--to', '2', '--apply', '--json');
  expect(JSON.parse(out)).toMatchObject({
    data: [{ customer: 'tiny', oldAmountMinor: 0, newAmountMinor: 70, applied: true }],
  });
  await clock('tiny', 'periodEnd');
  expect(await ask('GET', '/v1/customers/tiny')).toMatchObject({ plan: { version: 2 } });
  await use('tiny', 80, '2026-03-03T00:00:00Z');
  await clock('tiny', 'periodEnd');
  await use('tiny', 90, '2026-04-10T00:00:00Z');
  await clock('tiny', 'periodEnd');
  expect(await invoices('tiny')).toEqual([['input_tokens 80', 'net -80'], ['input_tokens 90']]);
});
