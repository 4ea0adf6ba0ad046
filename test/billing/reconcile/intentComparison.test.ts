import {
  allowedUnits,
  canReport,
  knownDifferences,
  reportedMeters,
  storedReports,
  toldDifferences,
} from '../../../billing/reconcile/intentComparison.js';
import type { ReportedUnits } from '../../../billing/reconcile/usageComparison.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import { turn } from '../../../billing/customer/periods/turning.js';
import type { CustomerState, ReportTotals, Segment } from '../../../billing/state.js';
import { folded, free, row, START_MS, subscribed, used } from '../customer/world.js';

/** Stored reports: the workflow knows their sums, and they tell no more than the log holds. */

const NAME = { segment: 0, meter: 'tokens' };

const DAY_MS = 86_400_000;

const KNOWS = {
  stored: 'units in stored reports; the workflow knows another number',
  accepted: 'units in reports that Stripe accepted; the workflow knows another number',
  open: 'units in reports without an answer; the workflow holds them for answered',
};

const TOTALS: ReportTotals = {
  intended: 1000,
  accepted: 1000,
  inDoubt: 0,
  deadLetter: 0,
  lastAtMs: 0,
};

const fold = folded([used(3, 3, [row(START_MS, 1000)])], subscribed());

function knowing(totals: ReportTotals, change: Partial<Segment> = {}): CustomerState {
  return changeSegment(fold, 0, { reports: { tokens: totals }, ...change });
}

function stored(...values: readonly (readonly [value: number, state: ReportedUnits['state']])[]) {
  const reports = values.map(([value, state], index) => ({
    id: `r${index}`,
    value,
    state,
    stampSeconds: index * 60,
    firstSentAtMs: null,
    storedAtMs: index,
  }));
  return storedReports(NAME, reports);
}

test('sums of stored reports by what became of them', () => {
  const { totals, open } = stored([5, 'accepted'], [3, 'sent'], [2, 'stored'], [1, 'deadLetter']);
  expect(totals).toEqual({ intended: 11, accepted: 5, inDoubt: 3, deadLetter: 1, lastAtMs: 3 });
  expect(open).toBe(5);
});

test('a report that the workflow knows nothing of is told to it again', () => {
  expect(knownDifferences(knowing(TOTALS), stored([1000, 'accepted']))).toEqual([]);
  const planted = knownDifferences(knowing(TOTALS), stored([1000, 'accepted'], [1, 'accepted']));
  expect(planted).toMatchObject([
    { where: 'intents', expected: '1001', found: '1000', repair: 'tell', detail: KNOWS.stored },
    { where: 'intents', expected: '1001', found: '1000', repair: 'tell', detail: KNOWS.accepted },
  ]);
  const lost = knownDifferences(knowing(TOTALS), stored([999, 'accepted']));
  expect(lost).toMatchObject([{ expected: '999', found: '1000' }, { expected: '999' }]);
});

test('a report that waits for its answer is no difference, one held for answered is', () => {
  const waiting = stored([1000, 'accepted'], [5, 'sent']);
  expect(knownDifferences(knowing(TOTALS), waiting)).toEqual([]);
  const doubted = { ...TOTALS, intended: 1005, inDoubt: 5 };
  expect(knownDifferences(knowing(doubted), waiting)).toEqual([]);
  const settled = { ...TOTALS, intended: 1005 };
  const held = knownDifferences(knowing(settled), waiting);
  expect(held).toMatchObject([{ expected: '5', found: '0', repair: 'tell', detail: KNOWS.open }]);
});

test('reports are compared in their own period, in none that the workflow has forgotten', () => {
  const later = turn(knowing(TOTALS), START_MS + 33 * DAY_MS);
  const { totals } = stored([4, 'accepted']);
  const subject = { segment: 1, meter: 'tokens', totals, open: 0 };
  const known = knownDifferences(later, subject);
  expect(known).toMatchObject([{ segment: 1, expected: '4', found: '0' }, { expected: '4' }]);
  // No report of that meter has sums to be read anew.
  expect(known.map((found) => 'repair' in found)).toEqual([false, false]);
  expect(toldDifferences(fold, later, subject, 3)).toMatchObject([{ segment: 1, expected: '3' }]);
  const forgotten = { ...subject, segment: 7 };
  expect(knownDifferences(later, forgotten)).toEqual([]);
  expect(toldDifferences(fold, later, forgotten, 3)).toEqual([]);
});

test('reports may not tell more than the log ever held; voids may leave them above it', () => {
  expect(allowedUnits(fold, fold.segments[0] as Segment, 'tokens')).toBe(1000);
  const { totals } = stored([1001, 'accepted']);
  const read = { ...NAME, totals, open: 0 };
  expect(toldDifferences(fold, knowing(totals), read, 1000)).toMatchObject([
    {
      ...{ where: 'intents', segment: 0, meter: 'tokens', expected: '1000', found: '1001' },
      detail: 'reports tell Stripe of 1 more units than the log ever held; see explain',
    },
  ]);
  expect(toldDifferences(fold, knowing(totals), read, 1001)).toEqual([]);
});

test('credits are told as they were: what is bought later may leave the reports above', () => {
  const { totals } = stored([1001, 'accepted']);
  const read = { segment: 0, meter: 'credits', totals, open: 0 };
  expect(toldDifferences(fold, knowing(totals), read, 1000)).toEqual([]);
});

test('the log allows nothing in a period that it has no usage of, or at no price', () => {
  const [segment] = fold.segments as [Segment];
  const later = turn(fold, START_MS + 33 * DAY_MS).segments[1] as Segment;
  expect(allowedUnits(fold, later, 'tokens')).toBe(0);
  expect(allowedUnits(fold, { ...segment, index: 4 }, 'tokens')).toBe(0);
  const both = turn(fold, START_MS + 33 * DAY_MS);
  expect(allowedUnits(both, later, 'tokens')).toBe(0);
  expect(allowedUnits(fold, segment, 'calls')).toBe(0);
  const unpriced = free();
  expect(allowedUnits(unpriced, unpriced.segments[0] as Segment, 'tokens')).toBe(0);
});

test('a billed period was told all of it, unless Stripe finalised it without us', () => {
  const { totals } = stored([999, 'accepted']);
  const read = { ...NAME, totals, open: 0 };
  const inStage = (change: Partial<Segment>) =>
    toldDifferences(fold, knowing(totals, change), read, 1000);
  expect(inStage({ stage: 'open' })).toEqual([]);
  const detail = 'units of a billed period that no report tells Stripe of';
  for (const stage of ['collect', 'billed'] as const) {
    expect(inStage({ stage })).toMatchObject([{ expected: '1000', found: '999', detail }]);
  }
  const all = { ...NAME, totals: TOTALS, open: 0 };
  expect(toldDifferences(fold, knowing(TOTALS, { stage: 'billed' }), all, 2000)).toEqual([]);
  expect(inStage({ stage: 'billed', billed: { tokens: 999 } })).toEqual([]);
});

test('periods that Stripe is told nothing of are left out', () => {
  const names = (change: Partial<Segment>) =>
    reportedMeters(changeSegment(fold, 0, change)).map(({ meter }) => meter);
  expect(names({})).toEqual(['tokens']);
  for (const change of [{ stripe: null }, { trial: true }, { close: 'final' }] as const) {
    expect(names(change)).toEqual([]);
  }
});

test('only a period whose invoice is not final can be told more', () => {
  const segment = fold.segments[0] as Segment;
  expect(canReport(segment)).toBe(true);
  for (const stage of ['open', 'hold', 'freeze', 'flush'] as const) {
    expect(canReport({ ...segment, stage })).toBe(true);
  }
  expect(canReport({ ...segment, stripe: null })).toBe(false);
  expect(canReport({ ...segment, stage: 'finalise' })).toBe(false);
  expect(canReport({ ...segment, final: true })).toBe(false);
});
