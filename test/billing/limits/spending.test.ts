import type { Plan, PlanSnapshot, Price } from '../../../billing/catalogue.js';
import { NO_CONTROLS } from '../../../billing/controls.js';
import type { LimitContext } from '../../../billing/limits/context.js';
import { judge } from '../../../billing/limits/judge.js';
import { ask, contextFor, holding, holdOf, NOVEMBER, planOf, rowOf, used } from './limited.js';

const CENT: Price = { type: 'perUnit', unitAmountMinor: '1' };

const BLOCKED = { ...NO_CONTROLS, overage: 'block' as const };

function priced(prices: Plan['prices'], more: Partial<Plan> = {}): PlanSnapshot {
  return planOf([], { prices, ...more });
}

function codes(context: LimitContext, ...units: readonly number[]): (string | null)[] {
  return units.map((images) => judge(context, ask({ images }))?.code ?? null);
}

describe('the hard spend limit', () => {
  const plan = priced(
    { images: CENT },
    { baseAmountMinor: 2900, spend: { hardAmountMinor: 3000 } },
  );
  const context = used(contextFor(plan), rowOf('images', 90));

  it('counts the base, and takes what comes to it exactly', () => {
    expect(codes(context, 10, 11)).toEqual([null, 'spend_limit_reached']);
    expect(judge(context, ask({ images: 11 }))).toMatchObject({
      detail: 'spend allows $30.00 a period; $29.90 are used and $0.00 held, $0.11 were asked for.',
      message:
        "This period's spending limit of $30.00 is reached. More on 1 December at 00:00 UTC.",
      action: 'raiseLimit',
      retryAtMs: NOVEMBER.endMs,
      limits: [{ id: 'spend', max: 3000, used: '2990', held: '0', remaining: '10', amounts: true }],
    });
    expect(judge(context, ask({ images: 101 }))?.retryAtMs).toBeNull();
  });

  it('rounds each line as the invoice will', () => {
    const price: Price = { ...CENT, unitAmountMinor: '0.4' };
    const half = priced({ images: price }, { spend: { hardAmountMinor: 1 } });
    expect(codes(contextFor(half), 3, 4)).toEqual([null, 'spend_limit_reached']);
  });

  it('shows what an ask can add on top of holds', () => {
    const packs: Price = { type: 'package', size: 10, packageAmountMinor: '100' };
    const tight = priced({ images: packs }, { spend: { hardAmountMinor: 100 } });
    const held = holding(used(contextFor(tight), rowOf('images', 5)), holdOf(ask({ images: 4 })));
    expect(judge(held, ask({ images: 2 }))).toMatchObject({
      code: 'held_by_concurrent_requests',
      detail: 'spend allows $1.00 a period; $1.00 are used and $0.00 held, $1.00 were asked for.',
    });
  });

  it('is the controls’ own where they have one', () => {
    const spend = { hardAmountMinor: 2995 };
    const lower = { ...context, controls: { ...NO_CONTROLS, spend } };
    expect(codes(lower, 5, 6)).toEqual([null, 'spend_limit_reached']);
    const zero = { ...context, controls: { ...NO_CONTROLS, spend: { hardAmountMinor: 0 } } };
    expect(codes(zero, 0, 1)).toEqual([null, 'spend_limit_reached']);
  });

  it('lets units that cost nothing run beyond it', () => {
    const free = priced(
      { images: CENT, tokens: { ...CENT, unitAmountMinor: '0' } },
      { spend: { hardAmountMinor: 1 } },
    );
    const over = used(contextFor(free), rowOf('images', 5));
    expect(judge(over, ask({ input_tokens: 1000 }))).toBeNull();
    expect(codes(over, 0, 1)).toEqual([null, 'spend_limit_reached']);
  });

  it('compares nothing in a trial, which bills nothing', () => {
    expect(codes({ ...context, status: 'trialing' }, 5000)).toEqual([null]);
  });

  it('prices max and last meters by the period’s totals', () => {
    const peak = { name: 'Peak', unit: 'GB', aggregation: 'max' as const };
    const meters = { images: { ...peak, aggregation: 'sum' as const }, peak };
    const prices = { images: CENT, peak: CENT };
    const gauge = planOf([], { prices, spend: { hardAmountMinor: 30 } }, meters);
    const totals = { peak: { quantity: 99, count: 2, max: 25, last: null } };
    const peaked = contextFor(gauge, { period: { ...NOVEMBER, totals } });
    expect(codes(peaked, 5, 6)).toEqual([null, 'spend_limit_reached']);
  });
});

describe('the kill switch', () => {
  const plan = priced({ images: { ...CENT, included: 100 } });
  const context = contextFor(plan, { controls: BLOCKED });

  it('blocks every unit that would cost money, and none that is included', () => {
    expect(codes(used(context, rowOf('images', 90)), 10, 11)).toEqual([null, 'overage_blocked']);
    expect(codes(used(context, rowOf('images', 500)), 0, 1)).toEqual([null, 'overage_blocked']);
    expect(codes({ ...context, controls: NO_CONTROLS }, 101)).toEqual([null]);
  });

  it('says what it would cost, and when it is included again', () => {
    const denial = judge(used(context, rowOf('images', 90)), ask({ images: 15 }));
    expect(denial).toMatchObject({
      detail: 'Overage is blocked; what was asked for can cost $0.05 more.',
      message:
        'This would cost more than your plan includes, and that is switched off. ' +
        'More on 1 December at 00:00 UTC.',
      action: 'raiseLimit',
      limits: [],
      retryAtMs: NOVEMBER.endMs,
    });
    expect(judge(context, ask({ images: 101 }))).toMatchObject({
      retryAtMs: null,
      message: 'This would cost more than your plan includes, and that is switched off.',
    });
    const held = holding(used(context, rowOf('images', 90)), holdOf(ask({ images: 5 })));
    expect(judge(held, ask({ images: 15 }))?.detail).toContain('can cost $0.10 more');
  });

  it('looks at exact costs, not at what an invoice rounds away', () => {
    const tiny = priced({ images: { ...CENT, unitAmountMinor: '0.4' } });
    const denial = judge(contextFor(tiny, { controls: BLOCKED }), ask({ images: 1 }));
    expect(denial).toMatchObject({ code: 'overage_blocked', retryAtMs: null });
  });

  it('does not block packages that are begun, nor a trial', () => {
    const packs = priced({ images: { type: 'package', size: 10, packageAmountMinor: '100' } });
    const begun = used(contextFor(packs, { controls: BLOCKED }), rowOf('images', 11));
    expect(codes(begun, 9, 10)).toEqual([null, 'overage_blocked']);
    expect(codes({ ...context, status: 'trialing' }, 500)).toEqual([null]);
  });

  it('is retryable where only holds take what is included', () => {
    const held = holding(context, holdOf(ask({ images: 95 })));
    expect(codes(held, 5, 6, 101)).toEqual([
      null,
      'held_by_concurrent_requests',
      'overage_blocked',
    ]);
  });
});

describe('included that blocks', () => {
  const plan = priced(
    { images: { ...CENT, included: 100, overage: 'block' } },
    { spend: { hardAmountMinor: 0 } },
  );

  it('is a limit of its own, before the spend limit', () => {
    const context = used(contextFor(plan), rowOf('images', 90));
    expect(codes(context, 10, 11)).toEqual([null, 'overage_blocked']);
    expect(judge(context, ask({ images: 11 }))).toMatchObject({
      detail:
        'included/images allows 100 images a period; ' +
        '90 are used and 0 held, 11 were asked for. ' +
        'spend allows $0.00 a period; $0.00 are used and $0.00 held, $0.01 were asked for.',
      message:
        'Your plan includes 100 images a period, and that is used. ' +
        'More on 1 December at 00:00 UTC.',
      action: 'upgrade',
      retryAtMs: NOVEMBER.endMs,
      limits: [
        {
          id: 'included/images',
          scope: 'customer',
          key: null,
          max: 100,
          used: 90,
          held: 0,
          remaining: 10,
          enforcement: 'hard',
          resetsAtMs: NOVEMBER.endMs,
        },
        { id: 'spend', max: 0 },
      ],
    });
    expect(judge(context, ask({ images: 101 }))?.retryAtMs).toBeNull();
  });

  it('fits again with the next period where it includes enough', () => {
    const alone = priced({ images: { ...CENT, included: 100, overage: 'block' } });
    const full = used(contextFor(alone), rowOf('images', 100));
    expect(judge(full, ask({ images: 100 }))?.retryAtMs).toBe(NOVEMBER.endMs);
    expect(judge(full, ask({ images: 101 }))?.retryAtMs).toBeNull();
  });

  it('blocks in a trial too, and lets nothing run without included units', () => {
    expect(codes(contextFor(plan, { status: 'trialing' }), 100, 101)).toEqual([
      null,
      'overage_blocked',
    ]);
    const none = priced({ images: { ...CENT, overage: 'block' } });
    expect(codes(contextFor(none), 0, 1)).toEqual([null, 'overage_blocked']);
  });

  it('does not stand in the way of other meters', () => {
    const two = priced({ images: { ...CENT, included: 1, overage: 'block' }, tokens: CENT });
    const over = used(contextFor(two), rowOf('images', 5));
    expect(judge(over, ask({ input_tokens: 5 }))).toBeNull();
    expect(judge(over, ask({ input_tokens: 5, images: 0 }))).toBeNull();
  });
});
