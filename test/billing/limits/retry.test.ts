import type { Plan, Price } from '../../../billing/catalogue.js';
import { judge } from '../../../billing/limits/judge.js';
import { ask, contextFor, NOVEMBER, planOf, rowOf, used } from './limited.js';

/** When 10 images may run under a price, after 5 of them. */
function retryAtMs(price: Partial<Price>, more: Partial<Plan> = {}, images = 10) {
  const images5 = { type: 'perUnit', unitAmountMinor: '1', ...price } as Price;
  const plan = planOf([], { prices: { images: images5 }, ...more });
  const denial = judge(used(contextFor(plan), rowOf('images', 5)), ask({ images }));
  return denial && [denial.code, denial.retryAtMs];
}

describe('an ask is told when it may fit', () => {
  it('in the next period what fits into a whole one', () => {
    const included = { included: 10, overage: 'block' } as const;
    expect(retryAtMs(included)).toEqual(['overage_blocked', NOVEMBER.endMs]);
    const spend = { spend: { hardAmountMinor: 10 } };
    expect(retryAtMs({}, spend)).toEqual(['spend_limit_reached', NOVEMBER.endMs]);
  });

  it('never what is more than a whole period takes, whatever it costs', () => {
    const included = { included: 9, overage: 'block' } as const;
    expect(retryAtMs(included)).toEqual(['overage_blocked', null]);
    expect(retryAtMs({ ...included, unitAmountMinor: '0' })).toEqual(['overage_blocked', null]);
    const spend = { spend: { hardAmountMinor: 9 } };
    expect(retryAtMs({}, spend)).toEqual(['spend_limit_reached', null]);
  });

  it('with the base counted to what it may cost', () => {
    const spend = { baseAmountMinor: 100, spend: { hardAmountMinor: 110 } };
    expect(retryAtMs({}, spend)).toEqual(['spend_limit_reached', NOVEMBER.endMs]);
    expect(retryAtMs({}, spend, 11)).toEqual(['spend_limit_reached', null]);
  });
});
