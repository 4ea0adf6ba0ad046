import { dueAlerts } from '../../../billing/alerts/due.js';
import { limitAlerts } from '../../../billing/alerts/limitAlerts.js';
import type { Limit, Plan } from '../../../billing/catalogue.js';
import { contextOf } from '../../../billing/limits/contextOf.js';
import { rulebookOf } from '../../../billing/limits/rulebook.js';
import { DAY_MS, MINUTE_MS } from '../../../billing/period.js';
import { DECEMBER_MS, NOVEMBER_MS, row } from '../forecast/world.js';
import { alerted, counted, keysOf, limit, NOW_MS, raise, tokens } from './world.js';

/** Which alerts a plan's limits give, and when. */

const NOON_MS = NOW_MS;
const TODAY_MS = NOVEMBER_MS + 10 * DAY_MS;
const AT: Partial<Plan> = { alertsAtPercent: [50, 80, 100] };

function usedOf(limits: readonly Limit[], used: number, more: Partial<Plan> = AT, user?: string) {
  return counted(alerted({ limits, ...more }), tokens(used, user));
}

describe('limits of the period', () => {
  it('are told at each percentage and when they are reached, in order', () => {
    const cap = [limit()];
    expect(keysOf(usedOf(cap, 499))).toStrictEqual([]);
    expect(keysOf(usedOf(cap, 500))).toEqual([`limit.approaching/cap/${NOVEMBER_MS}/50`]);
    expect(keysOf(usedOf(cap, 999))).toEqual([
      `limit.approaching/cap/${NOVEMBER_MS}/50`,
      `limit.approaching/cap/${NOVEMBER_MS}/80`,
    ]);
    expect(keysOf(usedOf(cap, 1000))).toEqual([
      `limit.approaching/cap/${NOVEMBER_MS}/50`,
      `limit.approaching/cap/${NOVEMBER_MS}/80`,
      `limit.reached/cap/${NOVEMBER_MS}/100`,
    ]);
  });

  it('say every figure', () => {
    expect(dueAlerts(usedOf([limit()], 500), NOW_MS)).toEqual([
      {
        key: `limit.approaching/cap/${NOVEMBER_MS}/50`,
        type: 'limit.approaching',
        details: {
          limit: 'cap',
          scope: 'customer',
          key: null,
          percent: 50,
          max: 1000,
          used: 500,
          enforcement: 'hard',
          resetsAt: '2026-12-01T00:00:00.000Z',
        },
        untilMs: DECEMBER_MS,
        atMs: NOW_MS,
      },
    ]);
  });

  it('are told when reached even where the plan names no percentage', () => {
    expect(keysOf(usedOf([limit()], 999, {}))).toStrictEqual([]);
    expect(keysOf(usedOf([limit()], 1000, {}))).toEqual([`limit.reached/cap/${NOVEMBER_MS}/100`]);
  });

  it('of users are told for each user, by name', () => {
    const state = counted(
      alerted({ limits: [limit({ scope: 'user' })], alertsAtPercent: [80] }),
      tokens(800, 'b'),
      tokens(799, 'c'),
      tokens(1000, 'a'),
      tokens(900),
    );
    expect(keysOf(state)).toEqual([
      `limit.approaching/cap/=a/${NOVEMBER_MS}/80`,
      `limit.reached/cap/=a/${NOVEMBER_MS}/100`,
      `limit.approaching/cap/=b/${NOVEMBER_MS}/80`,
      `limit.approaching/cap/null/${NOVEMBER_MS}/80`,
    ]);
    const [first] = dueAlerts(state, NOW_MS);
    expect(first?.details).toMatchObject({ scope: 'user', key: 'a' });
    expect(dueAlerts(state, NOW_MS).at(-1)?.details).toMatchObject({ scope: 'user', key: null });
  });

  it('follow own ceilings, of the customer and of one user', () => {
    const plan = { limits: [limit({ scope: 'user' })], alertsAtPercent: [80] };
    const state = counted(alerted(plan), tokens(90, 'a'), tokens(90, 'b'));
    const controls = { ...state.controls, ceilings: { cap: { '=a': 100 } } };
    expect(keysOf({ ...state, controls })).toEqual([`limit.approaching/cap/=a/${NOVEMBER_MS}/80`]);
    const own = { ...state.controls, limits: { cap: 90 } };
    expect(keysOf({ ...state, controls: own })).toHaveLength(4);
  });

  it('in money are compared exactly, and say so', () => {
    const prices = { tokens: { type: 'perUnit' as const, unitAmountMinor: '0.001' } };
    const cap = limit({ max: undefined, maxAmountMinor: 1 });
    const plan = { prices, limits: [cap], alertsAtPercent: [50] };
    expect(keysOf(counted(alerted(plan), tokens(499)))).toStrictEqual([]);
    const [alert] = dueAlerts(counted(alerted(plan), tokens(500)), NOW_MS);
    expect(alert?.details).toMatchObject({ max: 1, used: '0.5', amounts: true });
    const ofUser = { ...plan, limits: [{ ...cap, scope: 'user' as const }] };
    expect(keysOf(counted(alerted(ofUser), tokens(500, 'a'), tokens(499, 'b')))).toEqual([
      `limit.approaching/cap/=a/${NOVEMBER_MS}/50`,
    ]);
  });
});

describe('limits of other windows', () => {
  const soft = (change: Partial<Limit>) => limit({ enforcement: 'soft', ...change });

  it('are told only where they are soft, when they are reached', () => {
    expect(keysOf(usedOf([limit({ window: 'day' })], 1000))).toStrictEqual([]);
    expect(keysOf(usedOf([soft({ window: 'day' })], 999))).toStrictEqual([]);
    expect(keysOf(usedOf([soft({ window: 'day' })], 1000))).toEqual([
      `limit.reached/cap/${TODAY_MS}/100`,
    ]);
  });

  it('of a lifetime are told once for all time', () => {
    const { state, alerts } = raise(usedOf([soft({ window: 'lifetime' })], 1000));
    expect(alerts.map(({ key }) => key)).toEqual(['limit.reached/cap/0/100']);
    expect(alerts[0]?.untilMs).toBe(Number.MAX_SAFE_INTEGER);
    expect(alerts[0]?.details).toMatchObject({ resetsAt: null });
    expect(keysOf(state, NOW_MS + 9 * DAY_MS)).toStrictEqual([]);
  });

  it('that slide are told once in each calendar window of their length', () => {
    const sliding = soft({ window: 'hour', sliding: true });
    const { state, alerts } = raise(usedOf([sliding], 1000));
    expect(alerts.map(({ key }) => key)).toEqual([`limit.reached/cap/${NOON_MS}/100`]);
    const more = counted(state, row(NOON_MS + 40 * MINUTE_MS, 1000));
    expect(keysOf(more, NOON_MS + 59 * MINUTE_MS)).toStrictEqual([]);
    expect(keysOf(more, NOON_MS + 60 * MINUTE_MS)).toEqual([
      `limit.reached/cap/${NOON_MS + 60 * MINUTE_MS}/100`,
    ]);
  });

  it('that are soft and of the period are told at the percentages too', () => {
    expect(keysOf(usedOf([soft({})], 800))).toHaveLength(2);
  });
});

describe('included units', () => {
  const price = { type: 'perUnit' as const, unitAmountMinor: '1', included: 1000 };

  it('are told at each percentage, soft unless they block', () => {
    const plan = { prices: { tokens: price }, alertsAtPercent: [80] };
    const state = counted(alerted(plan), tokens(1000));
    expect(keysOf(state)).toEqual([
      `limit.approaching/included/tokens/${NOVEMBER_MS}/80`,
      `limit.reached/included/tokens/${NOVEMBER_MS}/100`,
    ]);
    expect(dueAlerts(state, NOW_MS)[0]?.details).toMatchObject({ enforcement: 'soft' });
    const blocking = { tokens: { ...price, overage: 'block' as const } };
    const blocked = counted(alerted({ ...plan, prices: blocking }), tokens(1000));
    expect(dueAlerts(blocked, NOW_MS)[0]?.details).toMatchObject({ enforcement: 'hard' });
  });

  it('are no matter where no period is open', () => {
    const state = alerted({ prices: { tokens: price }, ...AT });
    const context = contextOf({ ...state, segments: [] }, NOW_MS);
    expect(limitAlerts(context, rulebookOf(context.snapshot))).toStrictEqual([]);
  });

  it('are no limit where there are none', () => {
    const prices = { tokens: { ...price, included: 0 } };
    expect(keysOf(counted(alerted({ prices, ...AT }), tokens(1000)))).toStrictEqual([]);
  });
});
