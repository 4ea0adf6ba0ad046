import type { Meter } from '../../../billing/catalogue.js';
import { leafRules } from '../../../billing/limits/leafRules.js';
import { rulebookOf } from '../../../billing/limits/rulebook.js';
import { standingsOf } from '../../../billing/limits/standings.js';
import { METERS } from '../contractCatalogue.js';
import { contextFor, planOf, rowOf, used } from './limited.js';

const RULEBOOK = rulebookOf(
  planOf([{ id: 'l', meters: ['large'], max: 1, window: 'day', scope: 'user' }], {
    creditGrant: { amount: '1' },
  }),
);

const rules = (known: Record<string, string>, loose = false, leaf = 'output_tokens') =>
  leafRules(RULEBOOK, leaf, { known, loose });

/** Factors by counter window. */
const factors = (known: Record<string, string>, loose = false) =>
  rules(known, loose)?.additions.map(({ counter, factor }) => [counter.window, factor]);

describe('rules of a leaf', () => {
  it('are worked out once for all values that no condition tells apart', () => {
    expect(rules({ model: 'small' })).toBe(rules({ model: 'tiny' }));
    expect(rules({ model: 'small' })).toBe(rules({}));
    expect(rules({ team: 'red' })).toBe(rules({}));
    expect(rules({ model: '' })).toBe(rules({}));
    expect(rulebookOf(RULEBOOK.snapshot)).toBe(RULEBOOK);
  });

  it('differ where a condition does', () => {
    expect(factors({})).toEqual([['period', 1000]]);
    expect(factors({ model: 'large' })).toEqual([
      ['day', 1],
      ['period', 10_000],
    ]);
    expect(factors({ model: 'huge' })).toEqual([
      ['day', 1],
      ['period', 1000],
    ]);
  });

  it('match everything that is not known, and only that, where loose', () => {
    expect(factors({}, true)).toEqual(factors({ model: 'large' }));
    expect(factors({ model: 'small' }, true)).toEqual(factors({}));
    expect(factors({ model: 'huge' }, true)).toEqual(factors({ model: 'huge' }));
  });

  it('tell apart properties of one value, each by its own name', () => {
    const meters: Record<string, Meter> = {
      calls: { name: 'Calls', unit: 'call', aggregation: 'sum' },
      a: { name: 'A', unit: 'call', aggregation: 'sum', of: ['calls'], where: { x: 'v' } },
      b: { name: 'B', unit: 'call', aggregation: 'sum', of: ['calls'], where: { y: 'v' } },
    };
    const limits = (['a', 'b'] as const).map((id) => {
      return { id, meters: [id], max: 1, window: 'day', scope: 'customer' } as const;
    });
    const row = (properties: Record<string, string>) => rowOf('calls', 1, { properties });
    const plan = contextFor(planOf(limits, {}, meters));
    const count = (properties: Record<string, string>) =>
      standingsOf(used(plan, row(properties))).map((standing) => standing.used);
    expect(count({ x: 'v' })).toEqual([1, 0]);
    expect(count({ y: 'v' })).toEqual([0, 1]);
    expect(count({ x: 'v', y: 'v' })).toEqual([1, 1]);
    expect(count({})).toEqual([0, 0]);
    const book = rulebookOf(plan.snapshot);
    const loosely = (known: Record<string, string>) =>
      leafRules(book, 'calls', { known, loose: true })?.additions.map(({ counter }) => counter);
    expect(loosely({ x: 'other' })?.map(({ meters: ids }) => ids)).toEqual([['b']]);
    expect(loosely({ y: 'other' })?.map(({ meters: ids }) => ids)).toEqual([['a']]);
  });

  it('tell apart what only a rate names', () => {
    const meters: Record<string, Meter> = {
      calls: { name: 'Calls', unit: 'call', aggregation: 'sum' },
      credits: {
        name: 'Credits',
        unit: 'credit',
        aggregation: 'sum',
        rates: [
          { meter: 'calls', where: { tier: 'gold' }, creditsPerUnit: '2' },
          { meter: 'calls', creditsPerUnit: '1' },
        ],
      },
    };
    const book = rulebookOf(planOf([], { creditGrant: { amount: '5' } }, meters));
    const factor = (known: Record<string, string>) =>
      leafRules(book, 'calls', { known, loose: false })?.additions[0]?.factor;
    expect(factor({})).toBe(1_000_000);
    expect(factor({ tier: 'gold' })).toBe(2_000_000);
  });

  it('reach only the derived counts that the leaf is in', () => {
    const meters: Record<string, Meter> = {
      ...METERS,
      calls: { name: 'Calls', unit: 'call', aggregation: 'count', of: ['tokens'] },
    };
    const book = rulebookOf(planOf([], {}, meters));
    const counts = (leaf: string) => leafRules(book, leaf, { known: {}, loose: false })?.counts;
    expect(counts('images')).toEqual(['requests']);
    expect(counts('input_tokens')).toEqual(['requests', 'calls']);
    expect(leafRules(book, 'nowhere', { known: {}, loose: false })).toBeNull();
  });

  it('price a gauge by its value, not by its time', () => {
    const meters: Record<string, Meter> = {
      seats: { name: 'Seats', unit: 'seat', aggregation: 'last' },
    };
    const price = { type: 'perUnit', unitAmountMinor: '2' } as const;
    const soft = { window: 'day', scope: 'customer', enforcement: 'soft' } as const;
    const limit = { id: 's', meters: ['seats'], maxAmountMinor: 100, ...soft };
    const plan = planOf([limit], { prices: { seats: price } }, meters);
    const [standing] = standingsOf(used(contextFor(plan), rowOf('seats', 8)));
    expect(standing).toMatchObject({ used: '16', remaining: '84' });
  });
});

it('usage of a gauge never counts as units of another priced meter', () => {
  const meters: Record<string, Meter> = {
    images: { name: 'Images', unit: 'image', aggregation: 'sum' },
    seats: { name: 'Seats', unit: 'seat', aggregation: 'last' },
    peak: { name: 'Peak', unit: 'GB', aggregation: 'max' },
  };
  const price = { type: 'perUnit', unitAmountMinor: '1', included: 9, overage: 'block' } as const;
  const plan = planOf([], { prices: { images: price, seats: price, peak: price } }, meters);
  const context = used(contextFor(plan), rowOf('images', 2), rowOf('seats', 8), rowOf('peak', 7));
  expect(standingsOf(context)[0]).toMatchObject({ id: 'included/images', used: 2 });
});
