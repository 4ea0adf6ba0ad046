import { changeSegment } from '../../../billing/customer/periods/segments.js';
import { turn } from '../../../billing/customer/periods/turning.js';
import type { Contribution } from '../../../billing/reconcile/contributions.js';
import { UsageTally } from '../../../billing/reconcile/tally.js';
import { folded, START_MS, subscribed } from '../customer/world.js';

/** Entries added up by period, meter and day, in a bounded memory. */

const DAY_MS = 86_400_000;

const one = subscribed();
/** The same customer some time later: segments 0, 1 and 2. */
const three = turn(one, START_MS + 70 * DAY_MS);

function contribution(
  id: string,
  quantity: number,
  change: Partial<Contribution> = {},
): Contribution {
  const total = { quantity, count: Math.sign(quantity), max: Math.max(0, quantity), last: null };
  const kind = quantity < 0 ? 'void' : 'usage';
  const place = { segment: 0, meter: 'tokens', late: false, number: 3, atMs: START_MS };
  return { ...place, id, kind, total, ...change };
}

function tallied(keep: number, ...all: readonly Contribution[]): UsageTally {
  const tally = new UsageTally(() => keep);
  for (const each of all) tally.add(each);
  return tally;
}

/** Entries, quantity, days with theirs, and ids of the newest. */
function shown(tally: UsageTally, segment: number, meter = 'tokens', late = false) {
  const { entries, total, days, newest } = tally.of(segment, meter, late);
  const byDay = days.map((day) => [day.day.slice(5), day.entries, day.total.quantity]);
  return [entries, total.quantity, byDay, newest.map(({ id }) => id)];
}

const NONE = [0, 0, [], []];

test('entries of a meter add up, by day as well, days ascending', () => {
  const second = { atMs: START_MS + DAY_MS };
  const tally = tallied(
    9,
    contribution('a', 5, second),
    contribution('b', 7),
    contribution('c', 11, second),
  );
  const days = [['01-01', 1, 7], ['01-02', 2, 16]];
  expect(shown(tally, 0)).toEqual([3, 23, days, ['a', 'b', 'c']]);
  const total = { quantity: 23, count: 3, max: 11, last: null };
  expect(tally.of(0, 'tokens', false).total).toEqual(total);
});

test('what voids took back is off the total, not off the gross', () => {
  const tally = tallied(9, contribution('a', 5), contribution('void/a', -5), contribution('b', 2));
  const { entries, total, gross } = tally.of(0, 'tokens', false);
  expect([entries, total.quantity, gross.quantity, gross.count]).toEqual([3, 2, 7, 2]);
});

test('meters, periods, and what is late are each by themselves', () => {
  const tally = tallied(
    9,
    contribution('a', 1),
    contribution('b', 2, { meter: 'calls' }),
    contribution('c', 4, { segment: 1 }),
    contribution('d', 8, { late: true }),
  );
  expect(tally.of(0, 'tokens', false).total.quantity).toBe(1);
  expect(tally.of(0, 'calls', false).total.quantity).toBe(2);
  expect(tally.of(1, 'tokens', false).total.quantity).toBe(4);
  expect(tally.of(0, 'tokens', true).total.quantity).toBe(8);
  expect(shown(tally, 1, 'calls')).toEqual(NONE);
  const nothing = { quantity: 0, count: 0, max: 0, last: null };
  const none = { entries: 0, total: nothing, gross: nothing, days: [], newest: [] };
  expect(tally.of(1, 'calls', true)).toEqual(none);
});

test('of the entries only the newest are kept, in the order of the log', () => {
  const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => contribution(id, 1));
  const ids = (keep: number) => tallied(keep, ...all).of(0, 'tokens', false).newest;
  expect(ids(2).map(({ id }) => id)).toEqual(['f', 'g']);
  expect(ids(5).map(({ id }) => id)).toEqual(['c', 'd', 'e', 'f', 'g']);
  expect(ids(0)).toEqual([]);
});

test('how many are kept is asked for each period', () => {
  const tally = new UsageTally((segment) => segment);
  for (const segment of [0, 1, 2]) {
    for (const id of ['a', 'b', 'c']) tally.add(contribution(id, 1, { segment }));
  }
  const kept = [0, 1, 2].map((segment) => tally.of(segment, 'tokens', false).newest.length);
  expect(kept).toEqual([0, 1, 2]);
});

test('usage before the first period counts there once, as soon as it is known', () => {
  const tally = tallied(9, contribution('a', 5, { segment: null, atMs: START_MS - DAY_MS }));
  tally.folded(folded([]));
  expect(shown(tally, 0)).toEqual(NONE);
  tally.folded(one);
  tally.folded(one);
  expect(shown(tally, 0)).toEqual([1, 5, [['12-31', 1, 5]], ['a']]);
});

test('usage of a period that was replaced moves to the one in its place, days and all', () => {
  const tally = tallied(
    9,
    contribution('a', 1),
    contribution('b', 2, { segment: 1, atMs: START_MS + 31 * DAY_MS }),
    contribution('c', 4, { segment: 2, atMs: START_MS + 31 * DAY_MS }),
    contribution('d', 8, { segment: 2, atMs: START_MS + 60 * DAY_MS }),
    contribution('void/d', -8, { segment: 2, atMs: START_MS + 60 * DAY_MS }),
    contribution('e', 16, { segment: 2, meter: 'calls', late: true }),
  );
  tally.folded(three);
  expect(shown(tally, 2)[0]).toBe(3);
  const [first, second] = three.segments.map(({ index }) => index);
  expect([first, second]).toEqual([0, 1]);
  tally.folded({ ...three, segments: three.segments.slice(0, 2) });
  const days = [['02-01', 2, 6], ['03-02', 2, 0]];
  expect(shown(tally, 1)).toEqual([4, 6, days, ['b', 'c', 'd', 'void/d']]);
  expect(tally.of(1, 'tokens', false).gross).toMatchObject({ quantity: 14, count: 3 });
  expect(shown(tally, 1, 'calls', true)).toEqual([1, 16, [['01-01', 1, 16]], ['e']]);
  expect(shown(tally, 2)).toEqual(NONE);
  expect(shown(tally, 2, 'calls', true)).toEqual(NONE);
  expect(shown(tally, 0)).toEqual([1, 1, [['01-01', 1, 1]], ['a']]);
});

test('usage of all periods that are replaced at once moves, and it moves once', () => {
  const tally = tallied(
    9,
    contribution('a', 1, { segment: 1 }),
    contribution('b', 2, { segment: 2 }),
  );
  tally.folded(three);
  tally.folded(one);
  tally.folded(one);
  expect(shown(tally, 0)[3]).toEqual(['a', 'b']);
  tally.folded(three);
  tally.add(contribution('c', 4, { segment: 2 }));
  tally.folded(changeSegment(three, 2, { frozen: true }));
  expect([shown(tally, 0)[1], shown(tally, 2)[1]]).toEqual([3, 4]);
});
