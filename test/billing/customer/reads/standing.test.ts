import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { detailsPage } from '../../../../billing/customer/reads/details.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { initialState } from '../../../../billing/customer/initial.js';
import {
  customerRow,
  isClockReached,
  isSettled,
  rowFingerprint,
} from '../../../../billing/customer/reads/row.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import { customerBody } from '../../../../billing/customer/reads/standing.js';
import type { CustomerState } from '../../../../billing/state.js';
import { METERS, PREPAID } from '../../contractCatalogue.js';
import { commanded, folded, FREE, free, LINK, row, START_MS, subscribed, used } from '../world.js';

const HOUR_MS = 3_600_000;
const START = '2026-01-01T00:00:00.000Z';
const END = '2026-02-01T00:00:00.000Z';

const busy = (state: CustomerState, quantity: number) =>
  foldStretch(state, used(state.mark + 1, state.mark + 1, [row(START_MS + HOUR_MS, quantity)]));

describe('a customer as GET answers it (CONTRACT §4.1)', () => {
  it('shows a priced customer whole', () => {
    const body = customerBody(busy(subscribed(), 250), START_MS + 2 * HOUR_MS);
    expect(body).toMatchObject({
      id: 'acme',
      plan: { id: 'pro', version: 1 },
      status: 'active',
      scheduled: null,
      trialEndsAt: null,
      period: { start: START, end: END, index: 0 },
      usage: { tokens: { quantity: 250, held: 0 }, calls: { quantity: 0, held: 0 } },
      limits: [],
      credits: null,
      controls: { overage: 'allow', frozen: false },
      reporting: {
        tokens: {
          ledger: 250,
          accepted: 0,
          pending: 250,
          inDoubt: 0,
          deadLetter: 0,
          withheld: 0,
          late: 0,
        },
      },
      stripe: { customer: 'cus_1', subscription: 'sub_1' },
    });
    expect(body.spend).toMatchObject({
      accruedAmountMinor: 2975,
      softAmountMinor: null,
      hardAmountMinor: null,
    });
    expect(body.now).toBe('2026-01-01T02:00:00.000Z');
  });

  it('has no spend, no stripe and no reporting on a plan that bills nothing', () => {
    const body = customerBody(free(), START_MS);
    expect([body.spend, body.stripe, body.reporting]).toEqual([null, null, {}]);
  });

  it('says what waits for the end of the period: another plan, or a cancellation', () => {
    const waiting = (plan: PlanSnapshot | null) => {
      const state = foldStretch(
        subscribed(),
        commanded(3, { type: 'schedule', plan, atMs: START_MS + HOUR_MS }),
      );
      return customerBody(state, START_MS + HOUR_MS).scheduled;
    };
    expect(waiting({ ...FREE, version: 4 })).toStrictEqual({
      action: 'plan',
      plan: { id: 'free', version: 4 },
      at: END,
    });
    expect(waiting(null)).toStrictEqual({ action: 'cancel', plan: null, at: END });
  });

  it('has no period before there is one', () => {
    const start = initialState({ mode: 'test', customer: 'acme', life: 1 });
    expect(customerBody(start, START_MS)).toMatchObject({
      status: 'starting',
      period: null,
      usage: {},
      limits: [],
      spend: null,
      credits: null,
      reporting: {},
    });
  });

  it('puts an own spend limit before the plan and says what is frozen, and why', () => {
    const state = folded([
      commanded(3, {
        type: 'controls',
        change: { spend: { softAmountMinor: 1, hardAmountMinor: 2 }, frozen: true, reason: 'x' },
        atMs: START_MS,
      }),
    ], subscribed());
    const body = customerBody(state, START_MS);
    expect(body.status).toBe('frozen');
    expect(body.spend).toMatchObject({ softAmountMinor: 1, hardAmountMinor: 2 });
    expect(body.controls).toMatchObject({ frozen: true, reason: 'x' });
  });

  it("shows the plan's limits with what stands under them", () => {
    const limit = { id: 'p', meters: ['tokens'], max: 300, window: 'period', scope: 'customer' };
    const plan = { ...FREE, plan: { ...FREE.plan, limits: [limit] } } as PlanSnapshot;
    const state = folded([
      commanded(1, { type: 'customer', plan, details: {}, atMs: START_MS }),
      used(2, 2, [row(START_MS + HOUR_MS, 120)]),
    ]);
    expect(customerBody(state, START_MS + HOUR_MS).limits).toMatchObject([
      {
        id: 'p',
        scope: 'customer',
        key: null,
        max: 300,
        used: 120,
        held: 0,
        remaining: 180,
        enforcement: 'hard',
        resetsAt: END,
      },
    ]);
  });

  it('shows credits as decimal strings, in usage, reporting and balance', () => {
    const plan: PlanSnapshot = {
      id: 'prepaid', version: 1, revision: 1, currency: 'usd', meters: METERS, plan: PREPAID,
    };
    const state = folded([
      commanded(1, { type: 'customer', plan, details: {}, atMs: START_MS, anchorMs: START_MS }),
      commanded(2, { type: 'subscribed', request: 1, plan, stripe: LINK }),
      used(3, 3, [row(START_MS + HOUR_MS, 3, 'images')]),
    ]);
    const body = customerBody(state, START_MS + HOUR_MS);
    expect(body.usage['credits']).toEqual({ quantity: '15', held: '0' });
    expect(body.reporting['credits']).toMatchObject({ ledger: '15', withheld: '15', pending: '0' });
    expect(body.credits).toMatchObject({ balance: '985' });
  });
});

describe('the row that other processes read', () => {
  it('is saved anew for what they decide by, not for the mark', () => {
    const state = subscribed();
    const print = rowFingerprint(state);
    expect(rowFingerprint({ ...state, mark: 99 })).toBe(print);
    const frozen = { reason: 'x', sinceMs: 1 };
    const changes: Partial<CustomerState>[] = [
      { plan: { id: 'pro', version: 2 } },
      { pastDue: true },
      { controls: { ...state.controls, frozen } },
      { stripe: null },
      { firstPeriodStartMs: 5 },
      { clock: { ...state.clock, offsetMs: 5 } },
    ];
    for (const change of changes) expect(rowFingerprint({ ...state, ...change })).not.toBe(print);
    expect(rowFingerprint({ ...state, status: 'starting' })).toBe('');
  });

  it('knows whether a hard limit waits for news', () => {
    const limited = (enforcement?: 'soft' | 'hard') => {
      const limit = { id: 'a', meters: ['tokens'], max: 1, window: 'day', scope: 'user' } as const;
      const own = enforcement ? { ...limit, enforcement } : limit;
      const plan = { ...FREE, plan: { ...FREE.plan, limits: [own] } };
      return customerRow({ ...free(), snapshots: { 'free@1': plan } }).hasHardLimits;
    };
    expect([limited(), limited('hard'), limited('soft')]).toEqual([true, true, false]);
    expect(customerRow(free())).toMatchObject({
      plan: { id: 'free', version: 1 },
      status: 'active',
      stripeCustomer: null,
      firstPeriodStartMs: START_MS,
      mark: 1,
    });
  });

  it('is settled when the request is folded, nothing pends and the row is saved', () => {
    const state = { ...free(), savedRow: rowFingerprint(free()) };
    expect([isSettled(state, 1), isSettled(state, 2)]).toEqual([true, false]);
    expect(isSettled({ ...state, savedRow: 'old' }, 1)).toBe(false);
    expect(isSettled({ ...state, pending: {} as never }, 1)).toBe(false);
    const reached = { ...state, clock: { ...state.clock, reached: 1 } };
    expect([isClockReached(state, 1), isClockReached(reached, 1)]).toEqual([false, true]);
  });
});

describe('the page an operator reads', () => {
  it('shows usage, what Stripe was told, closes under way and what went wrong', () => {
    const totals = { intended: 250, accepted: 200, inDoubt: 0, deadLetter: 0, lastAtMs: 0 };
    const state = changeSegment(busy(subscribed(), 250), 0, { reports: { tokens: totals } });
    const page = detailsPage(state);
    expect(page).toContain('**acme** (test), plan **pro@1**, active');
    expect(page).toContain('Log folded to 3 of 3.');
    expect(page).toContain('| tokens | 250 | 200 |');
    expect(page).toContain('| calls | 0 |  |');
    expect(page).toContain(`Period 0: ${START} to ${END} (next due: its end)`);
    const wrong = detailsPage({
      ...state,
      halted: 'number 4',
      retry: { step: 'report', attempts: 1, atMs: 1, reason: 'busy' },
    });
    expect(wrong).toContain('**Halted:** number 4');
    expect(wrong).toContain('Waiting after `report`: busy');
    expect(page).not.toContain('Halted');
    expect(page).not.toContain('Waiting');
  });

  it('lists the three newest closes', () => {
    const [segment] = subscribed().segments;
    if (!segment) throw new Error('no segment');
    const closing = [0, 1, 2, 3, 4].map((index) => ({
      ...segment,
      index,
      stage: 'flush' as const,
      stripeInvoice: index === 3 ? 'in_3' : null,
    }));
    const page = detailsPage({ ...subscribed(), segments: closing });
    expect(page).toContain(`| 3 | ${END} | flush | in_3 |`);
    expect(page).toContain(`| 2 | ${END} | flush |  |`);
    expect(page).not.toContain(`| 0 | ${END} |`);
    expect(page).not.toContain(`| 4 | ${END} |`);
    const start = initialState({ mode: 'live', customer: 'b', life: 1 });
    expect(detailsPage(start)).toContain('**b** (live), plan **none yet**, starting');
  });
});
