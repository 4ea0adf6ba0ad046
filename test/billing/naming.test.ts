import fc from 'fast-check';
import type { Meter, Plan, PlanSnapshot, PropertyValue } from '../../billing/catalogue.js';
import { firstUnnamed, isUnpriced } from '../../billing/naming.js';
import { FREE, METERS, PREPAID, PRO, snapshot } from './contractCatalogue.js';

type Properties = Readonly<Record<string, PropertyValue>>;

const plan = (more: Partial<Plan>): Plan => ({ name: 'P', interval: 'month', ...more });

describe('what a plan names', () => {
  const ask = (of: Plan, meter: string, properties?: Properties) =>
    firstUnnamed(snapshot(of), { [meter]: 1 }, properties);

  it('is what a price counts, through derived meters', () => {
    expect(ask(PRO, 'input_tokens')).toBeNull();
    expect(ask(PRO, 'images')).toBeNull();
    expect(ask(plan({ prices: PRO.prices ?? {} }), 'videos')).toBe('videos');
  });

  it('is what a limit counts, but a limit on a derived count names nothing', () => {
    expect(ask(FREE, 'images')).toBe('images');
    const reported: Record<string, Meter> = {
      calls: { name: 'Calls', unit: 'call', aggregation: 'count' },
    };
    const limit = { id: 'a', meters: ['calls'], max: 1, window: 'day', scope: 'user' } as const;
    const held = snapshot(plan({ limits: [limit] }), reported);
    expect(firstUnnamed(held, { calls: 1 }, {})).toBeNull();
    const lost = plan({ limits: [{ ...limit, meters: ['lost'] }] });
    expect(firstUnnamed(snapshot(lost, reported), { calls: 1 }, {})).toBe('calls');
  });

  it('is what the plan gives without limit', () => {
    expect(ask(plan({ unlimited: ['images'] }), 'images')).toBeNull();
    expect(ask(plan({ unlimited: ['images'] }), 'input_tokens')).toBe('input_tokens');
    expect(ask(plan({ unlimited: ['requests'] }), 'images')).toBeNull();
  });

  it('is what has a rate, but only where the plan pays in credits', () => {
    expect(ask(PREPAID, 'images')).toBeNull();
    expect(ask(plan({ creditGrant: { amount: '5' } }), 'images')).toBeNull();
    expect(ask(plan({}), 'images')).toBe('images');
  });

  it('needs these properties where the meter asks for some, values compared as strings', () => {
    const large = plan({ prices: { large: { type: 'perUnit', unitAmountMinor: '1' } } });
    expect(ask(large, 'input_tokens', { model: 'huge' })).toBeNull();
    expect(ask(large, 'input_tokens', { model: 'small' })).toBe('input_tokens');
    expect(ask(large, 'input_tokens')).toBe('input_tokens');
    const numbered = { ...METERS, large: { ...METERS.large, where: { size: 2 } } as Meter };
    expect(firstUnnamed(snapshot(large, numbered), { input_tokens: 1 }, { size: '2' })).toBeNull();
    expect(firstUnnamed(snapshot(large, numbered), { input_tokens: 1 }, { size: 2 })).toBeNull();
  });

  it('answers the first that is not named, whatever its size, and null for none', () => {
    const asked = { images: 0, output_tokens: 5, input_tokens: 1 };
    const given = snapshot(plan({ unlimited: ['images'] }));
    expect(firstUnnamed(given, asked, {})).toBe('output_tokens');
    expect(firstUnnamed(given, { output_tokens: 0 }, {})).toBe('output_tokens');
    expect([isUnpriced(given, asked, {}), isUnpriced(given, { images: 1 }, {})]).toEqual([
      true,
      false,
    ]);
    expect(firstUnnamed(given, {}, {})).toBeNull();
  });
});

/** The definition of the contract, read literally. */
function naivelyCounts(
  meters: Readonly<Record<string, Meter>>,
  id: string,
  leaf: string,
  properties: Properties,
): boolean {
  const meter = meters[id];
  const matches = (where: Meter['where']) =>
    Object.entries(where ?? {}).every(([name, wanted]) => {
      const any = (Array.isArray(wanted) ? wanted : [wanted]) as readonly PropertyValue[];
      return name in properties && any.some((value) => `${value}` === `${properties[name]}`);
    });
  if (meter?.of) {
    return (
      matches(meter.where) &&
      meter.of.some((member) => naivelyCounts(meters, member, leaf, properties))
    );
  }
  if (meter?.rates) {
    return meter.rates.some(
      (rate) => matches(rate.where) && naivelyCounts(meters, rate.meter, leaf, properties),
    );
  }
  return id === leaf;
}

function naivelyNamed({ meters, plan: { prices, limits, unlimited, creditGrant } }: PlanSnapshot) {
  const limited = (limits ?? [])
    .flatMap((limit) => limit.meters)
    .filter((id) => !(meters[id]?.of && meters[id].aggregation === 'count'));
  const paysInCredits = creditGrant !== undefined || prices?.credits !== undefined;
  return [
    ...Object.keys(prices ?? {}),
    ...limited,
    ...(unlimited ?? []),
    ...(paysInCredits ? ['credits'] : []),
  ];
}

describe('naming, against the contract’s definition read literally', () => {
  const value = fc.constantFrom<PropertyValue>('x', 'y', 1, '1', true);
  const where = fc.option(
    fc.dictionary(
      fc.constantFrom('model', 'team'),
      fc.array(value, { minLength: 1, maxLength: 2 }),
      { minKeys: 1 },
    ),
    { nil: undefined },
  );
  const kind = fc.constantFrom('sum' as const, 'count' as const);
  /** Derived meters d0 to d3, each over reported ones and derived ones before it. */
  const meters = fc
    .array(fc.tuple(where, kind, fc.array(fc.nat(6), { minLength: 1, maxLength: 3 })), {
      minLength: 4,
      maxLength: 4,
    })
    .map((derived) => {
      const all: Record<string, Meter> = {};
      for (const id of ['a', 'b', 'c']) all[id] = { name: id, unit: 'u', aggregation: 'sum' };
      const ids = ['a', 'b', 'c', 'd0', 'd1', 'd2', 'd3'];
      for (const [n, [condition, aggregation, members]] of derived.entries()) {
        const of = [...new Set(members.map((member) => ids[member % (n + 3)] ?? 'a'))];
        all[`d${n}`] = {
          name: `d${n}`,
          unit: 'u',
          aggregation,
          of,
          ...(condition ? { where: condition } : {}),
        };
      }
      const rates = [{ meter: 'd1', creditsPerUnit: '1', where: { model: 'x' } }];
      return { ...all, credits: { name: 'C', unit: 'credit', aggregation: 'sum' as const, rates } };
    });
  const some = fc.subarray(['a', 'd0', 'd1', 'd2', 'd3'], { maxLength: 2 });
  const plans = fc.tuple(some, some, some, fc.boolean()).map(([priced, limited, free, grant]) =>
    plan({
      prices: Object.fromEntries(
        priced.map((id) => [id, { type: 'perUnit' as const, unitAmountMinor: '1' }]),
      ),
      limits: limited.map((id) => ({ id, meters: [id], max: 1, window: 'day', scope: 'user' })),
      unlimited: free,
      ...(grant ? { creditGrant: { amount: '1' } } : {}),
    }),
  );
  const properties = fc.dictionary(fc.constantFrom('model', 'team'), value);

  it('agrees for every meter, plan and event', () => {
    fc.assert(
      fc.property(meters, plans, properties, (all, given, event) => {
        const taken = snapshot(given, all);
        const named = naivelyNamed(taken);
        for (const leaf of ['a', 'b', 'c']) {
          const expected = named.some((id) => naivelyCounts(all, id, leaf, event)) ? null : leaf;
          expect(firstUnnamed(taken, { [leaf]: 1 }, event)).toBe(expected);
        }
      }),
      { numRuns: 500 },
    );
  });
});
