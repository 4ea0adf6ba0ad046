import type { PlanSnapshot } from '../../billing/catalogue.js';
import { isSettled } from '../../billing/customer/reads/row.js';
import type { Invoice } from '../../billing/invoice.js';
import { defaultSwitches, type Switches } from '../../dev/stripe/switches.js';
import { startEngine, usage, type TestEngine } from '../engine.js';

/**
 * What Stripe does not document, in either position: no invoice is collected that differs from its
 * prediction. Where the position changes an amount the invoice waits for an operator.
 */

const ANCHOR_MS = Date.UTC(2026, 0, 31, 10, 30);
const HOUR_MS = 3_600_000;

let engine: TestEngine;
let plan: PlanSnapshot;

beforeAll(async () => {
  engine = await startEngine();
  const pro = engine.published.snapshots['pro@1'];
  if (!pro) throw new Error('pro@1 is not published');
  // An exact half, a flat amount in the first tier, a tier without units.
  plan = {
    ...pro,
    id: 'ties',
    plan: {
      name: 'Ties',
      interval: 'month',
      baseAmountMinor: 2900,
      breaker: false,
      prices: {
        input_tokens: { type: 'perUnit', unitAmountMinor: '0.5' },
        images: {
          type: 'graduated',
          tiers: [
            { upTo: 1000, unitAmountMinor: '1', flatAmountMinor: 500 },
            { upTo: 'inf', unitAmountMinor: '0.5' },
          ],
        },
      },
    },
  };
}, 120_000);

afterAll(() => engine.stop());
afterEach(() => engine.sandbox.switch(defaultSwitches()));

/** A customer whose first period ends with an odd number of half units, and then cancels. */
async function lives(customer: string): Promise<readonly Invoice[]> {
  const asked = { plan, details: {}, atMs: Date.now(), anchorMs: ANCHOR_MS } as const;
  const number = await engine.command(customer, 'first', { type: 'customer', ...asked });
  const state = await engine.until(customer, (s) => isSettled(s, number) && s.plan !== null);
  const startMs = state.segments[0]?.startMs ?? 0;
  const endMs = state.segments[0]?.endMs ?? 0;
  await engine.use(customer, [usage('e-1', startMs + HOUR_MS, { input_tokens: 12_001 })]);
  await engine.periodEnd(customer, 'end');
  await engine.use(customer, [usage('e-2', endMs + 1, { input_tokens: 4_001, images: 7 })]);
  const atMs = endMs + 5 * HOUR_MS;
  await engine.command(customer, 'go', { type: 'clock', toMs: atMs, segment: null });
  await engine.until(customer, (s) => s.clock.goal === null);
  await engine.command(customer, 'cancel', { type: 'cancel', next: null, atMs });
  await engine.until(customer, (s) => s.segments[1]?.stage === 'billed');
  const page = await engine.ledger.invoices.list({ mode: 'test', customer, limit: 100 });
  return [...page.invoices].reverse();
}

/** What was collected equals what we say; what is held has moved no money. */
async function judged(invoices: readonly Invoice[]): Promise<readonly string[]> {
  for (const { id, status, stripe, subtotalMinor } of invoices) {
    const { amount_paid: paid } = await engine.stripe.invoices.retrieve(stripe?.invoice ?? '');
    if (status === 'paid') expect([id, stripe?.subtotalMinor]).toEqual([id, subtotalMinor]);
    else expect([id, paid]).toEqual([id, 0]);
  }
  return invoices.map(({ reason, status }) => `${reason} ${status}`);
}

const EQUAL: readonly Partial<Switches>[] = [
  {},
  { draftAfterMinutes: 60 },
  { emptyInvoices: true },
  { zeroUnitLines: false },
  { earlyRefreshOfDrafts: true },
  { finalisationLags: true },
  { concurrentMeterEvents: '409', meterEventMs: 30 },
  { concurrentMeterEvents: '429', meterEventMs: 30 },
];

it.each(EQUAL)('is billed alike with %j', async (position) => {
  engine.sandbox.switch(position);
  const invoices = await lives(`alike-${EQUAL.indexOf(position)}`);
  expect(await judged(invoices)).toEqual(['start paid', 'cycle paid', 'final paid']);
  expect(invoices.map(({ subtotalMinor }) => subtotalMinor)).toEqual([2900, 8901, 2001 + 507]);
}, 60_000);

const OTHER: readonly Partial<Switches>[] = [{ tieRounding: 'halfEven' }, { flatAtZero: true }];

it.each(OTHER)('is held uncollected with %j, but for what is ours', async (position) => {
  engine.sandbox.switch(position);
  const invoices = await lives(`other-${OTHER.indexOf(position)}`);
  expect(await judged(invoices)).toEqual(['start paid', 'cycle inReview', 'final paid']);
  expect(invoices[1]?.review?.reason).toBe('mismatch');
}, 60_000);
