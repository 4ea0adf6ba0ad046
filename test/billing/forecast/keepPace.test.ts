import fc from 'fast-check';
import { closePace, guardedMeters, keepPace, paceOf } from '../../../billing/forecast/keepPace.js';
import { NO_PACE } from '../../../billing/forecast/pace.js';
import type { SumRow } from '../../../billing/log.js';
import { DAY_MS, MINUTE_MS } from '../../../billing/period.js';
import { METERS, NOVEMBER_MS, row, snapshotOf } from './world.js';

function priced() {
  return snapshotOf({
    prices: {
      tokens: { type: 'perUnit', unitAmountMinor: '1' },
      calls: { type: 'perUnit', unitAmountMinor: '1' },
      peak: { type: 'perUnit', unitAmountMinor: '1' },
      level: { type: 'perUnit', unitAmountMinor: '1' },
    },
    limits: [{ id: 'large', meters: ['large'], max: 5, window: 'day', scope: 'user' }],
  });
}
const DAY = NOVEMBER_MS / DAY_MS;
const MINUTE = NOVEMBER_MS / MINUTE_MS;

function kept(rows: readonly SumRow[], snapshot = priced()) {
  return rows.reduce((pace, each) => keepPace(pace, snapshot, each), NO_PACE);
}

describe('the pace kept of a customer', () => {
  it('adds up the units of each UTC day and minute, ascending', () => {
    const rows = [
      row(NOVEMBER_MS + DAY_MS + 5 * MINUTE_MS, 7),
      row(NOVEMBER_MS + DAY_MS - 1, 3),
      row(NOVEMBER_MS + DAY_MS + 5 * MINUTE_MS + 59_999, 2),
      row(NOVEMBER_MS + DAY_MS - MINUTE_MS, 4),
    ];
    const pace = kept(rows);
    expect(pace.days).toEqual({ tokens: [[DAY, 7], [DAY + 1, 9]] });
    expect(pace.minutes).toEqual({ tokens: [[MINUTE + 1439, 7], [MINUTE + 1445, 9]] });
  });

  it('counts buckets of five seconds in their minute', () => {
    const bucket = NOVEMBER_MS / 1000 + 55;
    expect(kept([row(NOVEMBER_MS, 3, { bucket })]).minutes).toEqual({ tokens: [[MINUTE, 3]] });
  });

  it('counts a row in every meter that counts it, minutes of guarded ones alone', () => {
    const pace = kept([row(NOVEMBER_MS, 3, { properties: { size: 'l' } })]);
    expect(pace.days).toEqual({ tokens: [[DAY, 3]], large: [[DAY, 3]] });
    expect(pace.minutes).toEqual({ tokens: [[MINUTE, 3]] });
  });

  it('counts events of `count` meters, for what adds them up too', () => {
    const call = row(NOVEMBER_MS, 40, { meter: 'calls', count: 2 });
    expect(kept([call]).days).toEqual({ calls: [[DAY, 2]] });
    const work = snapshotOf({ prices: { work: { type: 'perUnit', unitAmountMinor: '1' } } });
    expect(kept([call, row(NOVEMBER_MS, 5)], work).days).toEqual({ work: [[DAY, 7]] });
  });

  it('counts a derived count by its own rows alone', () => {
    const limited = snapshotOf({
      limits: [{ id: 'rate', meters: ['requests'], max: 5, window: 'minute', scope: 'user' }],
    });
    const derived = row(NOVEMBER_MS, 1, { meter: 'requests', derived: true, count: 4 });
    expect(kept([row(NOVEMBER_MS, 9), derived], limited).days).toEqual({ requests: [[DAY, 4]] });
  });

  it('leaves out rows of a derived count that this plan knows as another meter, or not', () => {
    const derived = { derived: true as const };
    expect(kept([row(NOVEMBER_MS, 1, derived)])).toEqual(NO_PACE);
    expect(kept([row(NOVEMBER_MS, 1, { ...derived, meter: 'gone' })])).toEqual(NO_PACE);
    expect(kept([row(NOVEMBER_MS, 1, { meter: 'gone' })])).toEqual(NO_PACE);
  });

  it('keeps credits in whole micro-credits', () => {
    const prepaid = snapshotOf({ prices: { credits: { type: 'perUnit', unitAmountMinor: '1' } } });
    expect(kept([row(NOVEMBER_MS, 3)], prepaid).days).toEqual({ credits: [[DAY, 1_500_000]] });
  });

  it('keeps no pace of `max` and `last` meters, which do not grow', () => {
    expect(kept([row(NOVEMBER_MS, 3, { meter: 'peak' })])).toEqual(NO_PACE);
    expect(kept([row(NOVEMBER_MS, 3, { meter: 'level' })])).toEqual(NO_PACE);
    expect(guardedMeters(priced())).toEqual(['tokens', 'calls']);
  });

  it('guards the limited meters of a plan without prices, each once', () => {
    const limits = ['a', 'b'].map((id) => {
      const scope = 'customer' as const;
      return { id, meters: ['tokens', 'peak', 'gone'], max: 1, window: 'day' as const, scope };
    });
    expect(guardedMeters(snapshotOf({ limits, prices: {} }))).toEqual(['tokens']);
    expect(guardedMeters(snapshotOf({}))).toEqual([]);
  });

  it('lets a void take back what its event brought', () => {
    const pace = kept([row(NOVEMBER_MS, 9), row(NOVEMBER_MS, -4, { count: -1, last: null })]);
    expect(pace.days).toEqual({ tokens: [[DAY, 5]] });
  });

  it('keeps 32 days and 66 minutes, and drops rows that are older', () => {
    const days = kept([row(NOVEMBER_MS, 1), row(NOVEMBER_MS + 31 * DAY_MS, 1)]);
    expect(paceOf(days.days, 'tokens')).toEqual([[DAY, 1], [DAY + 31, 1]]);
    const pushed = keepPace(days, priced(), row(NOVEMBER_MS + 32 * DAY_MS, 1));
    expect(paceOf(pushed.days, 'tokens')).toEqual([[DAY + 31, 1], [DAY + 32, 1]]);
    expect(keepPace(pushed, priced(), row(NOVEMBER_MS, 1)).days).toEqual(pushed.days);
    const minutes = kept([row(NOVEMBER_MS, 1), row(NOVEMBER_MS + 65 * MINUTE_MS, 1)]);
    expect(paceOf(minutes.minutes, 'tokens')).toEqual([[MINUTE, 1], [MINUTE + 65, 1]]);
    const later = keepPace(minutes, priced(), row(NOVEMBER_MS + 66 * MINUTE_MS, 1));
    expect(paceOf(later.minutes, 'tokens')).toEqual([[MINUTE + 65, 1], [MINUTE + 66, 1]]);
  });

  it('keeps what other meters have, and takes no inherited property for a row', () => {
    const pace = kept([row(NOVEMBER_MS, 1), row(NOVEMBER_MS, 1, { meter: 'calls' })]);
    expect(Object.keys(pace.days)).toEqual(['tokens', 'calls']);
    expect(paceOf(pace.days, 'constructor')).toEqual([]);
  });

  it('changes nothing for a row that no forecast needs', () => {
    const free = snapshotOf({ unlimited: ['tokens'] });
    expect(keepPace(NO_PACE, free, row(NOVEMBER_MS, 1))).toBe(NO_PACE);
  });

  it('is the same in whatever order rows come, dropped ones among them', () => {
    const rows = fc.array(
      fc.record({ minute: fc.integer({ min: 0, max: 60 * 1440 }), units: fc.integer({ min: -9 }) }),
      { maxLength: 40 },
    );
    const shuffled = rows.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        const paceFor = (order: typeof list) =>
          kept(order.map(({ minute, units }) => row(NOVEMBER_MS + minute * MINUTE_MS, units)));
        expect(paceFor(other)).toEqual(paceFor(list));
      }),
    );
  });

  it('knows meters of every aggregation', () => {
    expect(new Set(Object.values(METERS).map((meter) => meter.aggregation)).size).toBe(4);
  });
});

describe('closed periods', () => {
  it('are kept three at most, those without usage left out of the usage', () => {
    const first = closePace(NO_PACE, 100, 3000);
    expect(first).toEqual({ ...NO_PACE, closedUsageMinor: [100], closedSpendMinor: [3000] });
    const idle = closePace(first, null, 2900);
    expect(idle.closedUsageMinor).toEqual([100]);
    expect(idle.closedSpendMinor).toEqual([3000, 2900]);
    const more = [1, 2, 3].reduce((pace, each) => closePace(pace, each, each * 10), idle);
    expect(more.closedUsageMinor).toEqual([1, 2, 3]);
    expect(more.closedSpendMinor).toEqual([10, 20, 30]);
  });

  it('count as used when their usage cost nothing', () => {
    expect(closePace(NO_PACE, 0, 2900).closedUsageMinor).toEqual([0]);
  });
});
