import { NO_DRAFT_AFTER_MS } from '../../../../billing/customer/close/undrafted.js';
import { FREEZE_AFTER_MS } from '../../../../billing/customer/close/closeDues.js';
import { isUnreported } from '../../../../billing/customer/close/reviews.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import {
  nextLookMs,
  nextStep,
} from '../../../../billing/customer/close/steps.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
import { asSparing } from '../../../../billing/customer/reporting/sparing.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { CustomerState, ReportTotals, Segment } from '../../../../billing/state.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { free, row, START_MS, subscribed, used } from '../world.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const END_MS = Date.UTC(2026, 1, 1);

const REPORTS: ReportTotals = {
  intended: 10,
  accepted: 10,
  inDoubt: 0,
  deadLetter: 0,
  lastAtMs: START_MS,
};

/** A customer whose row is saved, whose start invoice is done, with segment 0 as given. */
function at(change: Partial<Segment>, from: CustomerState = subscribed()): CustomerState {
  const state: CustomerState = { ...from, startInvoice: null, testClockSeconds: 4_000_000_000 };
  const changed = changeSegment(state, 0, change);
  return { ...changed, savedRow: rowFingerprint(changed) };
}

const stepAt = (state: CustomerState, nowMs: number) => nextStep(state, nowMs).step;
const waitAt = (state: CustomerState, nowMs: number) => nextStep(state, nowMs).waitUntilMs;

describe('the money lane does one thing at a time, in order', () => {
  it('stands still for ever once the log contradicts itself', () => {
    const halted = { ...at({}), halted: 'number 3 is missing' };
    expect(nextStep(halted, END_MS)).toEqual({ step: null, waitUntilMs: null });
  });

  it('saves the row before anything else', () => {
    const state = { ...at({ stage: 'hold' }), savedRow: 'older' };
    expect(nextStep(state, END_MS + HOUR_MS)).toEqual({
      step: { kind: 'saveCustomer' },
      waitUntilMs: null,
    });
  });

  it('saves no row at each jump of a clock that runs towards a goal', () => {
    const goal = { request: 9, toMs: END_MS, segment: null };
    const running = { ...at({}), savedRow: 'older' };
    const state = { ...running, clock: { ...running.clock, goal } };
    expect(stepAt(state, START_MS)).toBeNull();
    expect(stepAt({ ...state, savedRow: '' }, START_MS)).toEqual({ kind: 'saveCustomer' });
  });

  it('asks Stripe for a subscription that is pending', () => {
    const pending = { request: 1, plan: {} as never, atMs: 0, anchorMs: null };
    const state = { ...at({}), pending };
    expect(nextStep(state, START_MS)).toEqual({ step: { kind: 'subscribe' }, waitUntilMs: null });
  });

  it('reads the start invoice at once, and once', () => {
    const wanted = { segment: 0, stage: 'wanted' as const };
    expect(stepAt({ ...at({}), startInvoice: wanted }, START_MS)).toEqual({
      kind: 'startInvoice',
      segment: 0,
    });
    expect(stepAt({ ...at({}), startInvoice: { segment: 0, stage: 'done' } }, START_MS)).toBeNull();
  });

  it('waits for the end of the open period, and without a period for ever', () => {
    expect(waitAt(at({}), START_MS)).toBe(END_MS);
    const none = { ...at({}), segments: [] };
    expect(waitAt({ ...none, savedRow: rowFingerprint(none) }, START_MS)).toBeNull();
  });

  it('has no step for a customer whom Stripe does not know', () => {
    const state = { ...free(), savedRow: rowFingerprint(free()) };
    expect(nextStep(state, START_MS)).toEqual({ step: null, waitUntilMs: END_MS });
  });
});

describe('each stage of a close has its step and its time', () => {
  const stages: readonly (readonly [Partial<Segment>, object | null, number | null])[] = [
    [{ stage: 'freeze' }, { kind: 'freeze', segment: 0 }, END_MS + FREEZE_AFTER_MS],
    [{ stage: 'flush' }, { kind: 'readSummaries', segment: 0 }, 0],
    [{ stage: 'complete', stripeInvoice: 'in_1' }, { kind: 'complete', segment: 0 }, 0],
    [
      { stage: 'complete', lookAgainAtMs: END_MS + HOUR_MS },
      { kind: 'lookForDraft', segment: 0 },
      END_MS + HOUR_MS,
    ],
    [{ stage: 'finalise' }, { kind: 'finalise', segment: 0 }, 0],
    [{ stage: 'collect' }, { kind: 'collect', segment: 0 }, 0],
  ];

  it.each(stages)('%j', (change, step, atMs) => {
    const state = at(change);
    expect(stepAt(state, atMs ?? 0)).toEqual(step);
    if (atMs) expect(nextStep(state, atMs - 1)).toMatchObject({ step: null, waitUntilMs: atMs });
  });

  it('looks for a draft when the period at Stripe has ended, to the second', () => {
    const state = at({ stage: 'hold' });
    expect(stepAt(state, END_MS + 22_999)).toBeNull();
    expect(stepAt(state, END_MS + 23_000)).toEqual({ kind: 'lookForDraft', segment: 0 });
  });

  it.each(['billed', 'inReview', 'empty'] as const)('has nothing left to do once %s', (stage) => {
    expect(nextStep(at({ stage }), END_MS)).toEqual({ step: null, waitUntilMs: null });
  });
});

describe('reports go out when they are worth a call, and at once when a period flushes', () => {
  const busy = foldStretch(subscribed(), used(3, 3, [{ ...row(START_MS, 25), count: 2_000 }]));

  it('waits ten minutes of customer time between two reports', () => {
    const state = at({ reports: { tokens: REPORTS } }, busy);
    expect(waitAt(state, START_MS)).toBe(START_MS + 10 * MINUTE_MS);
    expect(stepAt(state, START_MS + 10 * MINUTE_MS)).toMatchObject({
      kind: 'report',
      report: { meter: 'tokens', target: 25 },
    });
  });

  it('reports before it reads summaries, and freezes beside reports', () => {
    expect(stepAt(at({ stage: 'flush' }, busy), END_MS)).toMatchObject({ kind: 'report' });
    expect(stepAt(at({ stage: 'freeze' }, busy), END_MS)).toMatchObject({ kind: 'report' });
    expect(stepAt(at({ stage: 'freeze' }, busy), END_MS + FREEZE_AFTER_MS)).toEqual({
      kind: 'freeze',
      segment: 0,
    });
  });

  it('asks again for a report that is in doubt though nothing grew', () => {
    const reports = { tokens: { ...REPORTS, intended: 25, accepted: 20, inDoubt: 5 } };
    expect(stepAt(at({ reports, stage: 'flush' }, busy), END_MS)).toMatchObject({ kind: 'report' });
  });

  it('gives a flush up two days after the end, where reports have failed again and again', () => {
    const stuck = (attempts: number, nowMs: number) => {
      const reports = { tokens: { ...REPORTS, intended: 10 } };
      const retry = { step: 'report', attempts, atMs: 0, reason: 'away' };
      return stepAt({ ...at({ reports, stage: 'flush', frozen: true }, busy), retry }, nowMs);
    };
    expect(stuck(10, END_MS + 48 * HOUR_MS)).toMatchObject({ kind: 'readSummaries' });
    expect(stuck(9, END_MS + 48 * HOUR_MS)).toMatchObject({ kind: 'report' });
    expect(stuck(10, END_MS + 48 * HOUR_MS - 1)).toMatchObject({ kind: 'report' });
  });

  it('calls a segment unreported while one of its reports is dead or in doubt', () => {
    const segment = (totals: ReportTotals) => at({ reports: { tokens: totals } }).segments[0];
    const unreported = (totals: ReportTotals) =>
      isUnreported(subscribed(), segment(totals) as Segment);
    expect(unreported(REPORTS)).toBe(false);
    expect(unreported({ ...REPORTS, deadLetter: 1 })).toBe(true);
    expect(unreported({ ...REPORTS, inDoubt: 1 })).toBe(true);
  });
});

describe("Stripe's items are swapped after a change at a period's end", () => {
  /** Three periods, the last under a plan that Stripe has no items of yet. */
  function changed(first: Partial<Segment>, second: Partial<Segment>): CustomerState {
    const state = turn(at({ stage: 'billed' }), Date.UTC(2026, 2, 1));
    const stripe = state.stripe && { ...state.stripe, plan: { id: 'pro', version: 0 } };
    const one = changeSegment({ ...state, stripe }, 0, { stage: 'hold', ...first });
    const both = changeSegment(one, 1, { stage: 'hold', ...second });
    return { ...both, savedRow: rowFingerprint(both) };
  }
  const isSwapped = (state: CustomerState) =>
    stepAt(state, Date.UTC(2026, 2, 1))?.kind === 'swapItems';

  it('once no earlier invoice needs them: each is final, or is none', () => {
    expect(changed({}, {}).segments).toHaveLength(3);
    expect(isSwapped(changed({}, {}))).toBe(false);
    expect(isSwapped(changed({ final: true }, {}))).toBe(false);
    expect(isSwapped(changed({}, { final: true }))).toBe(false);
    expect(isSwapped(changed({ final: true }, { final: true }))).toBe(true);
    expect(isSwapped(changed({ stage: 'empty' }, { final: true }))).toBe(true);
  });
});

describe("Stripe's test clock is brought along before anything is asked", () => {
  const lagging = (change: Partial<Segment>, lagSeconds: number, nowMs: number) => ({
    ...at(change),
    testClockSeconds: Math.floor(nowMs / 1000) - lagSeconds,
  });

  it('allows a minute of lag', () => {
    const nowMs = END_MS + HOUR_MS;
    const advance = { kind: 'advanceTestClock', toSeconds: nowMs / 1000 };
    for (const stage of ['flush', 'hold'] as const) {
      expect(stepAt(lagging({ stage }, 60, nowMs), nowMs)).toEqual(advance);
      expect(stepAt(lagging({ stage }, 59, nowMs), nowMs)).not.toEqual(advance);
    }
  });

  it('looks for a draft once the clock is where the draft is due, however time has gone on', () => {
    const endSeconds = subscribed().segments[0]?.stripe?.endSeconds ?? 0;
    const nowMs = (endSeconds + 30) * 1_000;
    const advance = { kind: 'advanceTestClock', toSeconds: nowMs / 1000 };
    expect(stepAt(lagging({ stage: 'hold' }, 31, nowMs), nowMs)).toEqual(advance);
    const look = { kind: 'lookForDraft' };
    const there = lagging({ stage: 'hold' }, 30, nowMs);
    expect(stepAt(there, nowMs)).toMatchObject(look);
    expect(stepAt(asSparing(there, false), nowMs)).toEqual(advance);
  });

  it('needs no Stripe for a fence', () => {
    const nowMs = END_MS + HOUR_MS;
    expect(stepAt(lagging({ stage: 'freeze' }, 9_999, nowMs), nowMs)).toMatchObject({
      kind: 'freeze',
    });
  });
});

describe('a draft that is missing is looked for', () => {
  it('every five minutes for two hours, then hourly', () => {
    const [segment] = subscribed().segments;
    if (!segment) throw new Error('no segment');
    const last = END_MS + 2 * HOUR_MS - 1;
    expect(nextLookMs(segment, END_MS)).toBe(END_MS + 5 * MINUTE_MS);
    expect(nextLookMs(segment, last)).toBe(last + 5 * MINUTE_MS);
    expect(nextLookMs(segment, last + 1)).toBe(last + 1 + HOUR_MS);
    expect(NO_DRAFT_AFTER_MS).toBe(24 * HOUR_MS);
    expect(FREEZE_AFTER_MS).toBe(15 * MINUTE_MS);
  });
});
