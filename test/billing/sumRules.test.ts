import type { Catalogue, Limit, Meter, Plan } from '../../billing/catalogue.js';
import { mergePublication } from '../../billing/publication.js';
import { sumRulesOf } from '../../billing/sumRules.js';
import { sumRows } from '../../billing/sums.js';
import { CATALOGUE, firstPublication, METERS } from './contractCatalogue.js';
import { NOVEMBER_MS, usage } from './publishedCatalogue.js';

function planOf(limits: readonly Omit<Limit, 'id' | 'scope'>[]): Plan {
  const named = limits.map(
    (limit, index): Limit => ({ ...limit, id: `l${index}`, scope: 'customer' }),
  );
  return { name: 'P', interval: 'month', unlimited: ['tokens', 'images'], limits: named };
}

function catalogueOf(
  plan: Plan,
  meters: Readonly<Record<string, Meter>> = METERS,
): Catalogue {
  return { currency: 'usd', meters, plans: { plan } };
}

function fineOf(limits: readonly Omit<Limit, 'id' | 'scope'>[]): string[] {
  return [...sumRulesOf(firstPublication(catalogueOf(planOf(limits)))).fine].sort();
}

const MINUTE = { window: 'minute', sliding: true, max: 60 } as const;

describe('rows that are told apart by 5 seconds', () => {
  it('are of the reported meters and derived counts that a sliding minute counts', () => {
    expect(fineOf([{ meters: ['tokens'], ...MINUTE }])).toEqual(['input_tokens', 'output_tokens']);
    expect(fineOf([{ meters: ['images'], ...MINUTE }])).toEqual(['images']);
    expect(fineOf([{ meters: ['requests'], ...MINUTE }])).toEqual(['requests']);
    expect(fineOf([{ meters: ['credits'], ...MINUTE }])).toEqual([
      'images',
      'input_tokens',
      'output_tokens',
    ]);
    const two = [
      { meters: ['images'], ...MINUTE },
      { meters: ['large'], ...MINUTE },
    ];
    expect(fineOf(two)).toEqual(['images', 'input_tokens', 'output_tokens']);
  });

  it('are not of what only calendar minutes or longer sliding windows count', () => {
    const limits = [
      { meters: ['tokens'], window: 'minute', max: 1 },
      { meters: ['images'], window: 'minute', sliding: false, max: 1 },
      { meters: ['requests'], window: 'hour', sliding: true, max: 1 },
    ] as const;
    expect(fineOf(limits)).toEqual([]);
    expect([...sumRulesOf(firstPublication()).fine]).toEqual([]);
  });

  it('stay so while any published version of any plan has such a limit', () => {
    const first = firstPublication(catalogueOf(planOf([{ meters: ['images'], ...MINUTE }])));
    const changed = { ...planOf([]), version: 2 };
    const publication = mergePublication(first, catalogueOf(changed), 'test');
    if ('conflicts' in publication) throw new Error(JSON.stringify(publication.conflicts));
    expect([...sumRulesOf(publication.published).fine]).toEqual(['images']);
  });

  it('begin at whole 5 seconds; rows of other meters at the minute', () => {
    const plan = planOf([{ meters: ['images'], ...MINUTE }]);
    const published = firstPublication(catalogueOf(plan));
    const at = (id: string, offsetMs: number) =>
      usage(id, { images: 1, input_tokens: 2 }, { atMs: NOVEMBER_MS + offsetMs });
    const entries = [at('a', 0), at('b', 4_999), at('c', 5_000), at('d', 59_999), at('e', 60_000)];
    const rows = sumRows(entries, published).map(({ meter, bucket, count }) => [
      meter,
      bucket - NOVEMBER_MS / 1000,
      count,
    ]);
    expect(rows.filter(([meter]) => meter === 'images')).toEqual([
      ['images', 0, 2],
      ['images', 5, 1],
      ['images', 55, 1],
      ['images', 60, 1],
    ]);
    expect(rows.filter(([meter]) => meter === 'input_tokens')).toEqual([
      ['input_tokens', 0, 4],
      ['input_tokens', 60, 1],
    ]);
    expect(rows.filter(([meter]) => meter === 'requests')).toEqual([
      ['requests', 0, 4],
      ['requests', 60, 1],
    ]);
  });

  it('a derived count under a sliding minute has them itself, its meters need not', () => {
    const published = firstPublication(catalogueOf(planOf([{ meters: ['requests'], ...MINUTE }])));
    const atMs = NOVEMBER_MS + 7_000;
    const rows = sumRows([usage('a', { images: 1 }, { atMs })], published);
    expect(rows.map(({ meter, bucket }) => [meter, bucket - NOVEMBER_MS / 1000])).toEqual([
      ['images', 0],
      ['requests', 5],
    ]);
  });
});

describe('rules of a publication', () => {
  it('are made once', () => {
    const published = firstPublication();
    expect(sumRulesOf(published)).toBe(sumRulesOf(published));
    expect(sumRulesOf(firstPublication())).not.toBe(sumRulesOf(published));
  });

  it('name the ways to each derived count', () => {
    const meters: Catalogue['meters'] = {
      ...METERS,
      largeCalls: { name: 'L', unit: 'call', aggregation: 'count', of: ['large', 'images'] },
    };
    const rules = sumRulesOf(firstPublication({ ...CATALOGUE, meters }));
    expect(rules.counts.map(({ meter }) => meter)).toEqual(['requests', 'largeCalls']);
    const condition = { name: 'model', values: ['large', 'huge'] };
    expect([...(rules.counts[1]?.ways ?? [])]).toEqual([
      ['input_tokens', [[condition]]],
      ['output_tokens', [[condition]]],
      ['images', [[]]],
    ]);
    expect(rules.names).toEqual(['model', 'team']);
  });
});
