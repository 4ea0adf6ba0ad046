import type { Limit, Meter } from '../../../billing/catalogue.js';
import { CATALOGUE, METERS } from '../contractCatalogue.js';
import { faultTexts, withPlan } from './expectFaults.js';

const sum: Meter = { name: 'M', unit: 'u', aggregation: 'sum' };

function meterFaults(meters: Record<string, Meter>): string[] {
  return faultTexts({ currency: 'usd', meters, plans: {} });
}

function limitFaults(...limits: Partial<Limit>[]): string[] {
  const whole = limits.map(
    (limit, index): Limit => ({
      id: `l${index}`,
      meters: ['tokens'],
      window: 'day',
      scope: 'user',
      ...(limit.maxAmountMinor === undefined && !('max' in limit) ? { max: 1 } : {}),
      ...limit,
    }),
  );
  return faultTexts(withPlan({ limits: whole }));
}

describe('a catalogue', () => {
  it('as the contract writes it has no fault', () => {
    expect(faultTexts(CATALOGUE)).toEqual([]);
  });

  it('bills in a currency that was tried', () => {
    expect(faultTexts({ ...CATALOGUE, currency: 'USD' })).toEqual(['currency = "USD"']);
    expect(faultTexts({ ...CATALOGUE, currency: 'krw' })).toEqual(['currency = "krw"']);
  });

  it('costs name known meters, in exact amounts', () => {
    const costs = [{ meter: 'videos', where: {}, unitCostMinor: '1.5x' }];
    expect(faultTexts({ ...CATALOGUE, costs })).toEqual([
      'costs[0].meter = "videos"',
      'costs[0].where = {}',
      'costs[0].unitCostMinor = "1.5x"',
    ]);
  });
});

describe('meters', () => {
  it.each(['base', 'late', 'net', 'credit', 'stripe', 'included', 'a b', '', 'é', 'constructor'])(
    'none is called %p',
    (id) => {
      expect(meterFaults({ [id]: sum })).toHaveLength(1);
    },
  );

  it('names have 1 to 64 characters', () => {
    expect(meterFaults({ ['a'.repeat(64)]: sum })).toEqual([]);
    expect(meterFaults({ ['a'.repeat(65)]: sum })).toHaveLength(1);
  });

  it('are derived from known ones that add up, each once', () => {
    const meters = {
      a: sum,
      peak: { ...sum, aggregation: 'max' as const },
      d: { ...sum, of: ['a', 'a', 'b', 'peak'] },
      e: { ...sum, of: [] },
    };
    expect(meterFaults(meters)).toEqual([
      'meters.d.of[1] = "a"',
      'meters.d.of[2] = "b"',
      'meters.d.of[3] = "peak"',
      'meters.e.of = []',
    ]);
  });

  it('are not derived from themselves: each cycle is told once', () => {
    const meters = {
      a: { ...sum, of: ['b'] },
      b: { ...sum, of: ['c', 'x'] },
      c: { ...sum, of: ['a'] },
      x: sum,
      own: { ...sum, of: ['own'] },
      above: { ...sum, of: ['a'] },
    };
    expect(meterFaults(meters)).toEqual([
      'meters.a.of = "a -> b -> c -> a"',
      'meters.own.of = "own -> own"',
    ]);
  });

  it('choose by properties only where they are derived, and by lists that can match', () => {
    expect(meterFaults({ a: { ...sum, where: { model: 'x' } } })).toEqual([
      'meters.a.where = {"model":"x"}',
    ]);
    const d = { ...sum, of: ['a'], where: { 'mo del': 'x', team: [] } };
    expect(meterFaults({ a: sum, d })).toEqual([
      'meters.d.where["mo del"] = "mo del"',
      'meters.d.where.team = []',
    ]);
  });

  it('only `credits` has rates, and it has some; they name meters that add up, exactly', () => {
    const rate = { meter: 'a', creditsPerUnit: '0.5' };
    expect(meterFaults({ a: sum, points: { ...sum, rates: [rate] } })).toHaveLength(1);
    expect(meterFaults({ credits: sum })).toHaveLength(1);
    expect(meterFaults({ a: sum, credits: { ...sum, rates: [] } })).toHaveLength(1);
    const rates = [rate, { meter: 'credits', creditsPerUnit: '0.0000001' }];
    const credits: Meter = { ...sum, aggregation: 'count', rates };
    expect(meterFaults({ a: sum, credits })).toEqual([
      'meters.credits.aggregation = "count"',
      'meters.credits.rates[1].meter = "credits"',
      'meters.credits.rates[1].creditsPerUnit = "0.0000001"',
      'meters.credits.rates = "credits -> credits"',
    ]);
  });
});

describe('limits', () => {
  const at = 'plans.p.limits';

  it('have either units or money', () => {
    expect(limitFaults({ max: undefined }, { max: 1, maxAmountMinor: 1 })).toEqual([
      `${at}[0] = null`,
      `${at}[1] = {"max":1,"maxAmountMinor":1}`,
    ]);
    expect(limitFaults({ max: 0 })).toEqual([]);
  });

  it('have ids of their own', () => {
    expect(limitFaults({ id: 'a' }, { id: 'a' }, { id: 'b/c' })).toEqual([
      `${at}[1].id = "a"`,
      `${at}[2].id = "b/c"`,
    ]);
  });

  it('slide in minutes, hours and days alone', () => {
    const windows = ['minute', 'hour', 'day', 'week', 'month', 'period', 'lifetime'] as const;
    const faults = limitFaults(...windows.map((window) => ({ window, sliding: true })));
    expect(faults).toEqual([3, 4, 5, 6].map((index) => `${at}[${index}].sliding = true`));
    expect(limitFaults({ window: 'week', sliding: false })).toEqual([]);
  });

  it('name known meters that do not overlap', () => {
    expect(
      limitFaults(
        { meters: [] },
        { meters: ['tokens', 'imagse'] },
        { meters: ['tokens', 'large'] },
        { meters: ['tokens', 'images'] },
        { meters: ['images', 'images'] },
      ),
    ).toEqual([
      `${at}[0].meters = []`,
      `${at}[1].meters[1] = "imagse"`,
      `${at}[2].meters[1] = "large"`,
      `${at}[4].meters[1] = "images"`,
    ]);
  });

  it('are hard on meters that add up alone', () => {
    const meters = { ...METERS, peak: { ...sum, aggregation: 'max' as const } };
    const limit = { id: 'l', meters: ['peak'], max: 5, window: 'day', scope: 'user' } as const;
    const soft = { ...limit, id: 's', enforcement: 'soft' } as const;
    expect(faultTexts(withPlan({ limits: [limit, soft] }, meters))).toEqual([
      `${at}[0].meters[0] = "peak"`,
    ]);
  });

  it('share by properties that have a name', () => {
    expect(limitFaults({ scope: 'property:' }, { scope: 'property:team' })).toEqual([
      `${at}[0].scope = "property:"`,
    ]);
  });
});

function pastDue(then: string) {
  // The contract's own name; plans are never awaited.
  // oxlint-disable-next-line unicorn/no-thenable
  return { graceDays: 1, then };
}

describe('plans', () => {
  it('past due is blocked, allowed, or drops to another plan', () => {
    const faultsOf = (then: string) => faultTexts(withPlan({ pastDue: pastDue(then) }));
    expect([faultsOf('block'), faultsOf('allow')]).toEqual([[], []]);
    expect(faultsOf('fre')).toEqual(['plans.p.pastDue.then = "fre"']);
    expect(faultsOf('p')).toHaveLength(1);
    const plan = { name: 'P', interval: 'month' as const };
    const dropping = { ...plan, pastDue: pastDue('p') };
    expect(faultTexts({ ...withPlan({}), plans: { p: plan, q: dropping } })).toEqual([]);
  });

  it('names of plans and features have the shape; unlimited meters are known', () => {
    const plan = { name: 'P', interval: 'month' as const, features: { 'a.b': true } };
    const unlimited = ['images', 'videos'];
    const catalogue = { currency: 'usd', meters: METERS, plans: { 'p@1': { ...plan, unlimited } } };
    expect(faultTexts(catalogue)).toEqual([
      'plans["p@1"] = "p@1"',
      'plans["p@1"].features["a.b"] = "a.b"',
      'plans["p@1"].unlimited[1] = "videos"',
    ]);
  });
});
