import type { Bill } from '../../../billing/bill.js';
import { withCell } from '../../../billing/cells.js';
import { awaitedBeforeDeletion } from '../../../billing/deletion/awaited.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { Hold } from '../../../billing/holds/hold.js';
import type { CustomerState, Segment } from '../../../billing/state.js';
import { laneOf, runLane } from '../customer/close/perfectStripe.js';
import { commanded, free, LINK, row, START_MS, subscribed, used } from '../customer/world.js';

const DAY_MS = 86_400_000;
const END_MS = START_MS + 10 * DAY_MS;

/** A payer with usage who has canceled; the final invoice is still to come. */
function leaving(): CustomerState {
  const lane = laneOf(subscribed());
  runLane(lane, START_MS);
  const { state } = lane;
  const next = state.mark + 2;
  const ended = { type: 'ended', request: next, endedSeconds: END_MS / 1000 + 7 } as const;
  return [
    used(next - 1, next - 1, [row(START_MS, 250)]),
    commanded(next, { type: 'cancel', next: null, atMs: END_MS }),
    commanded(next + 1, { ...ended, byCycle: false }),
  ].reduce(foldStretch, state);
}

/** The same with everything paid. */
function left(): CustomerState {
  const lane = laneOf(leaving());
  runLane(lane, END_MS + 60_000);
  return lane.state;
}

const changed = (change: Partial<Segment>) =>
  awaitedBeforeDeletion(changeSegment(left(), 0, change));

describe('a customer may be deleted', () => {
  it('once it has left and its last invoice is paid', () => {
    expect(awaitedBeforeDeletion(left())).toEqual([]);
  });

  it('once it has left a plan that bills nothing', () => {
    const gone = commanded(free().mark + 1, { type: 'cancel', next: null, atMs: END_MS });
    expect(awaitedBeforeDeletion(foldStretch(free(), gone))).toEqual([]);
  });

  it('when the last bill was given up, or a credit was given', () => {
    const given = { c: { amountMinor: 5, reason: 'sorry', done: true } };
    expect(changed({ unpaid: 'givenUp', given })).toEqual([]);
  });
});

describe('a deletion waits for', () => {
  it('the cancellation, naming how the customer stands', () => {
    expect(awaitedBeforeDeletion(subscribed())).toEqual(['its cancellation; it is active']);
    expect(awaitedBeforeDeletion(free())).toEqual(['its cancellation; it is active']);
  });

  it('the last invoice, until it is paid or handed over', () => {
    const since = 'the period from 2026-01-01T00:00:00.000Z';
    expect(awaitedBeforeDeletion(leaving())).toContain(`the invoice of ${since}`);
    expect(changed({ stage: 'inReview' })).toEqual([`approval of the invoice of ${since}`]);
    expect(changed({ unpaid: 'retrying' })).toEqual([`payment of the invoice of ${since}`]);
  });

  it('late usage that is on no invoice yet', () => {
    const closed = left();
    const late = used(closed.mark + 1, closed.mark + 1, [row(START_MS + DAY_MS, 30)]);
    expect(awaitedBeforeDeletion(foldStretch(closed, late))).toEqual([
      'the invoice of late usage of the period from 2026-01-01T00:00:00.000Z',
    ]);
  });

  it('money that is on its way back', () => {
    const given = { c: { amountMinor: 5, reason: 'sorry', done: false } };
    expect(changed({ given })).toEqual(['a credit on an invoice']);
    const note = { stripeInvoice: 'in_1', amountMinor: 5, reason: 'sorry', done: false };
    const noted = { ...left(), notes: { n: note } };
    expect(awaitedBeforeDeletion(noted)).toEqual(['a credit note']);
  });

  it('what was asked of an invoice, reports to be read anew, and the first invoice', () => {
    const what = 'what was asked of an invoice, or has happened to it';
    expect(changed({ asked: 9, attended: 8 })).toEqual([what]);
    expect(changed({ look: true })).toEqual([what]);
    expect(changed({ recount: { tokens: 1 } })).toEqual(['reports that are read anew']);
    const first = { ...left(), startInvoice: { segment: 0, stage: 'wanted' } } as const;
    expect(awaitedBeforeDeletion(first)).toEqual(['the invoice of its first period']);
  });

  it('requests under way, an open checkout, a clock that moves, open reservations', () => {
    const atMs = END_MS;
    const leave = { request: 1, next: null, atMs };
    const unanswered = ['a request that Stripe has not answered'];
    expect(awaitedBeforeDeletion({ ...left(), leaving: leave })).toEqual(unanswered);
    const overrun = { request: 1, stripe: LINK, segment: 0, endSeconds: END_MS / 1000 };
    expect(awaitedBeforeDeletion({ ...left(), overrun })).toEqual([
      'the end of a subscription at Stripe',
    ]);
    const ask = { kind: 'portal', returnUrl: 'https://example.org' } as const;
    const wantedPage = { request: 1, ask, atMs };
    expect(awaitedBeforeDeletion({ ...left(), wantedPage })).toEqual(unanswered);
    const base = { request: 1, stripeCustomer: 'cus_1', url: '', expiresAtMs: null };
    const [plan] = Object.values(left().snapshots);
    const checkout = plan ? { session: 'cs_1', plan } : null;
    expect(awaitedBeforeDeletion({ ...left(), openPage: { ...base, checkout } })).toEqual([
      'the end of a checkout page that is open at Stripe',
    ]);
    const closed = { ...left(), openPage: { ...base, checkout: null } };
    expect(awaitedBeforeDeletion(closed)).toEqual([]);
    const goal = { request: 1, toMs: END_MS, segment: null };
    const moving = { ...left(), clock: { ...left().clock, goal } };
    expect(awaitedBeforeDeletion(moving)).toEqual(['its test clock, which is on its way']);
  });

  it('reservations that are open', () => {
    const state = left();
    const open = withCell(state.holds.open, 'r_1', {} as Hold);
    const waits = awaitedBeforeDeletion({ ...state, holds: { ...state.holds, open } });
    expect(waits).toEqual(['the end of its open reservations']);
  });

  it('one of two bills of a period', () => {
    const paid: Bill = { stage: 'billed', final: true, stripeInvoice: 'in_9', items: [] };
    const given = { c: { amountMinor: 5, reason: 'sorry', done: false } };
    const of = 'the invoice of the period from 2026-01-01T00:00:00.000Z';
    const waits = (change: Partial<Bill>) => changed({ lateInvoice: { ...paid, ...change } });
    expect(waits({})).toEqual([]);
    expect(waits({ stage: 'inReview' })).toEqual([`approval of ${of}`]);
    expect(waits({ unpaid: 'retrying' })).toEqual([`payment of ${of}`]);
    expect(waits({ given })).toEqual(['a credit on an invoice']);
  });

  it('an operator, where the log contradicts itself', () => {
    const halted = { ...left(), halted: 'log number missing: 7' };
    expect(awaitedBeforeDeletion(halted)).toEqual([
      'an operator, for its log contradicts itself: log number missing: 7',
    ]);
  });
});
