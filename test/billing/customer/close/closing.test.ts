import { withAlerts } from '../../../../billing/alerts/alert.js';
import type { Bill } from '../../../../billing/bill.js';
import * as closing from '../../../../billing/customer/close/closing.js';
import { withLateBill } from '../../../../billing/customer/invoice/items.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import type { StripeInvoiceView } from '../../../../billing/customer/invoice/view.js';
import type { InvoiceReview } from '../../../../billing/invoice.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { subscribed } from '../world.js';

/** What the state learns of one invoice, result by result; also of one that is not there. */

const REVIEW: InvoiceReview = {
  reason: 'operator',
  since: '2026-02-01T00:00:00.000Z',
  detail: 'wait',
  predictedMinor: 0,
  stripeMinor: 0,
};
const LATE: Bill = { stage: 'billed', final: true, stripeInvoice: 'in_late', items: [] };
const GIVEN = { amountMinor: 500, reason: 'goodwill', done: false } as const;

const at = (change: Partial<Segment>) => changeSegment(withAlerts(subscribed()), 0, change);
const lateAt = (change: Partial<Bill>) =>
  withLateBill(at({ stage: 'billed', final: true }), 0, { ...LATE, ...change });
const zero = ({ segments }: CustomerState) => segments[0] as Segment;
const happenings = ({ alerts }: CustomerState) => alerts?.waiting.map(({ key }) => key);

const view = (change: Partial<StripeInvoiceView>): StripeInvoiceView => ({
  id: 'in_0',
  status: 'open',
  number: null,
  autoAdvance: false,
  subtotalMinor: 0,
  discountMinor: 0,
  taxMinor: 0,
  totalMinor: 0,
  amountDueMinor: 0,
  finalizedAtMs: null,
  paidAtMs: null,
  hostedUrl: null,
  nextAttemptAtMs: null,
  lines: [],
  ...change,
});

describe('a result about an invoice that is not there changes nothing', () => {
  const state = at({ given: { one: GIVEN } });
  const answer = { number: 9, view: view({ status: 'paid' }) };
  it.each([
    ['of no period', 7, undefined],
    ['of no late usage', 0, true],
  ])('%s', (_name, index, late) => {
    expect(closing.completed(state, index, late)).toBe(state);
    expect(closing.compared(state, index, { review: null }, late)).toBe(state);
    expect(closing.collected(state, index, true, late)).toBe(state);
    expect(closing.collected(state, index, false, late)).toBe(state);
    expect(closing.credited(state, index, late, { id: 'one', as: 'note' })).toBe(state);
    expect(closing.attended(state, index, late, answer)).toBe(state);
  });
});

describe('collection', () => {
  it('that is refused leaves a held invoice with the operator, past due', () => {
    const refused = closing.collected(at({ stage: 'collect', review: REVIEW }), 0, true);
    expect(zero(refused)).toMatchObject({ stage: 'inReview', unpaid: 'retrying' });
    expect([refused.pastDue, happenings(refused)]).toStrictEqual([true, ['invoice.failed/0']]);
  });

  it('that went well is done, also where it was held just before', () => {
    const paid = closing.collected(at({ stage: 'collect', review: REVIEW }), 0, false);
    expect(zero(paid)).toMatchObject({ stage: 'billed', unpaid: undefined });
    expect([paid.pastDue, happenings(paid)]).toStrictEqual([false, ['invoice.paid/0']]);
  });

  it('of late usage says nothing about the invoice of the period', () => {
    const state = lateAt({ stage: 'collect' });
    const refused = closing.collected(state, 0, true, true);
    expect(zero(refused)).toStrictEqual({
      ...zero(state),
      lateInvoice: { ...LATE, unpaid: 'retrying' },
    });
    expect([refused.pastDue, happenings(refused)]).toStrictEqual([true, ['invoice.failed/0/late']]);
  });

  it('of late usage is held by its own review, not by that of the period', () => {
    const held = withLateBill(at({ review: REVIEW }), 0, LATE);
    expect(zero(closing.collected(held, 0, true, true)).lateInvoice?.stage).toBe('billed');
  });
});

describe('a credit', () => {
  const credited = (state: CustomerState) =>
    closing.credited(state, 0, false, { id: 'one', as: 'item' });

  it('that nobody asked for is none', () => {
    const without = at({ stripeInvoice: 'in_0' });
    expect(credited(without)).toBe(without);
    const other = at({ stripeInvoice: 'in_0', given: { two: GIVEN } });
    expect(credited(other)).toBe(other);
  });

  it('that was given stays as it was given', () => {
    const given = credited(at({ stripeInvoice: 'in_0', given: { one: GIVEN } }));
    expect(zero(given).items).toMatchObject([{ ref: 'credit', amountMinor: -500 }]);
    const again = closing.credited(given, 0, false, { id: 'one', refused: 'nothing is left' });
    expect(again).toBe(given);
  });

  it('leaves the others as they were', () => {
    const state = at({ stripeInvoice: 'in_0', given: { one: GIVEN, two: GIVEN } });
    expect(zero(credited(state)).given).toStrictEqual({
      one: { ...GIVEN, as: 'item', done: true },
      two: GIVEN,
    });
  });

  it('stands on no draft that is not there', () => {
    const given = zero(credited(at({ stripeInvoice: null, given: { one: GIVEN } })));
    expect([given.items, given.given?.['one']?.done]).toStrictEqual([[], true]);
  });
});

describe('an invoice that was read anew', () => {
  const read = (state: CustomerState, change: Partial<StripeInvoiceView>) =>
    closing.attended(state, 0, false, { number: 9, view: view(change) });
  const owing = at({ stage: 'billed', final: true, unpaid: 'retrying' });

  it('has followed the commands up to then, and stays where it is', () => {
    const held = at({ stage: 'inReview', look: true });
    expect(zero(read(held, { status: 'draft' }))).toMatchObject({
      stage: 'inReview',
      attended: 9,
      look: undefined,
    });
    expect(zero(read(held, { status: 'open' })).stage).toBe('finalise');
    const final = at({ stage: 'inReview', final: true });
    expect(zero(read(final, { status: 'open' })).stage).toBe('inReview');
    expect(zero(read(at({ stage: 'complete' }), { status: 'open' })).stage).toBe('complete');
  });

  it.each(['paid', 'void'] as const)('owes nothing once it is %s, and says so', (status) => {
    const settled = read({ ...owing, pastDue: true }, { status });
    expect([zero(settled).unpaid, settled.pastDue]).toStrictEqual([undefined, false]);
    expect(happenings(settled)).toStrictEqual(['invoice.paid/0']);
  });

  it.each([
    ['while Stripe tries on', 'open', 5, 'retrying'],
    ['once Stripe has tried for the last time', 'open', null, 'givenUp'],
    ['once it is written off, whatever comes', 'uncollectible', 5, 'givenUp'],
  ] as const)('is owed %s', (_name, status, nextAttemptAtMs, unpaid) => {
    const still = read({ ...owing, pastDue: true }, { status, nextAttemptAtMs });
    expect([zero(still).unpaid, still.pastDue]).toStrictEqual([unpaid, true]);
    expect(happenings(still)).toStrictEqual([]);
  });

  it('that was never refused is no news when it is seen paid', () => {
    expect(happenings(read(at({ stage: 'billed' }), { status: 'paid' }))).toStrictEqual([]);
  });
});

describe('something that changes at Stripe', () => {
  const touched = (state: CustomerState) => zero(closing.stripeTouched(state));

  it('may be a draft that was missing, but for an invoice that is ours to make', () => {
    const missing = { stage: 'complete', lookAgainAtMs: 77 } as const;
    expect(touched(at(missing)).lookAgainAtMs).toBe(0);
    const found = at({ ...missing, stripeInvoice: 'in_0' });
    expect(closing.stripeTouched(found)).toBe(found);
    const ours = at({ ...missing, close: 'final' });
    expect(closing.stripeTouched(ours)).toBe(ours);
  });

  it.each<readonly [string, Partial<Bill>, boolean]>([
    ['refused', { unpaid: 'retrying' }, true],
    ['given up', { unpaid: 'givenUp' }, true],
    ['a draft that is held', { stage: 'inReview', final: false }, true],
    ['held once final', { stage: 'inReview', final: true }, false],
    ['paid', {}, false],
    ['refused, and to be read already', { unpaid: 'retrying', look: true }, false],
  ])('is read where others may have moved the invoice: %s', (_name, bill, reads) => {
    for (const state of [at({ ...LATE, ...bill }), lateAt(bill)]) {
      const seen = closing.stripeTouched(state);
      if (!reads) expect(seen).toBe(state);
      else expect((zero(seen).lateInvoice ?? zero(seen)).look).toBe(true);
    }
  });

  it('leaves all else of an invoice as it was', () => {
    const state = lateAt({ unpaid: 'retrying' });
    expect(touched(state)).toStrictEqual({
      ...zero(state),
      lateInvoice: { ...LATE, unpaid: 'retrying', look: true },
    });
  });
});
