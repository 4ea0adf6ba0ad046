import type { Bill } from '../../../../billing/bill.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import {
  buildInvoice,
  instantText,
  periodText,
  predictedLines,
} from '../../../../billing/customer/invoice/invoicing.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import type {
  StripeInvoiceView,
  StripeLineView,
} from '../../../../billing/customer/invoice/view.js';
import type { DraftItem, Segment } from '../../../../billing/state.js';
import { row, START_MS, subscribed, used } from '../world.js';

const END_MS = Date.UTC(2026, 1, 1);
const NEXT_END_MS = Date.UTC(2026, 2, 1);
const NOW_MS = END_MS + 3_600_000;

const ITEM: DraftItem = {
  name: 'item/in_1/late/tokens/0',
  ref: 'late/tokens',
  description: 'Tokens: 30 late',
  quantity: 30,
  amountMinor: 15,
  startSeconds: START_MS / 1000,
  endSeconds: END_MS / 1000,
};

const line = (change: Partial<StripeLineView>): StripeLineView => ({
  id: 'il_1',
  kind: 'meter',
  name: 'tokens',
  quantity: '1',
  unitAmountMinor: '0.5',
  amountMinor: 0,
  description: 'line',
  startSeconds: START_MS / 1000,
  endSeconds: END_MS / 1000,
  ...change,
});

const OURS = line({ kind: 'ours', name: 'late/tokens', amountMinor: 15 });

/** 250 tokens, 100 included: 75; the next base 2,900; an item of 15; a stranger's 500. */
const LINES = [
  line({ quantity: '100', unitAmountMinor: '0' }),
  line({ quantity: '150', amountMinor: 75 }),
  line({ kind: 'base', name: null, amountMinor: 2900 }),
  OURS,
  line({ kind: 'foreign', name: null, id: 'il_9', amountMinor: 500, unitAmountMinor: null }),
];

/** An operator holds it. */
const HELD = {
  reason: 'operator',
  since: instantText(NOW_MS),
  detail: 'wait',
  predictedMinor: 0,
  stripeMinor: 0,
} as const;

function view(change: Partial<StripeInvoiceView> = {}): StripeInvoiceView {
  return {
    id: 'in_1',
    status: 'open',
    number: 'N-1',
    autoAdvance: false,
    subtotalMinor: 3490,
    discountMinor: 90,
    taxMinor: 40,
    totalMinor: 3440,
    amountDueMinor: 3000,
    finalizedAtMs: NOW_MS,
    paidAtMs: null,
    hostedUrl: 'https://stripe.test/in_1',
    lines: LINES,
    ...change,
  };
}

function invoice(change: Partial<StripeInvoiceView> = {}, segment: Partial<Segment> = {}) {
  const counted = foldStretch(subscribed(), used(3, 3, [row(START_MS, 250)]));
  const totals = { intended: 250, accepted: 250, inDoubt: 0, deadLetter: 0, lastAtMs: 0 };
  const own = { reports: { tokens: totals }, items: [ITEM], ...segment };
  const state = changeSegment(extendTo(counted, END_MS), 0, own);
  return buildInvoice(state, state.segments[0] as Segment, 'cycle', view(change), NOW_MS);
}

describe('an invoice of a cycle (CONTRACT §4.6)', () => {
  const cycle = invoice();

  it('holds the usage of the period that ended, our items, the next base, and strangers', () => {
    const own = periodText(START_MS, END_MS);
    const next = periodText(END_MS, NEXT_END_MS);
    expect(cycle.lines.map(({ ref, amountMinor, period }) => [ref, amountMinor, period])).toEqual([
      ['tokens/included', 0, own],
      ['tokens', 75, own],
      ['late/tokens', 15, own],
      ['base', 2900, next],
      ['stripe/il_9', 500, own],
    ]);
    expect(cycle.lines[2]).toMatchObject({ meter: 'tokens', quantity: 30, unitAmountMinor: '0' });
    expect(cycle.lines[4]).toMatchObject({ unitAmountMinor: '500', description: 'line' });
  });

  it('adds up: all lines, adjustments among them, then discount and tax', () => {
    expect(cycle).toMatchObject({
      subtotalMinor: 3490,
      adjustmentsMinor: 15,
      discountMinor: 90,
      taxMinor: 40,
      totalMinor: 3440,
      amountDueMinor: 3000,
      currency: 'usd',
      plan: { id: 'pro', version: 1 },
      reason: 'cycle',
      status: 'finalized',
      finalizedAt: instantText(NOW_MS),
      paidAt: null,
      hostedUrl: 'https://stripe.test/in_1',
      stripe: { invoice: 'in_1', subtotalMinor: 3490, totalMinor: 3440 },
      review: null,
    });
  });

  it('takes its status from Stripe, unless it is held', () => {
    expect(invoice({ status: 'draft' }).status).toBe('draft');
    expect(invoice({ status: 'paid', paidAtMs: NOW_MS })).toMatchObject({
      status: 'paid',
      paidAt: instantText(NOW_MS),
    });
    const wrong = { lines: LINES.slice(1) };
    expect(invoice({ ...wrong, status: 'draft' }).status).toBe('inReview');
    expect(invoice({ ...wrong, status: 'paid' }).status).toBe('paid');
  });

  it('waits in review with what differs, or with what was not reported', () => {
    expect(invoice({ lines: LINES.slice(1), subtotalMinor: 9 }).review).toEqual({
      reason: 'mismatch',
      since: instantText(NOW_MS),
      detail: 'tokens: 250 units were reported, Stripe rated 150',
      predictedMinor: 3490,
      stripeMinor: 9,
    });
    const dead = { intended: 250, accepted: 240, inDoubt: 0, deadLetter: 10, lastAtMs: 0 };
    expect(invoice({}, { reports: { tokens: dead } }).review).toMatchObject({
      reason: 'unreported',
      detail: 'reports are pending, in doubt or dead',
    });
  });
});

describe('an invoice of late usage', () => {
  const bill: Bill = { stage: 'complete', final: false, stripeInvoice: 'in_2', items: [ITEM] };
  const told = { intended: 250, accepted: 240, inDoubt: 0, deadLetter: 10, lastAtMs: 0 };
  const held = { ...HELD, detail: 'the period’s own' };

  function late(change: Partial<Bill> = {}, lines = [OURS]) {
    const counted = foldStretch(subscribed(), used(3, 3, [row(START_MS, 250)]));
    const lateInvoice = { ...bill, ...change };
    const own = { close: 'last', reports: { tokens: told }, review: held, lateInvoice } as const;
    const state = changeSegment(extendTo(counted, END_MS), 0, own);
    return buildInvoice(state, state.segments[0] as Segment, 'late', view({ lines }), NOW_MS);
  }

  it('is held against its items alone, not against what the period was told', () => {
    expect(late()).toMatchObject({ reason: 'late', status: 'finalized', review: null });
    expect(late().lines).toMatchObject([{ ref: 'late/tokens', amountMinor: 15 }]);
    expect(late({}, []).review).toMatchObject({
      reason: 'mismatch',
      detail: 'late/tokens: expected 15, Stripe has 0',
    });
  });

  it('shows the review of its own', () => {
    expect(late({ review: HELD }).review).toMatchObject({ reason: 'operator', detail: 'wait' });
    expect(late({ review: HELD }).status).toBe('inReview');
    expect(late({ review: HELD, approved: ['operator'] }).status).toBe('finalized');
  });

  it('holds nothing while it is not begun', () => {
    const state = subscribed();
    const nothing = { usage: [], base: [], lines: [] };
    expect(predictedLines(state, state.segments[0] as Segment, 'late')).toEqual(nothing);
  });
});

it('a first invoice is not held for what holds that of its period', () => {
  const state = changeSegment(subscribed(), 0, { review: HELD });
  const first = view({ lines: [line({ kind: 'base', name: null, amountMinor: 2900 })] });
  const built = buildInvoice(state, state.segments[0] as Segment, 'start', first, NOW_MS);
  expect([built.review, built.status]).toEqual([null, 'finalized']);
  expect(predictedLines(state, state.segments[0] as Segment, 'start').usage).toEqual([]);
});

it('a first invoice holds the base of its own period alone', () => {
  const state = subscribed();
  const base = line({ kind: 'base', name: null, amountMinor: 2900 });
  const first = view({ lines: [base], subtotalMinor: 2900 });
  const built = buildInvoice(state, state.segments[0] as Segment, 'start', first, NOW_MS);
  expect(built.lines).toMatchObject([
    { ref: 'base', amountMinor: 2900, period: periodText(START_MS, END_MS) },
  ]);
  expect([built.reason, built.review, built.subtotalMinor]).toEqual(['start', null, 2900]);
});
