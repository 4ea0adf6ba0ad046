import type { Bill } from '../../../../billing/bill.js';
import {
  attendDues,
  billDues,
  isStillOwed,
  LATE_INVOICE_AFTER_MS,
  lateInvoiceDues,
} from '../../../../billing/customer/close/billSteps.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import type { CustomerState, Segment, SegmentStage } from '../../../../billing/state.js';
import { END_MS } from './operator.js';
import { closed, folded, row, START_MS, subscribed, used } from '../world.js';

/** What is due on invoices that exist, and which periods must stay for what they still owe. */

const NEXT_END_MS = Date.UTC(2026, 2, 1);
const bill = (stage: SegmentStage): Bill => ({
  stage,
  final: false,
  stripeInvoice: 'in_late',
  items: [],
});

/** Three periods, the first two of them billed; `late` tokens came for the first. */
function three(late: number, second: Partial<Segment> = {}): CustomerState {
  const state = folded(
    [
      used(3, 3, [row(START_MS, 150)]),
      closed(4, 0),
      closed(5, 1),
      ...(late > 0 ? [used(6, 6, [row(START_MS, late)])] : []),
    ],
    extendTo(subscribed(), NEXT_END_MS),
  );
  const done = changeSegment(state, 0, { stage: 'billed', final: true });
  return changeSegment(done, 1, { stage: 'billed', final: true, ...second });
}
/** The customer left at the end of the second period. */
function left(late: number, second: Partial<Segment> = {}): CustomerState {
  const state = three(late, { close: 'last', ...second });
  return { ...state, status: 'canceled', stripe: null, segments: state.segments.slice(0, 2) };
}
const owed = (state: CustomerState) =>
  state.segments.map((segment) => isStillOwed(state, segment));

describe('a period stays', () => {
  it.each(['inReview', 'complete', 'collect'] as const)(
    'while its invoice of late usage is %s',
    (stage) => {
      expect(owed(left(0, { lateInvoice: bill(stage) }))).toEqual([false, true]);
    },
  );

  it('while it waits for an operator', () => {
    expect(owed(three(0, { stage: 'inReview' }))).toEqual([false, true, false]);
  });

  it('while its late usage costs something that no invoice has', () => {
    expect(owed(three(30))).toEqual([true, false, false]);
    expect(owed(three(0))).toEqual([false, false, false]);
    const free = folded([used(6, 6, [row(END_MS, 30)])], three(0));
    expect(free.segments[1]?.late['tokens']?.quantity).toBe(30);
    expect(owed(free)).toEqual([false, false, false]);
  });

  it('as the last one of a customer who left, while any other owes such usage', () => {
    expect(owed(left(30))).toEqual([true, true]);
    expect(owed(left(0))).toEqual([false, false]);
    expect(owed(left(30, { lateInvoice: bill('billed') }))).toEqual([true, false]);
  });
});

describe('the invoice of late usage', () => {
  const due = (step: object) => [{ step: { segment: 1, late: true, ...step }, atMs: 0 }];

  it('is made of what any period owes, once nothing more can come', () => {
    expect(lateInvoiceDues(left(30))).toEqual([
      {
        step: { kind: 'makeInvoice', segment: 1, late: true },
        atMs: NEXT_END_MS + LATE_INVOICE_AFTER_MS,
      },
    ]);
    expect(lateInvoiceDues(left(0))).toEqual([]);
    expect(lateInvoiceDues(three(30))).toEqual([]);
  });

  it('is of the last period that Stripe billed: a trial and one without Stripe are none', () => {
    const state = left(30);
    const after = (change: Partial<Segment>) => {
      const later = { ...(state.segments[1] as Segment), index: 2, ...change };
      return lateInvoiceDues({ ...state, segments: [...state.segments, later] });
    };
    const expected = lateInvoiceDues(state);
    expect(after({ close: undefined, stripe: null })).toEqual(expected);
    expect(after({ close: undefined, trial: true })).toEqual(expected);
    expect(after({ close: undefined, stripe: null, trial: true })).toEqual(expected);
    expect(after({ close: undefined })).toEqual([]);
  });

  it('goes its way by its own stage', () => {
    const at = (stage: SegmentStage) => lateInvoiceDues(left(30, { lateInvoice: bill(stage) }));
    expect(at('complete')).toEqual(due({ kind: 'complete' }));
    expect(at('collect')).toEqual(due({ kind: 'collect' }));
    expect([at('billed'), at('inReview'), at('empty')]).toEqual([[], [], []]);
    const [, second] = left(0).segments as [Segment, Segment];
    expect(billDues(second, true)).toEqual([]);
  });

  it('is read anew when a command was about it, or something happened to it', () => {
    const late = { ...bill('billed'), asked: 9 };
    expect(attendDues(left(0, { lateInvoice: late }))).toEqual(due({ kind: 'attend' }));
    const seen = { ...bill('billed'), asked: 9, attended: 9 };
    expect(attendDues(left(0, { lateInvoice: seen }))).toEqual([]);
    const touched = { ...seen, look: true } as const;
    expect(attendDues(left(0, { lateInvoice: touched }))).toEqual(due({ kind: 'attend' }));
    expect(attendDues(left(0, { asked: 3 }))).toEqual([
      { step: { kind: 'attend', segment: 1 }, atMs: 0 },
    ]);
  });
});
