import {
  draftFinding,
  finalFinding,
  isUnreported,
  reviewOf,
  withoutGrounds,
} from '../../../../billing/customer/close/reviews.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import type { ReportTotals, Segment } from '../../../../billing/state.js';
import { END_MS } from './operator.js';
import { folded, row, START_MS, subscribed, used } from '../world.js';

/** Why an invoice waits: what is found first, and what an approval leaves to be found. */

const TOLD: ReportTotals = {
  intended: 12_100,
  accepted: 12_100,
  inDoubt: 0,
  deadLetter: 0,
  lastAtMs: START_MS,
};

/** A period, and one after it whose usage is a spike and was reported. */
function twoPeriods(first: Partial<Segment>, second: Partial<Segment> = {}) {
  const using = folded([used(3, 3, [row(END_MS, 12_100)])], extendTo(subscribed(), END_MS));
  const spike = { reports: { tokens: TOLD }, earlierUsageMinor: [3000] };
  const state = changeSegment(using, 1, { ...spike, ...second });
  return changeSegment(state, 0, first);
}

const found = (state: ReturnType<typeof twoPeriods>, index: number, differing: string[] = []) =>
  finalFinding(state, state.segments[index] as Segment, differing);

describe('a final invoice waits', () => {
  const DEBT = { reason: 'unpaid', detail: 'Stripe gave up on the invoice of period 0' };

  it('with every difference named', () => {
    const differing = ['tokens: 1', 'base: 2'];
    const detail = 'tokens: 1; base: 2';
    expect(found(twoPeriods({}), 1, differing)).toStrictEqual({ reason: 'mismatch', detail });
    const dead = { reports: { tokens: { ...TOLD, accepted: 12_000, deadLetter: 100 } } };
    const unreported = twoPeriods({}, dead);
    expect(found(unreported, 1, differing)).toStrictEqual({ reason: 'unreported', detail });
  });

  it('for usage that Stripe was not told', () => {
    const lagging = twoPeriods({}, { reports: { tokens: { ...TOLD, intended: 12_099 } } });
    expect(isUnreported(lagging, lagging.segments[1] as Segment)).toBe(true);
    expect(found(lagging, 1)?.reason).toBe('unreported');
    const told = twoPeriods({});
    expect(isUnreported(told, told.segments[1] as Segment)).toBe(false);
  });

  it('for a debt behind a spike, once the spike was approved', () => {
    const held = twoPeriods({ unpaid: 'givenUp' });
    expect(found(held, 1)?.reason).toBe('spike');
    const approved = twoPeriods({ unpaid: 'givenUp' }, { approved: ['spike'] });
    expect(found(approved, 1)).toStrictEqual(DEBT);
    expect(draftFinding(approved, approved.segments[1] as Segment)).toBeNull();
  });

  it('for debts of periods before it alone, that Stripe has given up on', () => {
    const own = { approved: ['spike'], unpaid: 'givenUp' } as const;
    expect(found(twoPeriods({}, own), 1)).toBeNull();
    expect(found(twoPeriods({}, own), 0)).toBeNull();
    expect(found(twoPeriods({ unpaid: 'retrying' }, { approved: ['spike'] }), 1)).toBeNull();
  });
});

it('runs of the time before spikes and debts held an invoice judge as they did', () => {
  const state = twoPeriods({ unpaid: 'givenUp' });
  const then = withoutGrounds(state);
  expect(found(then, 1)).toBeNull();
  expect(found(then, 1, ['base: 2'])?.reason).toBe('mismatch');
  const [, second] = state.segments as [Segment, Segment];
  const { earlierUsageMinor: _earlier, ...kept } = second;
  expect(then).toEqual({ ...state, segments: [{ ...state.segments[0], unpaid: undefined }, kept] });
});

describe('the review that an invoice shows', () => {
  const FIGURES = { predictedMinor: 5, stripeMinor: 7 };
  const SINCE = '2026-02-01T00:00:00.000Z';
  const standing = {
    reason: 'mismatch',
    since: SINCE,
    detail: 'base: 1',
    predictedMinor: 0,
    stripeMinor: 0,
  } as const;
  const finding = (reason: 'mismatch' | 'spike') => ({
    finding: { reason, detail: 'anew' },
    nowMs: END_MS + 60_000,
  });

  it('of the same reason stands since it was found, as it was last found', () => {
    const anew = reviewOf({ review: standing }, finding('mismatch'), FIGURES);
    expect(anew).toStrictEqual({ ...standing, ...FIGURES, detail: 'anew' });
    const approved = ['mismatch'] as const;
    expect(reviewOf({ review: standing, approved }, finding('mismatch'), FIGURES)).toEqual(anew);
  });

  it('gives way to a new reason, but not to one that was approved', () => {
    expect(reviewOf({ review: standing }, finding('spike'), FIGURES)).toStrictEqual({
      reason: 'spike',
      detail: 'anew',
      since: '2026-02-01T00:01:00.000Z',
      ...FIGURES,
    });
    const approved = ['spike'] as const;
    const kept = reviewOf({ review: standing, approved }, finding('spike'), FIGURES);
    expect(kept).toStrictEqual({ ...standing, ...FIGURES });
  });

  it('stays while nothing more is found, and without one there is none', () => {
    const nothing = { finding: null, nowMs: END_MS };
    expect(reviewOf({ review: standing }, nothing, FIGURES)).toEqual({ ...standing, ...FIGURES });
    expect(reviewOf({}, nothing, FIGURES)).toBeNull();
  });
});
