import fc from 'fast-check';
import type { Catalogue, Mode, Plan, PublishedCatalogue } from '../../billing/catalogue.js';
import { mergePublication } from '../../billing/publication.js';
import { METERS } from './contractCatalogue.js';

/** Laws of publishing, over any history of catalogues. */

const plan: fc.Arbitrary<Plan> = fc
  .record(
    {
      name: fc.constantFrom('P', 'Q'),
      interval: fc.constantFrom('month' as const, 'year' as const),
      version: fc.integer({ min: 1, max: 4 }),
      baseAmountMinor: fc.nat(2),
      unlimited: fc.subarray(['tokens', 'images'], { maxLength: 1 }),
    },
    { requiredKeys: ['name', 'interval'] },
  )
  .map((made) => made);

const catalogue: fc.Arbitrary<Catalogue> = fc.record({
  currency: fc.constantFrom('usd', 'eur'),
  meters: fc.constantFrom(METERS, {
    ...METERS,
    images: { name: 'Pictures', unit: 'picture', aggregation: 'sum' as const },
  }),
  plans: fc.dictionary(fc.constantFrom('a', 'b'), plan),
});

const history = fc.array(catalogue, { minLength: 1, maxLength: 8 });
const mode = fc.constantFrom<Mode>('test', 'live');

function frozen<Data>(data: Data): Data {
  if (data !== null && typeof data === 'object') {
    for (const part of Object.values(data)) frozen(part);
    Object.freeze(data);
  }
  return data;
}

/** Publishes one after another; `visit` sees each state before and after. */
function publishAll(
  catalogues: readonly Catalogue[],
  into: Mode,
  visit: (before: PublishedCatalogue | null, given: Catalogue, after: PublishedCatalogue) => void,
): void {
  let published: PublishedCatalogue | null = null;
  for (const given of catalogues) {
    const publication = mergePublication(published, given, into);
    if ('conflicts' in publication) {
      expect(publication.conflicts.length).toBeGreaterThan(0);
      continue;
    }
    visit(published, given, publication.published);
    published = frozen(publication.published);
  }
}

describe('whatever is published after whatever', () => {
  it('a published plan version never changes, nor does its snapshot', () => {
    fc.assert(
      fc.property(history, mode, (catalogues, into) => {
        publishAll(catalogues, into, (before, _given, after) => {
          for (const [name, snapshot] of Object.entries(before?.snapshots ?? {})) {
            expect(after.snapshots[name]).toEqual(snapshot);
          }
        });
      }),
    );
  });

  it('the same again changes nothing and answers the very same state', () => {
    fc.assert(
      fc.property(history, mode, (catalogues, into) => {
        publishAll(catalogues, into, (_before, given, after) => {
          const again = mergePublication(after, given, into);
          if ('conflicts' in again) throw new Error('the same again is in conflict');
          expect(again.changed).toBe(false);
          expect(again.published).toBe(after);
        });
      }),
    );
  });

  it('each plan has the newest version, which is one of its own, and it only grows', () => {
    fc.assert(
      fc.property(history, mode, (catalogues, into) => {
        publishAll(catalogues, into, (before, given, after) => {
          for (const [id, newest] of Object.entries(after.newest)) {
            expect(newest).toBeGreaterThanOrEqual(before?.newest[id] ?? 1);
            expect(after.snapshots[`${id}@${newest}`]).toMatchObject({ id, version: newest });
          }
          expect(Object.keys(after.newest)).toEqual(
            expect.arrayContaining(Object.keys(given.plans)),
          );
        });
      }),
    );
  });

  it('the revision counts the publications that changed something', () => {
    fc.assert(
      fc.property(history, mode, (catalogues, into) => {
        publishAll(catalogues, into, (before, _given, after) => {
          const grown = after === before ? 0 : 1;
          expect(after.revision).toBe((before?.revision ?? 0) + grown);
        });
      }),
    );
  });
});
