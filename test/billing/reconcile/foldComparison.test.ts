import { foldDifferences, REBUILD } from '../../../billing/reconcile/foldComparison.js';
import type { CustomerState, MeterTotal } from '../../../billing/state.js';
import { turn } from '../../../billing/customer/periods/turning.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
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

test('it is told as a number of the log, with the way to put the workflow right', () => {
  const fold = tenMillion();
  expect(foldDifferences(fold, bent(fold, { quantity: 9_999_999 }))).toEqual([
    {
      where: 'ledgerWorkflow',
      segment: 0,
      meter: 'tokens',
      expected: '10000000',
      found: '9999999',
      detail:
        'usage counted of tokens at log number 3. The log is the truth: ' +
        'end the workflow in Temporal (terminate), the next message rebuilds it',
    },
  ]);
});

const LAST = { atMs: START_MS + DAY_MS, id: `e-${START_MS + DAY_MS}` };

test.each([
  ['count', { count: 2 }, '1', '2'],
  ['max', { max: 1 }, '10000000', '1'],
  ['last', { last: { ...LAST, quantity: 4 } }, '10000000', '4'],
  ['last', { last: { ...LAST, id: 'other', quantity: 10_000_000 } }, '10000000', '10000000'],
  ['last', { last: null }, '10000000', '0'],
] as const)('another %s counts as well, though not billed', (what, change, expected, found) => {
  const fold = tenMillion();
  const other = bent(fold, change);
  const detail = expect.stringContaining(`${what} counted of tokens`);
  expect(foldDifferences(fold, other)).toMatchObject([{ expected, found, detail }]);
  expect(foldDifferences(other, fold)).toMatchObject([{ expected: found, found: expected }]);
});

test('of two values that are both missing none differs', () => {
  const none = bent(tenMillion(), { last: null });
  expect(foldDifferences(none, none)).toEqual([]);
});

test('a meter that only one side has is told, in the order of names; unknown ones too', () => {
  const fold = tenMillion();
  const tokens = fold.segments[0]?.totals['tokens'] as MeterTotal;
  const calls = { ...tokens, count: 3, quantity: 0 };
  const standing = changeSegment(fold, 0, { totals: { unheard: tokens, calls } });
  expect(foldDifferences(fold, standing)).toMatchObject([
    { meter: 'calls', expected: '0', found: '3' },
    { meter: 'tokens', expected: '10000000', found: '0' },
    { meter: 'unheard', expected: '0', found: '10000000' },
  ]);
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

test('a halted workflow is told whatever it counted', () => {
  const fold = tenMillion();
  const halted = { ...bent(fold, { quantity: 1 }), mark: 2, halted: 'log number missing: 4' };
  expect(foldDifferences(fold, halted)).toEqual([
    {
      where: 'ledgerWorkflow',
      segment: null,
      meter: null,
      expected: '3',
      found: '2',
      detail: 'The workflow has halted: log number missing: 4',
    },
  ]);
});

test.each([
  [{ id: 'pro', version: 2 }, '2', 'The log says plan pro@1, the workflow pro@2.'],
  [{ id: 'team', version: 1 }, '1', 'The log says plan pro@1, the workflow team@1.'],
  [null, '0', 'The log says plan pro@1, the workflow none.'],
] as const)('a workflow on plan %j where the log says another is told', (plan, found, text) => {
  const fold = tenMillion();
  const detail = `${text} ${REBUILD}`;
  const where = { where: 'ledgerWorkflow', segment: null, meter: null };
  expect(foldDifferences(fold, { ...fold, plan })).toEqual([
    { ...where, expected: '1', found, detail },
  ]);
  expect(foldDifferences({ ...fold, plan }, fold)).toMatchObject([{ expected: found, found: '1' }]);
});
