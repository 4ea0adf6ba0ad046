import { rate } from '../../billing/rating/rate.js';
import { startEngine, usage, type TestEngine } from '../engine.js';

/** Closes that do not go as usual, on real servers. */

const ANCHOR_MS = Date.UTC(2026, 0, 31, 10, 30);
const HOUR_MS = 3_600_000;

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

const rated = (tokens: number) => {
  const snapshot = engine.published.snapshots['pro@1'];
  if (!snapshot) throw new Error('pro@1 is not published');
  return rate(snapshot, { tokens }).subtotalMinor - 2900;
};

it('the worker away over a period’s end: Stripe finalises alone, the rest is late', async () => {
  const state = await engine.create('away', 'pro@1', ANCHOR_MS);
  const [open] = state.segments;
  if (!open || !state.stripe?.testClock) throw new Error('no period');
  const early = usage('early', open.startMs + HOUR_MS, { input_tokens: 2_000_000 });
  await engine.use('away', [early]);
  const toMs = open.startMs + 24 * HOUR_MS;
  await engine.command('away', 'report', { type: 'clock', toMs, segment: null });
  await engine.until('away', (s) => s.segments[0]?.reports['tokens']?.accepted === 2_000_000);
  await engine.killWorker();
  const unseen = usage('unseen', open.endMs - HOUR_MS, { input_tokens: 1_234_567 });
  await engine.use('away', [unseen]);
  const clock = state.stripe.testClock;
  const frozen = Math.floor(open.endMs / 1000) + 2 * 3_600;
  await engine.stripe.testHelpers.testClocks.advance(clock, { frozen_time: frozen });
  engine.startWorker();
  await engine.periodEnd('away', 'end-0');
  const [, first] = await invoicesOf('away');
  expect(first).toMatchObject({
    status: 'paid',
    review: null,
    subtotalMinor: rated(2_000_000) + 2900,
  });
  await engine.periodEnd('away', 'end-1');
  const [, , second] = await invoicesOf('away');
  expect(second?.lines.map(({ ref, amountMinor }) => [ref, amountMinor])).toEqual([
    ['late/tokens', rated(3_234_567) - rated(2_000_000)],
    ['base', 2900],
  ]);
  expect(second?.status).toBe('paid');
}, 120_000);

it('a subscription that ends now: its usage on our own invoice, then what was late', async () => {
  const state = await engine.create('leaver', 'pro@1', ANCHOR_MS);
  const [open] = state.segments;
  if (!open) throw new Error('no period');
  const first = usage('first', open.startMs + HOUR_MS, { input_tokens: 2_000_000 });
  await engine.use('leaver', [first]);
  const cutMs = open.startMs + 240 * HOUR_MS;
  await engine.command('leaver', 'go', { type: 'clock', toMs: cutMs, segment: null });
  await engine.until('leaver', (s) => s.clock.goal === null && s.clock.reached > 0);
  await engine.command('leaver', 'cancel', { type: 'cancel', next: null, atMs: cutMs });
  await engine.until('leaver', (s) => s.segments[0]?.stage === 'billed');
  const final = (await invoicesOf('leaver')).at(-1);
  expect(final).toMatchObject({
    reason: 'final',
    status: 'paid',
    review: null,
    subtotalMinor: rated(2_000_000),
  });
  const late = usage('late', open.startMs + 2 * HOUR_MS, { input_tokens: 500_000 });
  await engine.use('leaver', [late]);
  const toMs = cutMs + 37 * 24 * HOUR_MS;
  await engine.command('leaver', 'later', { type: 'clock', toMs, segment: null });
  await engine.until('leaver', (s) => s.segments.at(-1)?.lateInvoice?.stage === 'billed');
  expect((await invoicesOf('leaver')).at(-1)).toMatchObject({
    reason: 'late',
    status: 'paid',
    lines: [{ ref: 'late/tokens', amountMinor: rated(2_500_000) - rated(2_000_000) }],
  });
}, 120_000);

it('a refused card: held, let go once it works, paid and no longer past due', async () => {
  const state = await engine.create('refused', 'pro@1', ANCHOR_MS);
  const customer = state.stripe?.customer ?? '';
  const cardOf = async (name: string) => {
    const { id } = await engine.stripe.paymentMethods.attach(name, { customer });
    await engine.stripe.customers.update(customer, {
      invoice_settings: { default_payment_method: id },
    });
  };
  const told = async (id: string, action: 'approve' | 'hold') => {
    const about = { segment: 0, reason: id, atMs: Date.now() };
    const number = await engine.command('refused', id, { type: 'invoice', action, ...about });
    await engine.until('refused', (s) => s.segments[0]?.attended === number);
  };
  await cardOf('pm_card_chargeCustomerFail');
  const unpaid = await engine.periodEnd('refused', 'end-0');
  expect([unpaid.segments[0]?.stage, unpaid.pastDue]).toEqual(['billed', true]);
  await told('hold', 'hold');
  const held = (await invoicesOf('refused')).at(-1);
  expect(held).toMatchObject({ status: 'inReview', review: { reason: 'operator' } });
  const atStripe = await engine.stripe.invoices.retrieve(held?.stripe?.invoice ?? '');
  expect([atStripe.status, atStripe.auto_advance]).toEqual(['open', false]);
  await cardOf('pm_card_visa');
  await told('approve', 'approve');
  const paid = await engine.until('refused', (s) => s.segments[0]?.stage === 'billed');
  expect(paid.pastDue).toBe(false);
  expect((await invoicesOf('refused')).at(-1)?.status).toBe('paid');
}, 120_000);
