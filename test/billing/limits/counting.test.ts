import { cellEntries } from '../../../billing/cells.js';
import type { Limit, Meter } from '../../../billing/catalogue.js';
import type { Asked, LimitContext } from '../../../billing/limits/context.js';
import { addHeld } from '../../../billing/limits/counting.js';
import { standingsOf } from '../../../billing/limits/standings.js';
import { METERS } from '../contractCatalogue.js';
import { ask, contextFor, holding, holdOf, NOVEMBER, planOf, rowOf, used } from './limited.js';

const LARGE_TEAM: Limit = {
  id: 'large-team',
  meters: ['large'],
  max: 100_000,
  window: 'day',
  scope: 'property:team',
};

const NO_RATE: Limit = { id: 'n', meters: ['requests'], max: 60, window: 'day', scope: 'user' };

/** Used and held of the first limit for one user or the values given. */
function first(context: LimitContext, properties: Asked['properties'] = {}, user = 'u_1') {
  const [standing] = standingsOf(context, { user, properties });
  return { used: standing?.used, held: standing?.held };
}

/** The lots of numbers under all counters. */
function numbers(context: LimitContext): unknown[] {
  return Object.values(context.counters).flatMap((counter) =>
    counter.flatMap(({ used: all, held }) => [...cellEntries(all), ...cellEntries(held)]),
  );
}

describe('a row of usage', () => {
  const team = { team: 'red' };

  it('counts where all its wheres match, under its own key', () => {
    const context = used(
      contextFor(planOf([LARGE_TEAM])),
      rowOf('input_tokens', 7, { properties: { model: 'large', ...team } }),
      rowOf('output_tokens', 5, { properties: { model: 'huge', ...team } }),
      rowOf('input_tokens', 100, { properties: { model: 'small', ...team } }),
      rowOf('input_tokens', 100, { properties: team }),
      rowOf('input_tokens', 3, { properties: { model: 'large', team: 'blue' } }),
      rowOf('input_tokens', 2, { properties: { model: 'large' } }),
      rowOf('images', 50, { properties: { model: 'large', ...team } }),
    );
    expect(first(context, team).used).toBe(12);
    expect(first(context, { team: 'blue' }).used).toBe(3);
    expect(first(context, {}).used).toBe(2);
    expect(first(context, { team: 'green' }).used).toBe(0);
  });

  it('of a derived count counts by itself, and once for each event', () => {
    const context = used(
      contextFor(planOf([NO_RATE])),
      rowOf('input_tokens', 7),
      rowOf('requests', 3, { derived: true, count: 3 }),
    );
    expect(first(context).used).toBe(3);
  });

  it('that says derived of a meter that is none counts nothing', () => {
    const plan = planOf([{ ...NO_RATE, meters: ['tokens'] }]);
    const context = contextFor(plan);
    expect(numbers(used(context, rowOf('input_tokens', 3, { derived: true })))).toEqual([]);
    expect(numbers(used(context, rowOf('nowhere', 3)))).toEqual([]);
  });

  it('of a void takes back, and what comes to nothing leaves no trace', () => {
    const before = used(contextFor(planOf([LARGE_TEAM])));
    const row = rowOf('input_tokens', 7, { properties: { model: 'large' } });
    const back = { ...row, quantity: -7, count: -1, max: 0, last: null };
    expect(first(used(before, row)).used).toBe(7);
    expect(numbers(used(before, row, back))).toEqual([]);
    expect(first(used(before, back)).used).toBe(-7);
  });

  it('counts events, not quantities, in a reported count', () => {
    const meters = { calls: { name: 'Calls', unit: 'call', aggregation: 'count' } as Meter };
    const plan = planOf([{ ...NO_RATE, meters: ['calls'] }], {}, meters);
    expect(first(used(contextFor(plan), rowOf('calls', 500, { count: 2 }))).used).toBe(2);
  });

  it('counts micro-credits by the first rate that matches', () => {
    const plan = planOf([{ ...NO_RATE, meters: ['credits'], max: 10 }]);
    const context = used(
      contextFor(plan),
      rowOf('output_tokens', 100, { properties: { model: 'large' } }),
      rowOf('output_tokens', 100),
      rowOf('images', 1),
    );
    const [standing] = standingsOf(context, { user: 'u_1' });
    expect(standing).toMatchObject({ max: 10, used: '6.1', held: '0', remaining: '3.9' });
  });

  it('is of the greatest value in a soft limit on max, of the newest on last', () => {
    const meters: Record<string, Meter> = {
      peak: { name: 'Peak', unit: 'GB', aggregation: 'max' },
      seats: { name: 'Seats', unit: 'seat', aggregation: 'last' },
    };
    const soft = { max: 5, window: 'day', scope: 'user', enforcement: 'soft' } as const;
    const plan = planOf(
      [
        { id: 'peak', meters: ['peak'], ...soft },
        { id: 'seats', meters: ['seats'], ...soft },
      ],
      {},
      meters,
    );
    const at = (atMs: number, quantity: number) => ({ last: { atMs, id: 'e', quantity } });
    const rows = [
      rowOf('peak', 4),
      rowOf('peak', 19, { max: 9 }),
      rowOf('peak', 6),
      rowOf('seats', 8, at(200, 8)),
      rowOf('seats', 3, at(300, 3)),
      rowOf('seats', 7, at(100, 7)),
      rowOf('seats', 0, { last: null, max: 0, quantity: -8 }),
    ];
    for (const order of [rows, rows.toReversed()]) {
      const standings = standingsOf(used(contextFor(plan), ...order), { user: 'u_1' });
      expect(standings.map((standing) => standing.used)).toEqual([9, 3]);
    }
  });
});

describe('a hold', () => {
  const plan = planOf([NO_RATE, { ...NO_RATE, id: 't', meters: ['tokens'] }]);
  const context = contextFor(plan);
  const held = (asked: Asked, more = {}) =>
    standingsOf(holding(context, holdOf(asked, more)), { user: 'u_1' }).map((one) => one.held);

  it('is 1 in each derived count that any of its meters reaches, whatever the quantity', () => {
    expect(held(ask({ input_tokens: 5, output_tokens: 6, images: 1 }))).toEqual([1, 11]);
    expect(held(ask({ input_tokens: 0 }))).toEqual([1, 0]);
    expect(held(ask({ tokens: 5 }))).toEqual([0, 0]);
  });

  it('adds nothing to counts as an extra of a commit', () => {
    expect(held(ask({ input_tokens: 5 }, { kind: 'extra' }))).toEqual([0, 5]);
  });

  it('counts as a lease what it says under the count’s name', () => {
    const lease = ask({ input_tokens: 50, requests: 9 }, { kind: 'lease' });
    expect(held(lease)).toEqual([9, 50]);
    expect(held(lease, { settled: { input_tokens: 20, requests: 2 } })).toEqual([7, 30]);
    expect(held(lease, { settled: { input_tokens: 60 } })).toEqual([9, 0]);
    expect(held(ask({ input_tokens: 5 }, { kind: 'lease' }))).toEqual([0, 5]);
  });

  it('takes part in a derived count only where its properties match', () => {
    const meters: Record<string, Meter> = {
      ...METERS,
      big_calls: {
        name: 'Big calls',
        unit: 'call',
        aggregation: 'count',
        of: ['tokens'],
        where: { model: 'large' },
      },
    };
    const big = contextFor(planOf([{ ...NO_RATE, meters: ['big_calls'] }], {}, meters));
    const heldBy = (properties: Asked['properties']) =>
      first(holding(big, holdOf(ask({ input_tokens: 1 }, { properties })))).held;
    expect(heldBy({ model: 'large' })).toBe(1);
    expect(heldBy({ model: 'small' })).toBe(0);
    expect(heldBy({})).toBe(0);
  });

  it('is 1 in a reported count, and holds none of what can’t be reserved', () => {
    const meters: Record<string, Meter> = {
      calls: { name: 'Calls', unit: 'call', aggregation: 'count' },
      peak: { name: 'Peak', unit: 'GB', aggregation: 'max' },
    };
    const soft = { enforcement: 'soft' } as const;
    const calls = contextFor(
      planOf([{ ...NO_RATE, meters: ['calls', 'peak'], ...soft }], {}, meters),
    );
    expect(first(holding(calls, holdOf(ask({ calls: 70, peak: 9 })))).held).toBe(1);
    const extra = ask({ calls: 70 }, { kind: 'extra' });
    expect(first(holding(calls, holdOf(extra))).held).toBe(0);
  });

  it('leaves no trace when it is given back', () => {
    const hold = holdOf(ask({ input_tokens: 5, images: 0 }));
    const open = holding(context, hold);
    const where = { snapshot: plan, zone: open.zone, period: NOVEMBER };
    const counters = addHeld(open.counters, where, hold, -1);
    expect(numbers({ ...open, counters })).toEqual([]);
  });

  it('of an older catalogue counts in every limit that names its meters', () => {
    const newer = { ...planOf([LARGE_TEAM]), revision: 2 };
    const heldBy = (properties: Asked['properties'], revision: number) => {
      const hold = holdOf(ask({ input_tokens: 5 }, { properties }), { revision });
      return first(holding(contextFor(newer), hold), {}).held;
    };
    expect(heldBy({}, 1)).toBe(5);
    expect(heldBy({}, 2)).toBe(0);
    expect(heldBy({ model: 'small' }, 1)).toBe(0);
    expect(heldBy({ model: 'large' }, 2)).toBe(5);
    expect(heldBy({ model: '' }, 1)).toBe(0);
  });
});
