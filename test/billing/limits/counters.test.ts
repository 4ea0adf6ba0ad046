import type { Limit } from '../../../billing/catalogue.js';
import type { LimitContext } from '../../../billing/limits/context.js';
import { scopeKey } from '../../../billing/limits/counter.js';
import { counterKey } from '../../../billing/limits/counterKey.js';
import {
  addHeld,
  countRow,
  pruneCounters,
  recountHeld,
} from '../../../billing/limits/counting.js';
import { heldByMeter } from '../../../billing/limits/heldByMeter.js';
import { rulebookOf } from '../../../billing/limits/rulebook.js';
import { standingsOf } from '../../../billing/limits/standings.js';
import { DAY_MS } from '../../../billing/period.js';
import { UTC, type Zone } from '../../../billing/windows/zone.js';
import { METERS, PREPAID } from '../contractCatalogue.js';
import {
  ask,
  contextFor,
  holding,
  holdOf,
  NOON_MS,
  NOVEMBER,
  planOf,
  rowOf,
  used,
} from './limited.js';

const DAY: Limit = { id: 'd', meters: ['tokens'], max: 100, window: 'day', scope: 'user' };
const PERIOD: Limit = { ...DAY, id: 'p', window: 'period', scope: 'customer' };
const EVER: Limit = { ...DAY, id: 'e', window: 'lifetime' };
const MINUTE: Limit = { ...DAY, id: 'm', window: 'minute', sliding: true };

/** Used by limit id for the first user. */
function usedBy(context: LimitContext): Record<string, unknown> {
  const standings = standingsOf(context, { user: 'u_1' });
  return Object.fromEntries(standings.map(({ id, used: units }) => [id, units]));
}

describe('counters', () => {
  it('belong to content: two limits of equal content share one', () => {
    const plan = planOf([DAY, { ...DAY, id: 'd2', max: 5, enforcement: 'soft' }]);
    const context = used(contextFor(plan), rowOf('input_tokens', 7));
    expect(Object.keys(context.counters)).toHaveLength(1);
    expect(usedBy(context)).toEqual({ d: 7, d2: 7 });
  });

  it('are told apart by meters, window, sliding, scope and measure, not by their order', () => {
    const plan = planOf([], { prices: { tokens: { type: 'perUnit', unitAmountMinor: '1' } } });
    const base: Limit = { ...DAY, meters: ['input_tokens', 'images'] };
    const others: Limit[] = [
      base,
      DAY,
      { ...base, window: 'minute' },
      { ...base, window: 'minute', sliding: true },
      { ...base, scope: 'customer' },
      { ...base, scope: 'property:team' },
      { ...base, max: undefined, maxAmountMinor: 5 },
    ];
    const keys = others.map((limit) => counterKey(limit, plan));
    expect(new Set(keys).size).toBe(others.length);
    expect(counterKey({ ...base, id: 'x', max: 9, meters: ['images', 'input_tokens'] }, plan)).toBe(
      keys[0],
    );
  });

  it('have keys that never change: stored states are found by them', () => {
    const prices = {
      images: { type: 'perUnit', unitAmountMinor: '1' },
      input_tokens: { type: 'perUnit', unitAmountMinor: '1' },
    } as const;
    const plan = planOf([], { prices });
    expect(counterKey(DAY, plan)).toBe('["day",0,"units","user",["tokens"],["sum",""]]');
    expect(counterKey({ ...MINUTE, max: undefined, maxAmountMinor: 5 }, plan)).toBe(
      '["minute",1,"money","user",["tokens"],["sum","input_tokens"]]',
    );
    expect(rulebookOf(plan).priced?.key).toBe(
      '["period",0,"money","customer",null,["sum","images","sum","input_tokens"]]',
    );
    expect(rulebookOf(planOf([DAY])).priced).toBeNull();
    expect([scopeKey(null), scopeKey('null'), scopeKey('')]).toEqual(['null', '=null', '=']);
  });

  it('count all meters of a limit in one scale', () => {
    const seats = { name: 'Seats', unit: 'seat', aggregation: 'sum' } as const;
    const mixed: Limit = { ...DAY, meters: ['credits', 'seats'], max: 10 };
    const context = contextFor(planOf([mixed], {}, { ...METERS, seats }));
    const [standing] = standingsOf(used(context, rowOf('seats', 2), rowOf('images', 1)), {
      user: 'u_1',
    });
    expect(standing).toMatchObject({ used: '7', remaining: '3' });
  });

  it('date usage by its row and holds by their grant', () => {
    const context = contextFor(planOf([DAY]));
    const yesterday = rowOf('input_tokens', 7, { bucket: (NOON_MS - DAY_MS) / 1000 });
    const old = holdOf(ask({ input_tokens: 3 }), { grantedAtMs: NOON_MS - DAY_MS });
    const after = holding(used(context, yesterday), old);
    expect(standingsOf(after, { user: 'u_1' })[0]).toMatchObject({ used: 0, held: 0 });
    const then = { ...after, nowMs: NOON_MS - DAY_MS };
    expect(standingsOf(then, { user: 'u_1' })[0]).toMatchObject({ used: 7, held: 3 });
  });

  it('follow the clock of the customer’s zone', () => {
    const zone: Zone = { name: 'Asia/Tokyo', offsets: [[0, 9 * 60]] };
    const context = contextFor(planOf([DAY]), { zone });
    const before = rowOf('input_tokens', 7, { bucket: Date.UTC(2026, 10, 9, 14, 59) / 1000 });
    const since = rowOf('input_tokens', 5, { bucket: Date.UTC(2026, 10, 9, 15) / 1000 });
    const [standing] = standingsOf(used(context, before, since), { user: 'u_1' });
    expect(standing).toMatchObject({ used: 5, resetsAtMs: Date.UTC(2026, 10, 10, 15) });
  });

  it('of a period are those of its own segment, whatever its end became', () => {
    const plan = planOf([PERIOD]);
    const where = { snapshot: plan, zone: UTC, period: NOVEMBER };
    const counted = countRow({}, where, rowOf('input_tokens', 7));
    const context = contextFor(plan, { counters: counted });
    const cut = { ...NOVEMBER, endMs: NOON_MS };
    const next = { ...NOVEMBER, index: 5, startMs: NOON_MS };
    expect(usedBy({ ...context, period: cut })).toEqual({ p: 7 });
    expect(usedBy({ ...context, period: next })).toEqual({ p: 0 });
    expect(usedBy({ ...context, period: null })).toEqual({ p: 0 });
  });
});

describe('a counter', () => {
  it('does not count what is dated ahead of its window', () => {
    const tomorrow = rowOf('input_tokens', 7, { bucket: Date.UTC(2026, 10, 11) / 1000 });
    expect(usedBy(used(contextFor(planOf([DAY])), tomorrow))).toEqual({ d: 0 });
  });

  it('of a period ends where the longest of its bounds does', () => {
    const where = { snapshot: planOf([PERIOD]), zone: UTC, period: NOVEMBER };
    const cut = { ...where, period: { ...NOVEMBER, endMs: NOON_MS } };
    const row = rowOf('input_tokens', 7);
    const ends = [where, cut, where].reduce((all, place) => countRow(all, place, row), {});
    expect(Object.values(ends).flat()).toMatchObject([{ endMs: NOVEMBER.endMs }]);
  });
});

describe('pruned counters', () => {
  const plan = planOf([DAY, PERIOD, EVER, MINUTE]);
  const context = used(contextFor(plan), rowOf('input_tokens', 7));
  const pruned = (nowMs: number) => {
    return { ...context, nowMs, counters: pruneCounters(context.counters, nowMs) };
  };

  it('decide as before at every later instant', () => {
    for (const nowMs of [NOON_MS, NOON_MS + 64_999, NOON_MS + 65_000, Date.UTC(2026, 10, 11)]) {
      expect(usedBy(pruned(nowMs))).toEqual(usedBy({ ...context, nowMs }));
    }
    expect(usedBy(pruned(NOON_MS + 64_999)).m).toBe(7);
    expect(usedBy(pruned(NOON_MS + 65_000)).m).toBe(0);
  });

  it('forget what nobody can ask for, but the newest period and all of a lifetime', () => {
    const late = pruneCounters(context.counters, Date.UTC(2027, 0, 1));
    const windows = Object.keys(late).map((key) => (JSON.parse(key) as string[])[0]);
    expect(new Set(windows)).toEqual(new Set(['lifetime', 'period']));
  });

  it('forget a day when it is over, and counters with nothing in them', () => {
    const day = used(contextFor(planOf([DAY])), rowOf('input_tokens', 7)).counters;
    expect(pruneCounters(day, Date.UTC(2026, 10, 11) - 1)).toBe(day);
    // An hour longer, for a move to another zone that was asked for before.
    expect(pruneCounters(day, Date.UTC(2026, 10, 11, 1) - 1)).toBe(day);
    expect(pruneCounters(day, Date.UTC(2026, 10, 11, 1))).toStrictEqual({});
    expect(pruneCounters({ [counterKey(DAY, plan)]: [] }, NOON_MS)).toEqual({});
  });

  it('drop an old period once there is a newer one and no hold stands in it', () => {
    const startMs = NOVEMBER.endMs;
    const december = { ...NOVEMBER, index: 5, startMs, endMs: Date.UTC(2027, 0, 1) };
    const where = { snapshot: planOf([PERIOD]), zone: UTC, period: december };
    const old = used(contextFor(where.snapshot), rowOf('input_tokens', 7));
    const row = rowOf('input_tokens', 1, { bucket: startMs / 1000 });
    const both = countRow(old.counters, where, row);
    const hold = holdOf(ask({ input_tokens: 2 }));
    const held = addHeld(both, { ...where, period: NOVEMBER }, hold, 1);
    const starts = (counters: typeof both) =>
      Object.values(pruneCounters(counters, startMs))
        .flat()
        .map((bucket) => bucket.startMs);
    expect(starts(both)).toEqual([startMs]);
    expect(starts(held)).toEqual([NOVEMBER.startMs, startMs]);
  });

  it('are the same object while there is nothing to forget', () => {
    expect(pruneCounters(context.counters, NOON_MS)).toBe(context.counters);
    const period = used(contextFor(planOf([PERIOD])), rowOf('input_tokens', 7)).counters;
    expect(pruneCounters(period, NOVEMBER.endMs)).toBe(period);
  });
});

describe('held amounts counted anew', () => {
  it('equal those that were counted one by one', () => {
    const plan = planOf([DAY, PERIOD]);
    const holds = [1, 2, 3].map((n) => holdOf(ask({ input_tokens: n }), { id: `r_${n}` }));
    const where = { snapshot: plan, zone: UTC, period: NOVEMBER };
    const context = used(contextFor(plan), rowOf('input_tokens', 7));
    const one = holding(context, ...holds);
    const wrong = holding(one, holdOf(ask({ input_tokens: 50 }, { user: 'gone' })));
    const anew = recountHeld(wrong.counters, () => where, holds);
    expect(standingsOf({ ...wrong, counters: anew }, { user: 'u_1' })).toEqual(
      standingsOf(one, { user: 'u_1' }),
    );
    expect(recountHeld(holding(contextFor(plan), ...holds).counters, () => where, [])).toEqual({});
  });

  it('add up by meter for those who ask what is held', () => {
    const plan = planOf([], PREPAID);
    const holds = [
      holdOf(ask({ output_tokens: 500 }, { properties: { model: 'large' } })),
      holdOf(ask({ input_tokens: 20, images: 0 })),
    ];
    expect(heldByMeter(plan, holds)).toEqual({
      output_tokens: 500,
      input_tokens: 20,
      tokens: 520,
      large: 500,
      requests: 2,
      credits: 5_020_000,
    });
    expect(heldByMeter(plan, [])).toEqual({});
  });
});
