import { dueAlerts } from '../../../billing/alerts/due.js';
import { spendAlerts } from '../../../billing/alerts/moneyAlerts.js';
import type { Plan } from '../../../billing/catalogue.js';
import type { CreditAccount } from '../../../billing/credits/account.js';
import { NO_CREDITS } from '../../../billing/credits/account.js';
import { contextOf } from '../../../billing/limits/contextOf.js';
import { rulebookOf } from '../../../billing/limits/rulebook.js';
import type { CustomerState } from '../../../billing/state.js';
import { NOVEMBER_MS } from '../forecast/world.js';
import { alerted, counted, keysOf, NOW_MS, tokens } from './world.js';

/** Alerts of spend and of credits. */

const PRICES = { tokens: { type: 'perUnit' as const, unitAmountMinor: '1' } };

function spent(plan: Partial<Plan>, units: number, change: Partial<CustomerState> = {}) {
  return counted({ ...alerted({ prices: PRICES, ...plan }), ...change }, tokens(units));
}

describe('spend', () => {
  const hard = { spend: { hardAmountMinor: 1000 }, alertsAtPercent: [50] };

  it('is told at each percentage of the hard limit, base included', () => {
    expect(keysOf(spent({ ...hard, baseAmountMinor: 100 }, 399))).toStrictEqual([]);
    expect(keysOf(spent({ ...hard, baseAmountMinor: 100 }, 400))).toEqual([
      `limit.approaching/spend/${NOVEMBER_MS}/50`,
    ]);
    const [, reached] = dueAlerts(spent(hard, 1000), NOW_MS);
    expect(reached).toMatchObject({
      key: `limit.reached/spend/${NOVEMBER_MS}/100`,
      details: {
        limit: 'spend',
        scope: 'customer',
        key: null,
        percent: 100,
        max: 1000,
        used: '1000',
        amounts: true,
        enforcement: 'hard',
        resetsAt: '2026-12-01T00:00:00.000Z',
      },
    });
  });

  it('is told once at the soft amount, with both figures', () => {
    const plan = { spend: { softAmountMinor: 500 } };
    expect(keysOf(spent(plan, 499))).toStrictEqual([]);
    expect(dueAlerts(spent(plan, 500), NOW_MS)).toMatchObject([
      {
        key: `spend.softReached/${NOVEMBER_MS}`,
        type: 'spend.softReached',
        details: { softAmountMinor: 500, accruedAmountMinor: '500' },
      },
    ]);
  });

  it('goes by what the operator set, then the plan, then the last periods', () => {
    const plan = { spend: { softAmountMinor: 500, hardAmountMinor: 900 } };
    const { controls, pace } = alerted({});
    const own = { ...controls, spend: { softAmountMinor: 100, hardAmountMinor: 200 } };
    expect(keysOf(spent(plan, 200, { controls: own }))).toEqual([
      `limit.reached/spend/${NOVEMBER_MS}/100`,
      `spend.softReached/${NOVEMBER_MS}`,
    ]);
    const closed = { pace: { ...pace, closedSpendMinor: [100, 100, 100] } };
    expect(keysOf(spent(plan, 80, closed))).toStrictEqual([]);
    expect(keysOf(spent({}, 79, closed))).toStrictEqual([]);
    expect(keysOf(spent({}, 80, closed))).toEqual([`spend.softReached/${NOVEMBER_MS}`]);
  });

  it('is no matter of a plan that costs nothing, nor of a trial', () => {
    const { pace } = alerted({});
    const closed = { pace: { ...pace, closedSpendMinor: [100] } };
    expect(keysOf(spent({ prices: undefined }, 500, closed))).toStrictEqual([]);
    expect(keysOf(spent(hard, 1000, { status: 'trialing' }))).toStrictEqual([]);
  });

  it('is no matter where no period is open, whatever amounts are set', () => {
    for (const amount of ['hardAmountMinor', 'softAmountMinor']) {
      const state = spent({ spend: { [amount]: 1 } }, 1000);
      const context = contextOf({ ...state, segments: [] }, NOW_MS);
      const rulebook = rulebookOf(context.snapshot);
      expect(spendAlerts(context, rulebook, [100])).toStrictEqual([]);
    }
  });
});

describe('credits', () => {
  function holding(left: number, plan: Partial<Plan>, ever = 1000): CustomerState {
    const lot = { id: 'grant/0', kind: 'grant' as const, amount: 1000, left };
    const credits: CreditAccount = {
      ...NO_CREDITS,
      lots: left === 0 ? [] : [{ ...lot, timestampMs: NOVEMBER_MS, expiresAtMs: null }],
      totals: { in: ever, burned: ever - left, expired: 0 },
    };
    return { ...alerted(plan), credits };
  }
  // A thousand micro-credits.
  const granting = { creditGrant: { amount: '0.001' } };

  it('are low below a fifth of the grant, and once more at zero', () => {
    expect(keysOf(holding(200, granting))).toStrictEqual([]);
    expect(dueAlerts(holding(199, granting), NOW_MS)).toMatchObject([
      {
        key: `credits.low/${NOVEMBER_MS}/20`,
        type: 'credits.low',
        details: { balance: '0.000199', grant: '0.001', percent: 20 },
      },
    ]);
    expect(keysOf(holding(0, granting))).toEqual([
      `credits.low/${NOVEMBER_MS}/20`,
      `credits.low/${NOVEMBER_MS}/0`,
    ]);
  });

  it('without a grant are low at zero, of customers who ever had some', () => {
    const selling = { prices: { credits: { type: 'perUnit' as const, unitAmountMinor: '1' } } };
    expect(keysOf(holding(1, selling))).toStrictEqual([]);
    expect(dueAlerts(holding(0, selling), NOW_MS)).toMatchObject([
      { key: `credits.low/${NOVEMBER_MS}/0`, details: { balance: '0', grant: null, percent: 0 } },
    ]);
    expect(keysOf(holding(0, selling, 0))).toStrictEqual([]);
  });

  it('are no matter of a plan that does not pay in them', () => {
    expect(keysOf(holding(0, {}))).toStrictEqual([]);
  });
});
