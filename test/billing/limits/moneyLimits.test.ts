import type { Limit, Price } from '../../../billing/catalogue.js';
import type { LimitContext } from '../../../billing/limits/context.js';
import { judge } from '../../../billing/limits/judge.js';
import { ask, contextFor, holding, holdOf, planOf, rowOf, used } from './limited.js';

const CENT: Price = { type: 'perUnit', unitAmountMinor: '1' };

function codes(context: LimitContext, ...units: readonly number[]): (string | null)[] {
  return units.map((images) => judge(context, ask({ images }))?.code ?? null);
}

describe('a limit in money', () => {
  const five: Limit = {
    id: 'five',
    meters: ['images'],
    maxAmountMinor: 500,
    window: 'day',
    scope: 'user',
  };
  const falling: Price = {
    type: 'volume',
    tiers: [
      { upTo: 490, unitAmountMinor: '1' },
      { upTo: 'inf', unitAmountMinor: '0.5' },
    ],
  };

  it('takes what its window may cost and not a cent more', () => {
    const plan = planOf([five], { prices: { images: CENT } });
    const context = used(contextFor(plan), rowOf('images', 490));
    expect(codes(context, 10, 11)).toEqual([null, 'limit_reached']);
    expect(judge(context, ask({ images: 20 }))).toMatchObject({
      detail:
        'five allows $5.00 a day for user u_1; ' +
        '$4.90 are used and $0.00 held, $0.20 were asked for.',
      message: "You have used today's $5.00. More at 00:00 UTC.",
      limits: [{ max: 500, used: '490', held: '0', remaining: '10', amounts: true }],
    });
  });

  it('prices its window alone: nothing is included there, nor is what others used', () => {
    const plan = planOf([five], { prices: { images: { ...CENT, included: 1000 } } });
    const context = used(contextFor(plan), rowOf('images', 400, { user: 'u_2' }));
    expect(codes(context, 500, 501)).toEqual([null, 'limit_reached']);
  });

  it('includes what the price includes in the customer’s period', () => {
    const period: Limit = { ...five, window: 'period', scope: 'customer' };
    const prices = { images: { ...CENT, included: 1000 } };
    expect(codes(contextFor(planOf([period], { prices })), 1500, 1501)).toEqual([
      null,
      'limit_reached',
    ]);
    const others: Limit[] = [
      { ...period, window: 'month' },
      { ...period, scope: 'user' },
    ];
    for (const other of others) {
      expect(codes(contextFor(planOf([other], { prices })), 500, 501)).toEqual([
        null,
        'limit_reached',
      ]);
    }
  });

  it('compares the highest cost on the way, where a volume price falls', () => {
    const plan = planOf([{ ...five, maxAmountMinor: 489 }], { prices: { images: falling } });
    expect(codes(contextFor(plan), 489, 490, 491, 978)).toEqual([
      null,
      'limit_reached',
      'limit_reached',
      'limit_reached',
    ]);
  });

  it('lets run what cannot raise that cost, even beyond the limit', () => {
    const plan = planOf([{ ...five, maxAmountMinor: 400 }], { prices: { images: falling } });
    const context = used(contextFor(plan), rowOf('images', 490));
    expect(codes(context, 0, 490, 491)).toEqual([null, null, 'limit_reached']);
  });

  it('counts only what its own meters count, and adds up prices', () => {
    const limit: Limit = { ...five, meters: ['large', 'images'] };
    const tokenPrice: Price = { ...CENT, unitAmountMinor: '2' };
    const plan = planOf([limit], { prices: { images: CENT, tokens: tokenPrice } });
    const tokens = (input_tokens: number, model: string) =>
      judge(contextFor(plan), ask({ images: 100, input_tokens }, { properties: { model } }))?.code;
    expect(tokens(200, 'large')).toBeUndefined();
    expect(tokens(201, 'large')).toBe('limit_reached');
    expect(tokens(201, 'small')).toBeUndefined();
  });

  it('adds what holds may cost', () => {
    const plan = planOf([five], { prices: { images: CENT } });
    const context = holding(contextFor(plan), holdOf(ask({ images: 300 })));
    expect(codes(context, 200, 201, 501)).toEqual([
      null,
      'held_by_concurrent_requests',
      'limit_reached',
    ]);
    expect(judge(context, ask({ images: 201 }))?.limits[0]).toMatchObject({
      used: '0',
      held: '300',
      remaining: '200',
    });
  });
});
