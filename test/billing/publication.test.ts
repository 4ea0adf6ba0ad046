import type { Catalogue, Meter, Mode, Plan, PublishedCatalogue } from '../../billing/catalogue.js';
import { mergePublication } from '../../billing/publication.js';
import { CATALOGUE, firstPublication, FREE, METERS, PRO } from './contractCatalogue.js';

function withPro(change: Partial<Plan>): Catalogue {
  return { ...CATALOGUE, plans: { ...CATALOGUE.plans, pro: { ...PRO, ...change } } };
}

function publish(previous: PublishedCatalogue | null, catalogue: Catalogue, mode: Mode = 'test') {
  const publication = mergePublication(previous, catalogue, mode);
  if ('conflicts' in publication) throw new Error(JSON.stringify(publication.conflicts));
  return publication;
}

function conflicts(previous: PublishedCatalogue, catalogue: Catalogue, mode: Mode): string[] {
  const publication = mergePublication(previous, catalogue, mode);
  if (!('conflicts' in publication)) throw new Error('no conflict');
  return publication.conflicts.map(
    ({ path, value, message }) => `${path} ${JSON.stringify(value)}: ${message}`,
  );
}

describe('publishing', () => {
  const first = firstPublication();

  it('the first time makes revision 1, each plan with the version it names, else 1', () => {
    expect(first).toMatchObject({ mode: 'test', revision: 1, newest: { free: 1, pro: 1 } });
    expect(first.namedProperties).toEqual(['model', 'team']);
    const name = { id: 'pro', version: 1 };
    expect(first.snapshots['pro@1']).toMatchObject({ ...name, revision: 1, plan: PRO });
    const published = publish(null, withPro({ version: undefined })).published;
    expect(published.snapshots['pro@1']?.plan.version).toBe(1);
    expect(publish(null, withPro({ version: 4 })).published.newest.pro).toBe(4);
  });

  it('the same again, its keys in another order, changes nothing', () => {
    const again = publish(first, JSON.parse(JSON.stringify(CATALOGUE)) as Catalogue);
    expect(again).toEqual({ published: first, changed: false });
    const { free, ...others } = CATALOGUE.plans;
    const reordered = { ...CATALOGUE, plans: { ...others, free: free as Plan } };
    expect(publish(first, reordered).changed).toBe(false);
  });

  it('test mode: a changed plan without a version becomes the next one by itself', () => {
    const dearer = withPro({ version: undefined, baseAmountMinor: 3900 });
    const second = publish(first, dearer).published;
    expect(second).toMatchObject({ revision: 2, newest: { free: 1, pro: 2 } });
    expect(second.snapshots['pro@1']).toEqual(first.snapshots['pro@1']);
    expect(second.snapshots['pro@2']?.plan.baseAmountMinor).toBe(3900);
    expect(publish(second, dearer).changed).toBe(false);
  });

  it('live mode: a changed plan without a new version is a conflict with the way out', () => {
    const live = publish(null, CATALOGUE, 'live').published;
    const dearer = { baseAmountMinor: 3900 };
    expect(conflicts(live, withPro({ ...dearer, version: undefined }), 'live')).toEqual([
      'plans.pro.version null: pro@1 is published and never changes (here baseAmountMinor ' +
        'differs): publish this as "version": 2',
    ]);
    const second = publish(live, withPro({ ...dearer, version: 2 }), 'live').published;
    expect(second.newest.pro).toBe(2);
    expect(publish(live, withPro({ version: undefined }), 'live').changed).toBe(false);
  });

  it('a published version never changes, in either mode, and a new one is above the newest', () => {
    const changed = withPro({ baseAmountMinor: 1 });
    expect(conflicts(first, changed, 'test')[0]).toMatch(/"version": 2, or leave "version" out/);
    const third = publish(first, withPro({ version: 3, baseAmountMinor: 1 })).published;
    expect(conflicts(third, withPro({ version: 2 }), 'test')).toEqual([
      'plans.pro.version 2: is below the newest published version: use 4 or more',
    ]);
    expect(publish(third, CATALOGUE).published.newest.pro).toBe(3);
  });

  it('all conflicts are told at once, and nothing is published', () => {
    const plans = { ...withPro({ name: 'Q' }).plans, free: { ...FREE, name: 'F' } };
    expect(conflicts(first, { ...CATALOGUE, plans }, 'test')).toHaveLength(2);
  });

  it('a snapshot holds the meters as they were; what they count is part of the plan', () => {
    const large = { ...METERS.large, where: { model: 'giant' } } as (typeof METERS)[string];
    const meters = { ...METERS, large };
    expect(conflicts(first, { ...CATALOGUE, meters }, 'live')[0]).toMatch(/meter large differs/);
    const second = publish(first, { ...withPro({ version: 2 }), meters }).published;
    expect(second.snapshots['pro@1']?.meters.large).toEqual(METERS.large);
    expect(second.snapshots['pro@2']?.meters.large).toEqual(large);
    const renamed = { ...METERS, images: { ...METERS.images, name: 'Pictures' } };
    const reworded = publish(first, { ...CATALOGUE, meters: renamed as typeof METERS });
    expect(reworded).toMatchObject({ changed: true, published: { newest: { pro: 1 } } });
    expect(reworded.published.snapshots).toEqual(first.snapshots);
  });

  it('another currency makes another version; all that differs is named', () => {
    const live = publish(null, CATALOGUE, 'live').published;
    const euros = { ...withPro({ name: 'Q' }), currency: 'eur' };
    expect(conflicts(live, { ...euros, plans: { pro: euros.plans.pro as Plan } }, 'live')).toEqual([
      'plans.pro.version 1: pro@1 is published and never changes (here name differs, currency ' +
        'differs): publish this as "version": 2',
    ]);
  });

  it('what units cost is that of the latest catalogue; names of properties are sorted', () => {
    const costs = [{ meter: 'images', where: { action: 'x' }, unitCostMinor: '1' }];
    const costing = publish(first, { ...CATALOGUE, costs }).published;
    expect(costing.costs).toEqual(costs);
    expect(costing.namedProperties).toEqual(['action', 'model', 'team']);
    expect(publish(costing, CATALOGUE).published.costs).toEqual([]);
  });

  it('names of properties, plans and their meters stay when the catalogue drops them', () => {
    const meters = { videos: METERS.images as Meter };
    const small: Catalogue = { currency: 'usd', meters, plans: {} };
    const { published } = publish(first, small);
    expect(published.namedProperties).toEqual(['model', 'team']);
    expect(published.newest).toEqual(first.newest);
    expect(Object.keys(published.meters).sort()).toEqual([...Object.keys(METERS), 'videos'].sort());
  });

  it('a meter in use stays reported or derived, and a derived count counts the same events', () => {
    const images = { ...METERS.tokens, of: ['tokens'] };
    const swapped = { ...METERS, tokens: METERS.images, images };
    expect(conflicts(first, { ...CATALOGUE, meters: swapped as never }, 'test')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^meters\.tokens .*uses it as a derived meter/),
        expect.stringMatching(/^meters\.images .*uses it as a reported meter/),
      ]),
    );
    const requests = { ...METERS.requests, of: ['tokens'] } as (typeof METERS)[string];
    const counted = { ...withPro({ version: 2 }), meters: { ...METERS, requests } };
    expect(conflicts(first, counted, 'test')[0]).toMatch(
      /^meters\.requests .*other events by it: give the new one another id$/,
    );
    const turned = { ...METERS.requests, of: ['images', 'tokens'] } as (typeof METERS)[string];
    const same = { ...withPro({ version: 2 }), meters: { ...METERS, requests: turned } };
    const plans = { ...same.plans, free: { ...FREE, version: 2 } };
    expect(publish(first, { ...same, plans }).changed).toBe(true);
  });
});
