import { rate } from '../../billing/rating/rate.js';
import type { CustomerState } from '../../billing/state.js';
import { startEngine, usage, type TestEngine } from '../engine.js';

/** The whole engine on real servers, without the API: log, workflow, activities, sandbox. */

const ANCHOR_MS = Date.UTC(2026, 0, 31, 10, 30);
const KEY = (customer: string) => ({ mode: 'test' as const, customer, life: 1 });

let engine: TestEngine;

beforeAll(async () => {
  engine = await startEngine({ historyLengthMax: 150 });
}, 120_000);

afterAll(async () => {
  await engine.stop();
});

const invoicesOf = async (customer: string) => {
  const page = await engine.ledger.invoices.list({ mode: 'test', customer, limit: 100 });
  return [...page.invoices].reverse();
};

/** What Stripe has counted of a customer, over all time. */
function toldStripe(state: CustomerState): readonly string[] {
  const totals = engine.sandbox.meterTotals();
  return totals.filter((row) => row.customer === state.stripe?.customer).map((row) => row.total);
}

it('bills three periods from a month end without drift, each equal to its rating', async () => {
  let state = await engine.create('acme', 'pro@1', ANCHOR_MS);
  const tokens = [1_234_567, 0, 2_500_001];
  for (const [month, quantity] of tokens.entries()) {
    const open = state.segments.at(-1);
    const atMs = (open?.startMs ?? 0) + 3_600_000;
    if (quantity > 0) {
      await engine.use('acme', [usage(`a-${month}`, atMs, { input_tokens: quantity })]);
    }
    state = await engine.periodEnd('acme', `end-${month}`);
  }
  const invoices = await invoicesOf('acme');
  const snapshot = engine.published.snapshots['pro@1'];
  if (!snapshot) throw new Error('pro@1 is not published');
  const rated = tokens.map((quantity) => rate(snapshot, { tokens: quantity }).subtotalMinor);
  expect(invoices.map(({ reason, status }) => `${reason} ${status}`)).toEqual([
    'start paid',
    'cycle paid',
    'cycle paid',
    'cycle paid',
  ]);
  expect(invoices.slice(1).map((invoice) => invoice.subtotalMinor)).toEqual(rated);
  expect(invoices.map((invoice) => invoice.stripe?.subtotalMinor)).toEqual(
    invoices.map((invoice) => invoice.subtotalMinor),
  );
  expect(invoices.map((invoice) => invoice.period.start.slice(5, 16))).toEqual([
    '01-31T10:30',
    '01-31T10:30',
    '02-28T10:30',
    '03-31T10:30',
  ]);
  const { historyLength } = await engine.handle('acme').describe();
  expect(historyLength).toBeLessThan(300);
}, 90_000);

it('puts usage known after the close on the next invoice', async () => {
  const state = await engine.create('late', 'pro@1', ANCHOR_MS);
  const atMs = (state.segments[0]?.startMs ?? 0) + 3_600_000;
  await engine.use('late', [usage('in-time', atMs, { input_tokens: 2_000_000 })]);
  await engine.periodEnd('late', 'end-0');
  await engine.use('late', [usage('too-late', atMs, { input_tokens: 500_000 })]);
  await engine.periodEnd('late', 'end-1');
  const [, first, second] = await invoicesOf('late');
  expect(first?.lines.map(({ ref, amountMinor }) => [ref, amountMinor])).toEqual([
    ['tokens/tier-1', 0],
    ['tokens/tier-2', 500],
    ['base', 2900],
  ]);
  expect(second?.lines.map(({ ref, amountMinor }) => [ref, amountMinor])).toEqual([
    ['late/tokens', 250],
    ['base', 2900],
  ]);
  expect([second?.status, second?.adjustmentsMinor]).toEqual(['paid', 250]);
}, 90_000);

it('tells Stripe once when the worker dies between accepted and noted', async () => {
  const state = await engine.create('killed', 'pro@1', ANCHOR_MS);
  const atMs = (state.segments[0]?.startMs ?? 0) + 3_600_000;
  await engine.use('killed', [usage('k-1', atMs, { input_tokens: 3_000_000 })]);
  const path = '/v1/billing/meter_events';
  engine.sandbox.fault({ kind: 'delayAfter', method: 'POST', path, delayMs: 20_000 });
  const toMs = state.segments[0]?.endMs ?? 0;
  await engine.command('killed', 'end', { type: 'clock', toMs, segment: 0 });
  await untilAccepted(state);
  const [intent] = await engine.ledger.intents.ofSegment(KEY('killed'), 0, 'tokens');
  expect(intent?.state).toBe('sent');
  await engine.killWorker();
  engine.startWorker();
  const done = await engine.until('killed', (s) => s.segments[0]?.stage === 'billed');
  expect(toldStripe(done)).toEqual(['3000000']);
  expect((await invoicesOf('killed')).at(-1)).toMatchObject({ status: 'paid', review: null });
}, 120_000);

/** Waits until the sandbox has counted a report whose answer it still holds back. */
async function untilAccepted(state: CustomerState): Promise<void> {
  const overMs = Date.now() + 30_000;
  const isCounted = () =>
    engine.sandbox.meterTotals().some(({ customer }) => customer === state.stripe?.customer);
  while (!isCounted()) {
    if (Date.now() > overMs) throw new Error('no report was counted within 30 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
