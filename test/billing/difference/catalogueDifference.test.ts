import type { Catalogue, Meter } from '../../../billing/catalogue.js';
import { catalogueDifference } from '../../../billing/difference/catalogueDifference.js';
import { mergePublication } from '../../../billing/publication.js';
import { CATALOGUE, firstPublication, METERS, PRO } from '../contractCatalogue.js';
import { pro } from './expectDifferences.js';

function sentences(before: Catalogue, after: Catalogue): string[] {
  return catalogueDifference(before, after).map(({ kind, sentence }) => `${kind}: ${sentence}`);
}

function withMeters(changed: Record<string, Partial<Meter>>): Catalogue {
  const meters: Record<string, Meter> = { ...METERS };
  for (const [id, meter] of Object.entries(changed)) {
    meters[id] = { ...(METERS[id] ?? { name: id, unit: 'u', aggregation: 'sum' }), ...meter };
  }
  return { ...CATALOGUE, meters };
}

const CREDITS = METERS.credits?.rates ?? [];

describe('the difference of two catalogues', () => {
  it('is empty when nothing changed that a customer would notice', () => {
    const copy = JSON.parse(JSON.stringify(CATALOGUE)) as Catalogue;
    expect(catalogueDifference(CATALOGUE, copy)).toEqual([]);
    const { free, ...others } = CATALOGUE.plans;
    const costs = [{ meter: 'images', unitCostMinor: '1' }];
    const reordered = { ...CATALOGUE, costs, plans: { ...others, free: { ...free, version: 9 } } };
    expect(catalogueDifference(CATALOGUE, reordered as Catalogue)).toEqual([]);
  });

  it('tells of plans that came and went', () => {
    const { free: _, ...fewer } = CATALOGUE.plans;
    const added = { ...CATALOGUE, plans: { ...fewer, team: { ...PRO, name: 'Team' } } };
    expect(catalogueDifference(CATALOGUE, added)).toEqual([
      { path: 'plans.team', kind: 'other', sentence: 'Team is a new plan' },
      { path: 'plans.free', kind: 'other', sentence: 'Free is no longer offered' },
    ]);
  });

  it('tells of another currency, and calls no amount better or worse', () => {
    const [before, after] = [pro({ baseAmountMinor: 2900 }), pro({ baseAmountMinor: 2000 })];
    const limit = { id: 'a', meters: ['tokens'], window: 'day', scope: 'user' } as const;
    const told = sentences(
      pro({ baseAmountMinor: 2900, limits: [{ ...limit, maxAmountMinor: 5 }] }),
      {
        ...pro({ baseAmountMinor: 2000, limits: [{ ...limit, maxAmountMinor: 4 }] }),
        currency: 'eur',
      },
    );
    expect(told).toEqual([
      'other: Amounts are in USD → EUR',
      'other: Pro: $29.00 → €20.00 a month',
      'other: Pro: at most $0.05 of tokens a day for each user → ' +
        '€0.04 of tokens a day for each user',
    ]);
    expect(sentences(before, after)).toEqual(['better: Pro: $29.00 → $20.00 a month']);
    expect(catalogueDifference(before, { ...before, currency: 'jpy' })).toEqual([
      { path: 'currency', kind: 'other', sentence: 'Amounts are in USD → JPY' },
    ]);
  });
});

describe('changed meters', () => {
  it.each([
    [{ videos: { name: 'Videos' } }, 'meters.videos', 'Videos are now counted'],
    [
      { images: { name: 'Pictures' } },
      'meters.images.name',
      'Images are now called Pictures',
    ],
    [
      { images: { unit: 'picture' } },
      'meters.images.unit',
      'Images: counted by the image → picture',
    ],
    [
      { images: { aggregation: 'max' as const } },
      'meters.images.aggregation',
      'Images: what counts is the total → the highest',
    ],
    [
      { requests: { aggregation: 'last' as const } },
      'meters.requests.aggregation',
      'Requests: what counts is how often → the last one',
    ],
    [
      { tokens: { of: ['input_tokens'] } },
      'meters.tokens.of',
      'Tokens: made of input tokens and output tokens → input tokens',
    ],
    [
      { large: { where: { model: 'large', team: ['a', 'b'] } } },
      'meters.large.where',
      'Large-model tokens: made of tokens where model is large or huge → ' +
        'tokens where model is large and team is a or b',
    ],
    [
      { large: { where: { model: 'x', mode: 'y' } } },
      'meters.large.where',
      'Large-model tokens: made of tokens where model is large or huge → ' +
        'tokens where model is x and mode is y',
    ],
    [
      { large: { where: { model: ['large', 'small'] } } },
      'meters.large.where',
      'Large-model tokens: made of tokens where model is large or huge → ' +
        'tokens where model is large or small',
    ],
    [
      { images: { of: ['tokens'] } },
      'meters.images.of',
      'Images: made of what is reported → tokens',
    ],
  ])('%j', (changed, path, sentence) => {
    const after = withMeters(changed);
    expect(catalogueDifference(CATALOGUE, after)).toEqual([{ path, kind: 'other', sentence }]);
    if (path === 'meters.videos') {
      const gone = { path, kind: 'other', sentence: 'Videos are no longer counted' };
      expect(catalogueDifference(after, CATALOGUE)).toEqual([gone]);
    }
  });

  it('members and values in another order are no change', () => {
    const after = withMeters({
      tokens: { of: ['output_tokens', 'input_tokens'] },
      large: { where: { model: ['huge', 'large'] } },
    });
    expect(catalogueDifference(CATALOGUE, after)).toEqual([]);
    const one = withMeters({ large: { where: { a: 1, b: 2 } } });
    expect(catalogueDifference(one, withMeters({ large: { where: { b: [2], a: [1] } } }))).toEqual(
      [],
    );
  });

  it('rates are told each, cheaper or dearer, and their order', () => {
    const [first, second, third] = CREDITS;
    if (!first || !second || !third) throw new Error('the example has three rates');
    const told = (rates: typeof CREDITS) =>
      catalogueDifference(CATALOGUE, withMeters({ credits: { rates } })).map(
        ({ path, kind, sentence }) => `${path} ${kind}: ${sentence}`,
      );
    expect(told([first, { ...second, creditsPerUnit: '0.0010' }, third])).toEqual([]);
    expect(
      told([
        { ...first, creditsPerUnit: '0.02' },
        { ...second, creditsPerUnit: '0.0005' },
        { meter: 'requests', creditsPerUnit: '1' },
      ]),
    ).toEqual([
      'meters.credits.rates[0] worse: Credits: output tokens where model is large: ' +
        '0.01 → 0.02 credits each',
      'meters.credits.rates[1] better: Credits: tokens: 0.001 → 0.0005 credits each',
      'meters.credits.rates[2] other: Credits: requests: now 1 credits each',
      'meters.credits.rates other: Credits: images: no longer 5 credits each',
    ]);
    const huge = { ...first, where: { model: 'huge' } };
    expect(told([huge, second, third])).toEqual([
      'meters.credits.rates[0] other: Credits: output tokens where model is huge: ' +
        'now 0.01 credits each',
      'meters.credits.rates other: Credits: output tokens where model is large: ' +
        'no longer 0.01 credits each',
    ]);
    expect(told([second, first, third])).toEqual([
      'meters.credits.rates other: Credits: rates are tried in another order: tokens, ' +
        'output tokens where model is large and images',
    ]);
  });

  it('names keep their capitals where they are no plain word; unknown ones are shown', () => {
    const named = (name: string) => pro({}, { m: { name, unit: 'u', aggregation: 'sum' } });
    const priced = (name: string) =>
      sentences(named(name), {
        ...named(name),
        plans: pro({ unlimited: ['m'] }).plans,
      });
    expect(priced('API Calls')).toEqual(['better: Pro: API Calls are now free without limit']);
    expect(priced('Calls')).toEqual(['better: Pro: calls are now free without limit']);
    const lost = sentences(pro({ unlimited: ['x'] }, {}), pro({}, {}));
    expect(lost).toEqual(['worse: Pro: x are no longer free without limit']);
  });
});

describe('the difference from what is published', () => {
  const published = firstPublication();

  it('compares the newest versions; plans and meters left out stay, so nothing is told', () => {
    expect(catalogueDifference(published, CATALOGUE)).toEqual([]);
    expect(catalogueDifference(published, { currency: 'usd', meters: {}, plans: {} })).toEqual([]);
    const dearer = { ...PRO, version: undefined, baseAmountMinor: 3900 };
    const next = mergePublication(published, { ...CATALOGUE, plans: { pro: dearer } }, 'test');
    if ('conflicts' in next) throw new Error('no conflict was expected');
    expect(catalogueDifference(next.published, CATALOGUE)).toEqual([
      {
        path: 'plans.pro.baseAmountMinor',
        kind: 'better',
        sentence: 'Pro: $39.00 → $29.00 a month',
      },
    ]);
  });

  it('tells of a meter that no published plan needs and the catalogue drops', () => {
    const videos: Meter = { name: 'Videos', unit: 'video', aggregation: 'sum' };
    const wider = firstPublication({ ...CATALOGUE, meters: { ...METERS, videos } });
    expect(catalogueDifference(wider, CATALOGUE)).toEqual([
      { path: 'meters.videos', kind: 'other', sentence: 'Videos are no longer counted' },
    ]);
  });
});
