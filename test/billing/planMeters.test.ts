import type { Plan } from '../../billing/catalogue.js';
import { metersReached, paysInCredits } from '../../billing/planMeters.js';
import { FREE, METERS, PREPAID, PRO } from './contractCatalogue.js';

const reached = (plan: Plan) => Object.keys(metersReached(plan, METERS));

describe('the meters of a plan', () => {
  it('are those it names and all that these are derived from', () => {
    expect(reached(PRO)).toEqual(['tokens', 'images', 'large', 'input_tokens', 'output_tokens']);
    const counted = ['requests', 'tokens', 'images', 'input_tokens', 'output_tokens'];
    expect(reached(FREE)).toEqual(counted);
    expect(reached({ ...FREE, limits: [], unlimited: ['images', 'lost'] })).toEqual(['images']);
  });

  it('are those with a rate, where the plan pays in credits, a price for them or not', () => {
    const all = ['credits', 'output_tokens', 'tokens', 'images', 'input_tokens'];
    expect(reached(PREPAID)).toEqual(all);
    const granted: Plan = { name: 'G', interval: 'month', creditGrant: { amount: '5' } };
    expect(reached(granted)).toEqual(all);
    expect([PREPAID, granted, PRO].map(paysInCredits)).toEqual([true, true, false]);
  });
});
