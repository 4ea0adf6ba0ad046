import { foldDifferences } from '../../../billing/reconcile/foldComparison.js';
import type { CustomerState, MeterTotal } from '../../../billing/state.js';
import { turn } from '../../../billing/customer/turning.js';
import { changeSegment } from '../../../billing/customer/segments.js';
import { closed, folded, free, row, START_MS, subscribed, used } from '../customer/world.js';

/** The workflow's state against the fold of its log: equal but for drift. */

const DAY_MS = 86_400_000;

const tenMillion = () => folded([used(3, 3, [row(START_MS + DAY_MS, 10_000_000)])], subscribed());

/** The state with other numbers of tokens in its first period. */
function bent(state: CustomerState, change: Partial<MeterTotal>): CustomerState {
  const [segment] = state.segments;
  const tokens = segment?.totals['tokens'];
  if (!segment || !tokens) throw new Error('no tokens');
  const totals = { ...segment.totals, tokens: { ...tokens, ...change } };
  return changeSegment(state, segment.index, { totals });
}

test('one unit in ten million, too much or too little, is a difference', () => {
  const fold = tenMillion();
  expect(foldDifferences(fold, fold)).toEqual([]);
  expect(foldDifferences(fold, bent(fold, { quantity: 10_000_001 }))).toMatchObject([
    { segment: 0, meter: 'tokens', expected: '10000000', found: '10000001' },
  ]);
  expect(foldDifferences(fold, bent(fold, { quantity: 9_999_999 }))).toHaveLength(1);
});

test('what is not billed counts as well: counts, maxima, last values', () => {
  const fold = tenMillion();
  const last = { atMs: START_MS, id: 'other', quantity: 4 };
  for (const change of [{ count: 2 }, { max: 1 }, { last }] as const) {
    expect(foldDifferences(fold, bent(fold, change))).toHaveLength(1);
  }
});

test('time passing is no difference: open periods, ended ones, old ones forgotten', () => {
  const fold = tenMillion();
  const later = turn(fold, START_MS + 33 * DAY_MS);
  expect(later.segments.length).toBeGreaterThan(fold.segments.length);
  expect(foldDifferences(fold, later)).toEqual([]);
  const early = folded([used(2, 2, [row(START_MS + 1000, 5)])], free());
  const ended = turn(early, START_MS + 32 * DAY_MS);
  const told = folded([used(3, 3, [row(START_MS + 2000, 6)])], ended);
  const anew = folded([used(3, 3, [row(START_MS + 2000, 6)])], early);
  expect(told.segments[0]?.late['tokens']?.quantity).toBe(6);
  expect(foldDifferences(anew, told)).toEqual([]);
  expect(foldDifferences(fold, turn(fold, START_MS + 400 * DAY_MS))).toEqual([]);
});

test('usage on the wrong side of a fence is a difference', () => {
  const late = folded([closed(4, 0), used(5, 5, [row(START_MS, 7)])], tenMillion());
  const inTime = folded([used(4, 4, [row(START_MS, 7)]), closed(5, 0)], tenMillion());
  expect(foldDifferences(late, inTime)).toMatchObject([
    { expected: '10000000', found: '10000007' },
    { expected: '7', found: '0' },
  ]);
});

test('a halted workflow, or one on another plan, is told whatever it counted', () => {
  const fold = tenMillion();
  const halted = foldDifferences(fold, { ...fold, halted: 'log number missing: 4' });
  expect(halted).toMatchObject([{ meter: null, detail: expect.stringContaining('missing: 4') }]);
  const other = { ...fold, plan: { id: 'pro', version: 2 } };
  expect(foldDifferences(fold, other)).toMatchObject([{ expected: '1', found: '2' }]);
});
