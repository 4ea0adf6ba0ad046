import fc from 'fast-check';
import type { Plan } from '../../../billing/catalogue.js';
import { projectedMinor } from '../../../billing/customer/reads/projection.js';
import { reachedAt } from '../../../billing/forecast/reachedAt.js';
import { spendAhead } from '../../../billing/forecast/spendAhead.js';
import { DAY_MS, MINUTE_MS } from '../../../billing/period.js';
import { afterUse, customer, daily, NOVEMBER_MS, open, standing } from './world.js';

/** Ten full days of 144 tokens: one in ten minutes. */
const NOW_MS = NOVEMBER_MS + 10 * DAY_MS;
const DAYS = daily(Array.from({ length: 10 }, () => 144));

describe('when the spend limit is reached', () => {
  const plan: Partial<Plan> = {
    baseAmountMinor: 100,
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '1' } },
  };
  const spend = (max: number) => standing({ id: 'spend', max, used: '1540', amounts: true });

  it('is when the period will have cost so much, base included', () => {
    const state = afterUse(customer(plan), DAYS);
    expect(reachedAt(state, spend(1541), NOW_MS)).toBe(NOW_MS + 5 * MINUTE_MS);
    expect(reachedAt(state, spend(2100), NOW_MS)).toBe(NOW_MS + 5595 * MINUTE_MS);
    expect(reachedAt(state, spend(1540), NOW_MS)).toBe(NOW_MS);
  });

  it('goes by whole minor units as an invoice does, and by the highest they came to', () => {
    const tokens = { type: 'perUnit' as const, unitAmountMinor: '0.5' };
    const state = afterUse(customer({ baseAmountMinor: 100, prices: { tokens } }), DAYS);
    const at = reachedAt(state, standing({ id: 'spend', max: 821, used: '820' }), NOW_MS);
    expect(at).toBe(NOW_MS + 5 * MINUTE_MS);
    const tiers = [
      { upTo: 1500, unitAmountMinor: '2' },
      { upTo: 'inf' as const, unitAmountMinor: '1' },
    ];
    const volume = customer({ prices: { tokens: { type: 'volume', tiers } } });
    const falling = standing({ id: 'spend', max: 3000, used: '2880' });
    expect(reachedAt(afterUse(volume, DAYS), falling, NOW_MS)).toBe(NOW_MS + 595 * MINUTE_MS);
    // What it was once is no reason to say it will be in a window that is over.
    const over = { ...falling, max: 2000, used: '1600', resetsAtMs: NOW_MS };
    expect(reachedAt(afterUse(volume, DAYS), over, NOW_MS)).toBeNull();
  });

  it('agrees with the projection: reached before the end, or not', () => {
    const units = fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(units, fc.nat({ max: 4000 }), (days, more) => {
        const state = afterUse(customer(plan), daily(days));
        const projected = projectedMinor(state, open(state), NOW_MS);
        const used = 100 + days.reduce((sum, each) => sum + each, 0);
        const at = reachedAt(state, { ...spend(used + 1 + more), used }, NOW_MS);
        if (at === null) expect(projected).toBeLessThanOrEqual(used + 1 + more);
        else expect(projected).toBeGreaterThanOrEqual(used + 1 + more);
      }),
    );
  });
});

it('credits of the account are used up before any cost money', () => {
  const plan = { prices: { credits: { type: 'perUnit' as const, unitAmountMinor: '2' } } };
  const state = afterUse(customer(plan), daily([20, 20, 20]));
  const nowMs = NOVEMBER_MS + 3 * DAY_MS;
  const lot = { kind: 'purchase' as const, amount: 0, timestampMs: 0, expiresAtMs: null };
  const costs = (left: number) => {
    const credits = { ...state.credits, lots: [{ ...lot, id: 'a', left }] };
    const ahead = spendAhead({ ...state, credits }, open(state), nowMs);
    return [ahead.at('expected', 27 * 1440), ahead.most(27 * 1440)];
  };
  // 27 days of 10 credits to come, at 2 each.
  expect(costs(0)).toEqual(['540', '540']);
  expect(costs(120_000_000)).toEqual(['300', '300']);
  expect(costs(900_000_000)).toEqual(['0', '0']);
  const tokens = customer({ prices: { tokens: plan.prices.credits } });
  const priced = afterUse(tokens, daily([20, 20, 20]));
  const rich = { ...priced.credits, lots: [{ ...lot, id: 'a', left: 9e14 }] };
  const ahead = spendAhead({ ...priced, credits: rich }, open(priced), nowMs);
  expect(ahead.at('expected', 27 * 1440)).toBe('1200');
});
