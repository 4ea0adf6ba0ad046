import type { Catalogue, Plan } from '../../../billing/catalogue.js';
import { plannedPublication } from '../../../billing/difference/plannedPublication.js';
import { CATALOGUE, firstPublication, FREE, METERS, PRO } from '../contractCatalogue.js';

const standing = firstPublication();

function withPlans(plans: Readonly<Record<string, Plan>>): Catalogue {
  return { ...CATALOGUE, plans: { ...CATALOGUE.plans, ...plans } };
}

describe('a publication that is refused', () => {
  it('names each difference from the published version, and the way out', () => {
    const pro: Plan = { ...PRO, baseAmountMinor: 3900, prices: { images: PRO.prices!.images! } };
    const { refused } = plannedPublication(standing, withPlans({ pro }), 'live');
    expect(refused).toHaveLength(1);
    const [conflict] = refused;
    expect(conflict?.path).toBe('plans.pro.version');
    expect(conflict?.message).toContain('publish this as "version": 2');
    expect(conflict?.differences).toContain('Pro: $29.00 → $39.00 a month');
    expect(conflict?.differences.length).toBeGreaterThan(1);
  });

  it('compares with the version that the plan says it is, not with the newest', () => {
    const dearer = withPlans({ pro: { ...PRO, version: 2, baseAmountMinor: 3900 } });
    const { published } = plannedPublication(standing, dearer, 'live');
    const back = withPlans({ pro: { ...PRO, baseAmountMinor: 100 } });
    const { refused } = plannedPublication(published, back, 'live');
    expect(refused.map(({ differences }) => differences)).toEqual([
      ['Pro: $29.00 → $1.00 a month'],
    ]);
  });

  it('has nothing to be compared with below the newest version, where none was published', () => {
    const third = withPlans({ pro: { ...PRO, version: 3, baseAmountMinor: 3900 } });
    const { published } = plannedPublication(standing, third, 'live');
    const second = withPlans({ pro: { ...PRO, version: 2, baseAmountMinor: 3900 } });
    const { refused } = plannedPublication(published, second, 'live');
    expect(refused).toMatchObject([{ path: 'plans.pro.version', value: 2, differences: [] }]);
  });

  it('still plans everything else, so that all faults can be told at once', () => {
    const pro: Plan = { ...PRO, baseAmountMinor: 1 };
    const team: Plan = { name: 'Team', interval: 'month', baseAmountMinor: 5 };
    const planned = plannedPublication(standing, withPlans({ pro, team }), 'live');
    expect(planned.refused.map(({ path }) => path)).toEqual(['plans.pro.version']);
    expect(planned.published?.newest).toEqual({ ...standing.newest, team: 1 });
    expect(planned.published?.snapshots['pro@1']).toEqual(standing.snapshots['pro@1']);
  });

  it('over a meter keeps to what is published', () => {
    const meters = { ...METERS, images: { ...METERS.images!, of: ['tokens'] } };
    const planned = plannedPublication(standing, { ...CATALOGUE, meters }, 'live');
    const over = planned.refused.find(({ path }) => path === 'meters.images');
    expect(over?.differences).toEqual([]);
    expect(planned.published).toBe(standing);
  });

  it('is none of what is new or the same', () => {
    const planned = plannedPublication(null, { ...CATALOGUE, plans: { free: FREE } }, 'live');
    expect(planned.refused).toEqual([]);
    expect(plannedPublication(standing, CATALOGUE, 'test')).toEqual({
      published: standing,
      refused: [],
    });
  });
});
