import type { Plan } from '../../../billing/catalogue.js';
import { NO_CONTROLS } from '../../../billing/controls.js';
import { type CreditAccount, type Lot, NO_CREDITS } from '../../../billing/credits/account.js';
import type { LimitContext } from '../../../billing/limits/context.js';
import { estimate } from '../../../billing/limits/estimate.js';
import { headroom } from '../../../billing/limits/headroom.js';
import { judge } from '../../../billing/limits/judge.js';
import { standingsOf } from '../../../billing/limits/standings.js';
import { METERS } from '../contractCatalogue.js';
import {
  ask,
  contextFor,
  holding,
  holdOf,
  NOON_MS,
  NOVEMBER,
  planOf,
  rowOf,
  used,
} from './limited.js';

/** An account with so many credits of one purchase. */
function account(credits: number, more: Partial<CreditAccount> = {}): CreditAccount {
  const amount = credits * 1_000_000;
  const lot: Lot = {
    id: 'credit/a',
    kind: 'purchase',
    amount,
    left: amount,
    timestampMs: NOVEMBER.startMs,
    expiresAtMs: null,
  };
  const totals = { in: amount, burned: 0, expired: 0 };
  return { ...NO_CREDITS, lots: [lot], totals, ...more };
}

/** Granted only: nothing is sold beyond. An image is 5 credits. */
const GRANTED = planOf([], { creditGrant: { amount: '50' } });

function soldPlan(more: Partial<Plan> = {}) {
  const price = { type: 'perUnit', unitAmountMinor: '1.2' } as const;
  return planOf([], { prices: { credits: price }, spend: { hardAmountMinor: 12 }, ...more });
}

function codes(context: LimitContext, ...units: readonly number[]): (string | null)[] {
  return units.map((images) => judge(context, ask({ images }))?.code ?? null);
}

describe('a plan that pays in credits it does not sell', () => {
  const context = contextFor(GRANTED, { credits: account(50) });

  it('takes what the account covers and nothing beyond', () => {
    expect(codes(context, 0, 10, 11)).toEqual([null, null, 'credits_exhausted']);
    expect(judge(context, ask({ images: 11 }))).toMatchObject({
      detail: '50 credits are left and 0 held, 55 were asked for.',
      message: 'You do not have enough credits left for this.',
      action: 'topUp',
      limits: [],
      retryAtMs: null,
      retryable: false,
    });
    expect(codes({ ...context, status: 'trialing' }, 11)).toEqual(['credits_exhausted']);
  });

  it('lets credits that are pinned for others come back first', () => {
    const pinned = { ...context, pinned: { 'credit/a': 20_000_000 } };
    expect(codes(pinned, 6, 7, 10, 11)).toEqual([
      null,
      'held_by_concurrent_requests',
      'held_by_concurrent_requests',
      'credits_exhausted',
    ]);
    expect(judge(pinned, ask({ images: 7 }))?.detail).toBe(
      '50 credits are left and 20 held, 35 were asked for.',
    );
  });

  it('weighs by the first rate that matches', () => {
    const large = { properties: { model: 'large' } };
    expect(judge(context, ask({ output_tokens: 5000 }, large))).toBeNull();
    expect(judge(context, ask({ output_tokens: 5001 }, large))?.code).toBe('credits_exhausted');
    expect(judge(context, ask({ output_tokens: 50_000 }))).toBeNull();
    expect(judge(context, ask({ output_tokens: 50_001 }))?.code).toBe('credits_exhausted');
  });

  it('does not count on credits that ended', () => {
    const ended = { ...(account(50).lots[0] as Lot), expiresAtMs: NOON_MS };
    expect(codes({ ...context, credits: account(50, { lots: [ended] }) }, 1)).toEqual([
      'credits_exhausted',
    ]);
  });

  it('can have other meters that cost money, and a spend limit for them', () => {
    const seats = { name: 'Seats', unit: 'seat', aggregation: 'sum' } as const;
    const price = { type: 'perUnit', unitAmountMinor: '10' } as const;
    const more = { creditGrant: { amount: '50' }, prices: { seats: price } };
    const plan = planOf([], { ...more, spend: { hardAmountMinor: 20 } }, { ...METERS, seats });
    const both = { ...context, snapshot: plan };
    const code = (quantities: Record<string, number>) => judge(both, ask(quantities))?.code;
    expect(code({ images: 10, seats: 2 })).toBeUndefined();
    expect(code({ images: 11, seats: 3 })).toBe('credits_exhausted');
    expect(code({ images: 10, seats: 3 })).toBe('spend_limit_reached');
    expect(code({ seats: 2 })).toBeUndefined();
    expect(estimate(both, ask({ seats: 2 }))).toEqual({ amountMinor: '20', credits: '0' });
  });

  it('can have a limit in credits', () => {
    const limit = { id: 'c', meters: ['credits'], max: 10, window: 'day', scope: 'user' } as const;
    const plan = planOf([limit], { creditGrant: { amount: '50' } });
    const limited = { ...context, snapshot: plan };
    expect(codes(limited, 2, 3)).toEqual([null, 'limit_reached']);
    expect(judge(limited, ask({ images: 3 }))?.detail).toContain('c allows 10 credits a day');
  });

  it('has room for what the account covers', () => {
    expect(headroom(context, ask({ images: 1 }))).toBe(10);
    const pinned = { ...context, pinned: { 'credit/a': 20_000_000 } };
    expect(headroom(pinned, ask({ images: 1 }))).toBe(6);
  });

  it('estimates credits, and no money', () => {
    expect(estimate(context, ask({ images: 1, output_tokens: 500 }))).toEqual({
      amountMinor: '0',
      credits: '5.5',
    });
    expect(estimate(context, ask({ images: 0 }))).toEqual({ amountMinor: '0', credits: '0' });
  });
});

describe('a plan that sells credits beyond the account', () => {
  const context = contextFor(soldPlan(), { credits: account(50) });

  it('bills the rest, up to the spend limit', () => {
    expect(codes(context, 10, 12, 13)).toEqual([null, null, 'spend_limit_reached']);
    expect(estimate(context, ask({ images: 11 }))).toEqual({ amountMinor: '6', credits: '55' });
    expect(estimate(context, ask({ images: 10 }))).toEqual({ amountMinor: '0', credits: '50' });
  });

  it('counts what the period used beyond the account, not what the account paid', () => {
    const burned = used(context, rowOf('images', 100));
    expect(codes(burned, 12)).toEqual([null]);
    const uncovered = { [NOVEMBER.index]: 5_000_000 };
    const beyond = { ...burned, credits: account(50, { uncovered }) };
    expect(codes(beyond, 11, 12)).toEqual([null, 'spend_limit_reached']);
    const before = { ...burned, credits: account(50, { uncovered: { 3: 5_000_000 } }) };
    expect(codes(before, 12)).toEqual([null]);
  });

  it('counts what holds will have billed: what they hold beyond their pins', () => {
    const held = holding(context, holdOf(ask({ images: 11 })));
    const pinned = { ...held, pinned: { 'credit/a': 50_000_000 } };
    expect(codes(pinned, 1, 2, 12, 13)).toEqual([
      null,
      'held_by_concurrent_requests',
      'held_by_concurrent_requests',
      'spend_limit_reached',
    ]);
    const four = holding(context, holdOf(ask({ images: 4 })));
    const all = { ...four, pinned: { 'credit/a': 20_000_000 } };
    expect(codes(all, 8, 9)).toEqual([null, 'held_by_concurrent_requests']);
  });

  it('blocks what is beyond the account by the kill switch', () => {
    const blocked = { ...context, controls: { ...NO_CONTROLS, overage: 'block' as const } };
    expect(codes(blocked, 10, 11)).toEqual([null, 'overage_blocked']);
  });

  it('can include units of its own that block', () => {
    const price = { type: 'perUnit', unitAmountMinor: '1', included: 5, overage: 'block' } as const;
    const included = { ...context, snapshot: soldPlan({ prices: { credits: price } }) };
    expect(codes(included, 11, 12)).toEqual([null, 'overage_blocked']);
    expect(standingsOf(included)).toMatchObject([
      { id: 'included/credits', max: 5, used: '0', held: '0', remaining: '5' },
    ]);
    expect(judge(included, ask({ images: 12 }))?.detail).toBe(
      'included/credits allows 5 credits a period; 0 are used and 0 held, 60 were asked for.',
    );
  });
});
