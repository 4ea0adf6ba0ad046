import type { Limit, Meter, Price } from '../../../billing/catalogue.js';
import { judge } from '../../../billing/limits/judge.js';
import { spendStanding } from '../../../billing/limits/moneyStanding.js';
import { rulebookOf } from '../../../billing/limits/rulebook.js';
import { standingsOf } from '../../../billing/limits/standings.js';
import { ask, contextFor, holding, holdOf, NOVEMBER, planOf, rowOf, used } from './limited.js';

const HALF: Price = { type: 'perUnit', unitAmountMinor: '0.5' };

const FALLING: Price = {
  type: 'volume',
  tiers: [
    { upTo: 10, unitAmountMinor: '2' },
    { upTo: 'inf', unitAmountMinor: '1' },
  ],
};

describe('the standing of the spend limit', () => {
  const plan = planOf([], { prices: { images: HALF }, baseAmountMinor: 100 });
  const context = holding(
    used(contextFor(plan), rowOf('images', 5)),
    holdOf(ask({ images: 4 })),
  );
  const standing = (more = {}) => spendStanding({ ...context, ...more }, rulebookOf(plan), 110);

  it('shows what is accrued, rounded as invoiced, and what holds can add', () => {
    expect(standing()).toEqual({
      id: 'spend',
      scope: 'customer',
      key: null,
      max: 110,
      used: '103',
      held: '2',
      remaining: '5',
      amounts: true,
      enforcement: 'hard',
      resetsAtMs: NOVEMBER.endMs,
    });
  });

  it('shows nothing accrued where nothing is billed', () => {
    expect(standing({ status: 'trialing' })).toMatchObject({ used: '0', held: '0' });
    expect(standing({ period: null })).toMatchObject({ used: '0', held: '0', resetsAtMs: null });
  });

  it('shows what is accrued now, though it has fallen, and the rest as held', () => {
    const volume = planOf([], { prices: { images: FALLING } });
    const eleven = used(contextFor(volume), rowOf('images', 11));
    expect(spendStanding(eleven, rulebookOf(volume), 30)).toMatchObject({
      used: '11',
      held: '9',
      remaining: '10',
    });
    expect(spendStanding(eleven, rulebookOf(volume), 15).remaining).toBe('0');
  });
});

describe('standings of what has a price', () => {
  const day: Limit = {
    id: 'd',
    meters: ['images'],
    maxAmountMinor: 10,
    window: 'day',
    scope: 'customer',
  };

  it('are exact, and nothing remains below zero', () => {
    const plan = planOf([day], { prices: { images: HALF } });
    const at = (units: number) => standingsOf(used(contextFor(plan), rowOf('images', units)))[0];
    expect(at(5)).toMatchObject({ used: '2.5', held: '0', remaining: '7.5' });
    expect(at(20)).toMatchObject({ used: '10', remaining: '0' });
    expect(at(25)).toMatchObject({ used: '12.5', remaining: '0' });
  });

  it('list an included only where it blocks', () => {
    const open = { images: { ...HALF, included: 5 } };
    expect(standingsOf(contextFor(planOf([], { prices: open })))).toEqual([]);
    expect(standingsOf(contextFor(planOf([], { creditGrant: { amount: '5' } })))).toEqual([]);
  });

  it('show what is held of an included, and no end where there is no period', () => {
    const block = { images: { ...HALF, included: 9, overage: 'block' as const } };
    const context = holding(contextFor(planOf([], { prices: block })), holdOf(ask({ images: 4 })));
    expect(standingsOf(context)[0]).toMatchObject({ used: 0, held: 4, remaining: 5 });
    expect(standingsOf({ ...context, period: null })[0]).toMatchObject({ resetsAtMs: null });
  });

  it('read gauges from the period’s totals, if there is a period', () => {
    const meters: Record<string, Meter> = {
      peak: { name: 'Peak', unit: 'GB', aggregation: 'max' },
    };
    const block = { peak: { ...HALF, included: 9, overage: 'block' as const } };
    const plan = planOf([], { prices: block }, meters);
    const totals = { peak: { quantity: 20, count: 3, max: 7, last: null } };
    const context = contextFor(plan, { period: { ...NOVEMBER, totals } });
    expect(standingsOf(context)[0]).toMatchObject({ used: 7, remaining: 2 });
    expect(standingsOf({ ...context, period: null })[0]).toMatchObject({ used: 0 });
  });
});

describe('a spend limit beside a limit for life', () => {
  it('answers for both, as the first code in order', () => {
    const ever: Limit = {
      id: 'ever',
      meters: ['images'],
      max: 1,
      window: 'lifetime',
      scope: 'user',
    };
    const plan = planOf([ever], { prices: { images: HALF }, spend: { hardAmountMinor: 1 } });
    const denial = judge(used(contextFor(plan), rowOf('images', 2)), ask({ images: 1 }));
    expect(denial).toMatchObject({ code: 'spend_limit_reached', retryAtMs: null });
    expect(denial?.message).toMatch(/^This period's spending limit/);
    expect(denial?.limits.map(({ id }) => id)).toEqual(['spend', 'ever']);
    expect(denial?.detail).toContain('ever allows 1 image in all for user u_1; 2 are used');
  });
});
