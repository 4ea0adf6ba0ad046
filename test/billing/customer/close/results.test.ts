import * as closing from '../../../../billing/customer/close/closing.js';
import { decideItems } from '../../../../billing/customer/invoice/items.js';
import * as results from '../../../../billing/customer/close/results.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import type {
  StripeInvoiceView,
  StripeLineView,
} from '../../../../billing/customer/invoice/view.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { row, START_MS, subscribed, used } from '../world.js';

const HOUR_MS = 3_600_000;
const END_MS = Date.UTC(2026, 1, 1);
const FAR = 77;

const at = (change: Partial<Segment>, from = subscribed()) => changeSegment(from, 0, change);
const zero = (state: CustomerState) => state.segments[0] as Segment;

function view(status: StripeInvoiceView['status'], lines: StripeLineView[] = []) {
  return { id: 'in_1', status, lines } as unknown as StripeInvoiceView;
}

function line(name: string, quantity: string, change: Partial<StripeLineView> = {}) {
  const made: Partial<StripeLineView> = { kind: 'meter', name, quantity, unitAmountMinor: '0.5' };
  return { ...made, ...change } as StripeLineView;
}

describe('a look for the draft', () => {
  it('goes on with the close when there is none yet', () => {
    expect(zero(results.looked(at({ stage: 'hold' }), 0, null, END_MS)).stage).toBe('freeze');
  });

  it('does not freeze again what a log read anew has frozen already', () => {
    const frozen = (change: Partial<Segment>) =>
      zero(results.looked(at({ stage: 'hold', frozen: true, ...change }), 0, null, END_MS)).stage;
    expect([frozen({}), frozen({ close: 'final' }), frozen({ trial: true })]).toEqual([
      'flush',
      'complete',
      'empty',
    ]);
  });

  it('holds the draft it finds; a later look keeps the stage', () => {
    const held = zero(results.looked(at({ stage: 'hold' }), 0, view('draft'), END_MS));
    expect(held).toMatchObject({ stage: 'freeze', stripeInvoice: 'in_1', final: false });
    const later = results.looked(at({ stage: 'complete' }), 0, view('draft'), END_MS);
    expect(zero(later).stage).toBe('complete');
  });

  it('looks again later, until a day has gone by without anything to bill', () => {
    const missing = (nowMs: number, from = subscribed()) =>
      zero(results.looked(at({ stage: 'complete' }, from), 0, null, nowMs));
    expect(missing(END_MS)).toMatchObject({ stage: 'complete', lookAgainAtMs: END_MS + 300_000 });
    expect(missing(END_MS + 24 * HOUR_MS - 1).stage).toBe('complete');
    expect(missing(END_MS + 24 * HOUR_MS).stage).toBe('empty');
    const busy = foldStretch(subscribed(), used(3, 3, [row(START_MS, 1)]));
    expect(missing(END_MS + 24 * HOUR_MS, busy).stage).toBe('complete');
  });

  it('takes what a final invoice rated as billed: flat lines and others are no units', () => {
    const lines = [
      line('tokens', '100', { unitAmountMinor: '0' }),
      line('tokens', '50'),
      line('tokens', '1', { unitAmountMinor: null }),
      line('calls', '9'),
      line('tokens', '7', { kind: 'foreign' }),
    ];
    const found = zero(results.looked(at({ stage: 'hold' }), 0, view('open', lines), END_MS));
    expect(found).toMatchObject({ final: true, billed: { tokens: 150 } });
  });

  it('stays final whatever a later look says', () => {
    const again = results.looked(at({ stage: 'freeze', final: true }), 0, view('draft'), END_MS);
    expect(zero(again).final).toBe(true);
  });

  it('adds what volume and package prices include to what Stripe rated of them', () => {
    const priced = (price: object) => {
      const state = subscribed();
      const [name] = Object.keys(state.snapshots);
      const snapshot = state.snapshots[name ?? ''];
      if (!snapshot || !name) throw new Error('no snapshot');
      const plan = { ...snapshot.plan, prices: { tokens: price } };
      return { ...state, snapshots: { [name]: { ...snapshot, plan } } } as CustomerState;
    };
    const billed = (price: object, quantity: string) => {
      const state = at({ stage: 'hold' }, priced(price));
      const seen = results.looked(state, 0, view('paid', [line('tokens', quantity)]), END_MS);
      return zero(seen).billed['tokens'];
    };
    const tiers = [{ upTo: 'inf', unitAmountMinor: '1' }];
    expect(billed({ type: 'volume', included: 10, tiers }, '5')).toBe(15);
    expect(billed({ type: 'volume', included: 10, tiers }, '0')).toBe(0);
    expect(billed({ type: 'volume', tiers }, '5')).toBe(5);
    const packages = { type: 'package', size: 5, packageAmountMinor: '1', included: 3 };
    expect(billed(packages, '5')).toBe(8);
  });
});

describe('the flush waits for summaries, but not for ever', () => {
  const flushing = at({ stage: 'flush' });

  it('goes on when they are equal', () => {
    expect(zero(results.summariesRead(flushing, 0, true, 1_000)).stage).toBe('complete');
  });

  it('waits two minutes of real time from the first look', () => {
    const first = results.summariesRead(flushing, 0, false, 1_000);
    expect(zero(first)).toMatchObject({ stage: 'flush', flushSinceMs: 1_000 });
    const last = results.summariesRead(first, 0, false, 120_999);
    expect(zero(last)).toMatchObject({ stage: 'flush', flushSinceMs: 1_000 });
    const given = results.summariesRead(last, 0, false, 121_000);
    expect(zero(given)).toMatchObject({ stage: 'complete', flushSinceMs: 0 });
  });

  it('does not wait for an invoice that is final, nor in another stage', () => {
    const final = at({ stage: 'flush', final: true });
    expect(zero(results.summariesRead(final, 0, false, 1)).stage).toBe('complete');
    const open = subscribed();
    expect(results.summariesRead(open, 0, true, 1)).toBe(open);
  });

  it('compares the summaries of every meter of which something was accepted', () => {
    const totals = { intended: 9, accepted: 5, inDoubt: 4, deadLetter: 0, lastAtMs: 0 };
    const reports = { tokens: totals, calls: { ...totals, accepted: 0 } };
    expect(results.awaitedSummaries(zero(at({ reports })))).toEqual([
      { meter: 'tokens', expected: 5 },
    ]);
  });
});

describe('what a step teaches the state', () => {
  const state = subscribed();

  it('keeps fingerprint, test clock and start invoice', () => {
    expect(results.rowSaved(state, 'x').savedRow).toBe('x');
    expect(results.testClockMoved(state, 5).testClockSeconds).toBe(5);
    expect(results.startInvoiced(state).startInvoice).toEqual({ segment: 0, stage: 'done' });
    const none = { ...state, startInvoice: null };
    expect(results.startInvoiced(none)).toBe(none);
    const earlier = { ...state, earlierStarts: [1, 2] };
    const one = results.startInvoiced(earlier, 1);
    expect([one.earlierStarts, one.startInvoice]).toEqual([[2], state.startInvoice]);
    const newest = results.startInvoiced(earlier, 0);
    expect([newest.earlierStarts, newest.startInvoice?.stage]).toEqual([[1, 2], 'done']);
    expect(results.startInvoiced(earlier).startInvoice?.stage).toBe('done');
    expect(results.startInvoiced(state, 0).startInvoice?.stage).toBe('done');
  });

  it('keeps the reports of one meter beside those of others', () => {
    const totals = { intended: 1, accepted: 1, inDoubt: 0, deadLetter: 0, lastAtMs: 7 };
    const first = results.reported(state, 0, 'tokens', totals);
    const both = results.reported(first, 0, 'calls', { ...totals, intended: 2 });
    expect(zero(both).reports).toEqual({ tokens: totals, calls: { ...totals, intended: 2 } });
  });

  it('knows no segment that is gone', () => {
    const totals = { intended: 1, accepted: 1, inDoubt: 0, deadLetter: 0, lastAtMs: 7 };
    expect(results.reported(state, FAR, 'tokens', totals)).toBe(state);
    expect(results.looked(state, FAR, null, 0)).toBe(state);
    expect(results.summariesRead(state, FAR, true, 0)).toBe(state);
    expect(decideItems(state, FAR)).toBe(state);
  });

  it('decides no item for an invoice that is final', () => {
    const final = at({ final: true });
    expect(decideItems(final, 0)).toBe(final);
  });

  it('goes from completed over compared to collected, or to review', () => {
    expect(zero(closing.completed(state, 0)).stage).toBe('finalise');
    const invoice = (review: object | null) => ({ review }) as never;
    expect(zero(closing.compared(state, 0, invoice(null)))).toMatchObject({
      stage: 'collect',
      final: true,
    });
    expect(zero(closing.compared(state, 0, invoice({})))).toMatchObject({
      stage: 'inReview',
      final: true,
    });
    const paid = closing.collected(state, 0, false);
    expect([zero(paid).stage, paid.pastDue]).toEqual(['billed', false]);
    expect(closing.collected(state, 0, true).pastDue).toBe(true);
  });

  it('looks at once for a missing draft when Stripe says that something changed', () => {
    const waiting = at({ stage: 'complete', lookAgainAtMs: 99 });
    expect(zero(closing.stripeTouched(waiting)).lookAgainAtMs).toBe(0);
    const there = at({ stage: 'complete', stripeInvoice: 'in_1', lookAgainAtMs: 99 });
    expect(closing.stripeTouched(there)).toBe(there);
  });
});

describe('a step that fails waits longer each time', () => {
  const fail = (state: CustomerState, step: string, retryAfterMs: number | null = null) =>
    results.stepFailed(state, {
      type: 'stepFailed',
      step,
      reason: 'busy',
      realNowMs: 1_000,
      retryAfterMs,
    });

  it('doubles up to a minute and begins anew with another step', () => {
    let state = subscribed();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      state = fail(state, 'report');
      waits.push((state.retry?.atMs ?? 0) - 1_000);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
    expect(state.retry).toMatchObject({ step: 'report', attempts: 9, reason: 'busy' });
    expect(fail(state, 'freeze').retry?.attempts).toBe(1);
  });

  it("waits at least as long as Stripe's Retry-After, and forgets it all after a success", () => {
    const failed = fail(subscribed(), 'report', 30_000);
    expect(failed.retry?.atMs).toBe(31_000);
    expect(results.stepDone(failed).retry).toBeNull();
    const calm = subscribed();
    expect(results.stepDone(calm)).toBe(calm);
  });
});
