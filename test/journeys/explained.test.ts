import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { ReconcileDeps } from '../../activities/reconcile/deps.js';
import { explain } from '../../activities/reconcile/explain.js';
import { reconcileCustomer } from '../../activities/reconcile/reconcile.js';
import type { Invoice } from '../../billing/invoice.js';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { startStack, type TestStack } from '../stack.js';
import { DecisionApp } from './decisionApp.js';
import { moneyOf } from './moneyOf.js';

/** Whatever a life brings, each invoice is explained to the cent and the books agree. */

jest.setTimeout(180_000);

let stack: TestStack;
let app: DecisionApp;
let deps: ReconcileDeps;
let stop: () => Promise<void>;

beforeAll(async () => {
  const catalogue = join(__dirname, 'plans.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  app = new DecisionApp(() => [stack.api], stack.key);
  ({ deps, close: stop } = await moneyOf(stack));
});

afterAll(async () => {
  await stop?.();
  await stack?.stop();
});

const ANCHOR = '2026-01-31T10:23:00.000Z';
const DAY_MS = 86_400_000;
const at = (days: number) => new Date(Date.parse(ANCHOR) + days * DAY_MS).toISOString();

const ok = async (method: string, path: string, body?: object) => {
  const reply = await app.ask(method, path, body);
  expect([path, reply.body['detail'], reply.status < 300]).toEqual([path, undefined, true]);
  return reply.body;
};
const clock = (customer: string, to: string) => ok('POST', '/v1/test/clock', { customer, to });
const post = (customer: string, what: string, body: object) =>
  ok('POST', `/v1/customers/${customer}/${what}`, body);

async function use(customer: string, id: string, units: number, days: number): Promise<void> {
  const timestamp = at(days);
  await ok('POST', '/v1/events', { id, customer, timestamp, quantities: { input_tokens: units } });
}

async function begin(customer: string, plan = 'pro'): Promise<void> {
  await ok('PUT', `/v1/customers/${customer}`, { plan, anchor: ANCHOR });
  await clock(customer, at(1));
  await use(customer, `${customer}-a`, 1_101, 1);
  await use(customer, `${customer}-b`, 200, 1);
  await clock(customer, at(2));
}

async function invoicesOf(customer: string): Promise<readonly Invoice[]> {
  const { body } = await app.ask('GET', `/v1/customers/${customer}/invoices`);
  return (body['data'] as Invoice[]).toReversed();
}

const takeBack = (customer: string) =>
  ok('POST', `/v1/events/${customer}-b/void`, { customer, reason: 'a mistake' });

/** A life, and a ref that its invoices must have shown. */
type Life = readonly [live: (id: string) => Promise<unknown>, ref: string];

const LIVES: Readonly<Record<string, Life>> = {
  upgraded: [
    async (id) => {
      await post(id, 'plan', { plan: 'plus', when: 'now' });
      await clock(id, 'periodEnd');
    },
    'base/unused',
  ],
  turned: [
    async (id) => {
      await post(id, 'plan', { plan: 'plus', when: 'periodEnd' });
      await clock(id, 'periodEnd');
    },
    'base/change',
  ],
  tookBackEarly: [
    async (id) => {
      await takeBack(id);
      await clock(id, 'periodEnd');
    },
    'late/input_tokens',
  ],
  tookBackLater: [
    async (id) => {
      await clock(id, 'periodEnd');
      await takeBack(id);
      await clock(id, 'periodEnd');
    },
    'late/input_tokens',
  ],
  twiceLate: [
    async (id) => {
      for (const round of [1, 2]) {
        await clock(id, 'periodEnd');
        // Events may be 35 days old: the second is of the period's last days.
        await use(id, `${id}-late-${round}`, 33 * round, round === 1 ? 1 : 26);
      }
      await clock(id, 'periodEnd');
    },
    'late/input_tokens',
  ],
  left: [
    async (id) => {
      await post(id, 'cancel', { when: 'now' });
      await clock(id, at(3));
      await takeBack(id);
      await clock(id, at(40));
    },
    'late/input_tokens',
  ],
  credited: [
    async (id) => {
      await clock(id, 'periodEnd');
      await clock(id, at(30));
      await use(id, `${id}-spike`, 9_000_000, 30);
      await clock(id, 'periodEnd');
      const held = (await invoicesOf(id)).at(-1)?.id;
      await ok('POST', `/v1/invoices/${held}/credit`, { amountMinor: 1_000, reason: 'ours' });
      await ok('POST', `/v1/invoices/${held}/approve`, { reason: 'known' });
    },
    'credit',
  ],
  tried: [(id) => clock(id, 'periodEnd'), 'base'],
};

test.each(Object.entries(LIVES))('%s', async (id, [live, ref]) => {
  await begin(id, id === 'tried' ? 'tryout' : 'pro');
  await live(id);
  const key = { mode: 'test', customer: id, life: 1 } as const;
  const invoices = await invoicesOf(id);
  expect(invoices.flatMap(({ lines }) => lines.map((line) => line.ref))).toContain(ref);
  for (const { id: invoice, lines } of [...invoices, { id: null, lines: [] }]) {
    const { steps, equal } = await explain(deps, key, { invoice, line: null, listed: 5 });
    const checks = steps.filter(({ step }) => step === 'check');
    expect(checks.filter(({ figures }) => !figures['equal'])).toEqual([]);
    const computed = checks.filter(({ figures }) => 'recomputedMinor' in figures);
    if (invoice !== null) expect(computed.map(({ line }) => line)).toEqual(lines.map((l) => l.ref));
    expect(equal).toBe(true);
  }
  const options = { repair: false, settledMs: 0, lookAgainMs: 500 };
  expect((await reconcileCustomer(deps, key, options)).differences).toEqual([]);
});

test('the command finds the running stack through its data folder', async () => {
  const program = join(PACKAGE_FOLDER, 'cli/durabill.mjs');
  const env = { DURABILL_DATA: stack.folder };
  const args = [program, 'reconcile', '--mode', 'test'];
  const ended = await new Promise((done) => {
    execFile(process.execPath, args, { env }, (error, out) => {
      done([error === null ? 0 : Number(error.code), out]);
    });
  });
  expect(ended).toEqual([0, `${Object.keys(LIVES).length} customers: no difference.\n`]);
});
