import fc from 'fast-check';
import type { Catalogue, Mode, Plan, PublishedCatalogue } from '../../../billing/catalogue.js';
import { publicationDifference } from '../../../billing/difference/publicationDifference.js';
import { mergePublication } from '../../../billing/publication.js';
import { CATALOGUE, firstPublication, FREE, METERS, PRO } from '../contractCatalogue.js';

function publish(previous: PublishedCatalogue | null, catalogue: Catalogue, mode: Mode = 'test') {
  const publication = mergePublication(previous, catalogue, mode);
  return 'conflicts' in publication ? null : publication.published;
}

function told(catalogue: Catalogue, previous: PublishedCatalogue | null = firstPublication()) {
  const published = publish(previous, catalogue);
  if (!published) throw new Error('a conflict');
  return publicationDifference(previous, published).map(({ path, kind, sentence }) =>
    [path, kind, sentence].join(' | '),
  );
}

const withPro = (change: Partial<Plan>): Catalogue => ({
  ...CATALOGUE,
  plans: { ...CATALOGUE.plans, pro: { ...PRO, version: undefined, ...change } },
});

describe('what a publication changes', () => {
  it('is each plan and meter the first time', () => {
    const { images } = METERS;
    const plain = { ...FREE, limits: [] };
    const small = { ...CATALOGUE, meters: { images: images! }, plans: { free: plain } };
    expect(told(small, null)).toEqual([
      'plans.free.version | other | Free is a new plan, version 1',
      'meters.images | other | Images are now counted',
    ]);
    const plans = told(CATALOGUE, null).filter((line) => line.startsWith('plans.'));
    expect(plans).toEqual([
      'plans.free.version | other | Free is a new plan, version 1',
      'plans.pro.version | other | Pro is a new plan, version 1',
      'plans.prepaid.version | other | Prepaid is a new plan, version 1',
    ]);
  });

  it('is the version that a changed plan becomes by itself, then what customers notice', () => {
    expect(told(withPro({ baseAmountMinor: 3900 }))).toEqual([
      'plans.pro.version | other | Pro: new version 2; who is on 1 stays on it',
      'plans.pro.baseAmountMinor | worse | Pro: $29.00 → $39.00 a month',
    ]);
  });

  it('is told where no customer notices it, too', () => {
    const costs = [{ meter: 'images', unitCostMinor: '1' }];
    expect(told({ ...CATALOGUE, costs })).toEqual([
      'costs | other | What units cost you changes; no customer sees it',
    ]);
    const changes = [{ version: 2, date: '2026-12-01', reason: 'Words', effect: 'none' }];
    expect(told(withPro({ changes }))).toEqual([
      'plans.pro.version | other | Pro: new version 2; who is on 1 stays on it',
    ]);
  });

  it('is told where there are no words for it', () => {
    const pair = { name: 'Pairs', unit: 'pair', aggregation: 'sum' } as const;
    const unused = (of: string[]): Catalogue => {
      return { ...CATALOGUE, meters: { ...METERS, pair: { ...pair, of } } };
    };
    const standing = publish(firstPublication(), unused(['images', 'tokens']));
    expect(told(unused(['tokens', 'images']), standing)).toEqual([
      ' | other | Something changes that no customer notices',
    ]);
  });

  it('is nothing of costs that stay, nor of the number of the publication itself', () => {
    const costs = [{ meter: 'images', unitCostMinor: '1' }];
    const standing = publish(firstPublication(), { ...CATALOGUE, costs });
    expect(told({ ...withPro({ baseAmountMinor: 3900 }), costs }, standing)).toHaveLength(2);
    const first = firstPublication();
    expect(publicationDifference(first, { ...first, revision: 9 })).toEqual([]);
  });

  it('does not speak of an older version that the file still has', () => {
    const dearer = publish(firstPublication(), withPro({ version: 2, baseAmountMinor: 3900 }));
    expect(told(CATALOGUE, dearer)).toEqual([]);
  });

  it('is told exactly when something changes, whatever is published after whatever', () => {
    const plan: fc.Arbitrary<Plan> = fc.record(
      {
        name: fc.constantFrom('P', 'Q'),
        interval: fc.constantFrom('month' as const, 'year' as const),
        version: fc.integer({ min: 1, max: 4 }),
        baseAmountMinor: fc.nat(2),
        breaker: fc.boolean(),
      },
      { requiredKeys: ['name', 'interval'] },
    );
    const images = { name: 'Pictures', unit: 'image', aggregation: 'sum' as const };
    const catalogue: fc.Arbitrary<Catalogue> = fc.record({
      currency: fc.constantFrom('usd', 'eur'),
      meters: fc.constantFrom(METERS, { ...METERS, images }),
      costs: fc.constantFrom([], [{ meter: 'images', unitCostMinor: '2' }]),
      plans: fc.dictionary(fc.constantFrom('a', 'b'), plan),
    });
    const mode = fc.constantFrom<Mode>('test', 'live');
    const seen = { changed: 0, unchanged: 0 };
    fc.assert(
      fc.property(fc.array(catalogue, { maxLength: 6 }), mode, (catalogues, into) => {
        let before: PublishedCatalogue | null = null;
        for (const given of catalogues.flatMap((one) => [one, one])) {
          const after = publish(before, given, into);
          if (!after) continue;
          const changed = after !== before;
          seen[changed ? 'changed' : 'unchanged'] += 1;
          expect(publicationDifference(before, after).length > 0).toBe(changed);
          before = after;
        }
      }),
    );
    expect(Math.min(seen.changed, seen.unchanged)).toBeGreaterThan(50);
  });
});

it('has nothing to say of the same again', () => {
  expect(told({ ...CATALOGUE, plans: { free: FREE, pro: PRO } })).toEqual([]);
});
