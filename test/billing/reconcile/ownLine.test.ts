import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { changeSegment, planKey } from '../../../billing/customer/periods/segments.js';
import { turn } from '../../../billing/customer/periods/turning.js';
import type { InvoiceLine } from '../../../billing/invoice.js';
import type { Explained, Ground } from '../../../billing/reconcile/explanation.js';
import { explainOwn } from '../../../billing/reconcile/ownLine.js';
import type { CustomerState } from '../../../billing/state.js';
import { folded, FREE, PRO, row, START_MS, subscribed, used } from '../customer/world.js';
import { groundOf, invoiceOf, lineOf, PERIOD } from './ground.js';

/** Lines that are no usage of the invoice's period, computed anew or taken as they stand. */

const DAY_MS = 86_400_000;
const NEXT = { start: PERIOD.end, end: '2026-03-01T00:00:00.000Z' };

/** Costs less than PRO by base and by price. */
const OLD: PlanSnapshot = {
  ...PRO,
  id: 'old',
  version: 3,
  plan: {
    ...PRO.plan,
    baseAmountMinor: 900,
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.25' } },
  },
};

const OLD_NAME = { id: OLD.id, version: OLD.version };
const FREE_NAME = { id: FREE.id, version: FREE.version };

/** 1,100 tokens in January, and a February; the other plans are known. */
const january = folded([used(3, 3, [row(START_MS, 1100)])], subscribed());
const turned = turn(january, START_MS + 32 * DAY_MS);
const others = { [planKey(OLD)]: OLD, [planKey(FREE)]: FREE };
const state: CustomerState = { ...turned, snapshots: { ...turned.snapshots, ...others } };

function explained(
  ref: string,
  change: Partial<InvoiceLine>,
  from: CustomerState = state,
  more: { readonly invoice?: Partial<Explained>; readonly ground?: Partial<Ground> } = {},
) {
  const ground = { ...groundOf(from), ...more.ground };
  const invoice = { ...invoiceOf(state), ...more.invoice };
  const { steps, ...rest } = explainOwn(ground, invoice, lineOf(ref, change));
  return { ...rest, kinds: steps.map(({ step }) => step), text: steps[0]?.text, steps };
}

/** What is said of a line that is taken as it stands. */
const GIVEN = { kinds: ['given'], recomputedMinor: null, equal: true };

test('a line is computed anew, step by step, and held against what it says', () => {
  const right = explained('base', { period: NEXT, amountMinor: 2900 });
  expect(right.steps).toEqual([
    {
      line: 'base',
      step: 'arithmetic',
      text: '1 x 2900, pro@1 from 2026-02-01 in advance',
      figures: { amountMinor: 2900 },
    },
    expect.objectContaining({ step: 'check', text: 'computed anew 2900, the same as the line' }),
  ]);
  expect(right).toMatchObject({ recomputedMinor: 2900, equal: true });
  const wrong = explained('base', { period: NEXT, amountMinor: 2901 });
  expect(wrong).toMatchObject({ recomputedMinor: 2900, equal: false });
  expect(wrong.steps[1]?.figures).toEqual({
    recomputedMinor: 2900,
    amountMinor: 2901,
    equal: false,
  });
});

test('a base that the log does not reach yet is one of the plan of the period before', () => {
  const line = { period: { start: NEXT.end, end: '' }, amountMinor: 2900 };
  const later = { ...invoiceOf(state), period: NEXT };
  expect(explained('base', line, state, { invoice: later })).toMatchObject({
    text: '1 x 2900, pro@1 from 2026-03-01 in advance',
    equal: true,
  });
  const nowhere = { period: { start: '2020-01-01T00:00:00.000Z', end: '' } };
  expect(() => explained('base', line, state, { invoice: nowhere })).toThrow('2020-01-01');
});

test('after a change at the end Stripe charges the base before, on a start the new one', () => {
  const from = changeSegment(state, 1, { basePlan: OLD_NAME });
  const line = { period: NEXT, amountMinor: 900 };
  expect(explained('base', line, from)).toMatchObject({
    text: '1 x 900, old@3 from 2026-02-01 in advance',
    equal: true,
  });
  const start = explained('base', line, from, { invoice: { reason: 'start' } });
  expect(start).toMatchObject({ recomputedMinor: 2900, equal: false });
});

describe('what a base gives back that was cut short', () => {
  const cutMs = START_MS + 20 * DAY_MS;
  const period = { start: new Date(cutMs).toISOString(), end: PERIOD.end };
  const cut = changeSegment(state, 0, { endMs: cutMs });

  test('is its share of the minutes left, rounded', () => {
    // 2900 x 15,840 / 44,640 is 1029.03.
    expect(explained('base/unused', { period, amountMinor: -1029 }, cut)).toMatchObject({
      text: '-(2900 x 15,840 minutes left / 44,640), rounded',
      recomputedMinor: -1029,
      equal: true,
    });
  });

  test('is nothing of a plan without a base', () => {
    const free = changeSegment(cut, 0, { plan: FREE_NAME });
    expect(explained('base/unused', { period }, free)).toMatchObject({
      text: '-(0 x 15,840 minutes left / 44,640), rounded',
      recomputedMinor: 0,
      equal: true,
    });
  });

  test('is taken as it stands where the log has forgotten the period', () => {
    expect(explained('base/unused', { period, amountMinor: -9 })).toMatchObject(GIVEN);
  });
});

describe('what evens out the base that was charged', () => {
  const change = (basePlan: typeof OLD_NAME | undefined, amountMinor: number, plan = PRO) => {
    const next = { plan: { id: plan.id, version: plan.version }, ...(basePlan && { basePlan }) };
    return explained('base/change', { period: NEXT, amountMinor }, changeSegment(state, 1, next));
  };

  test('is the new base less the charged one', () => {
    expect(change(OLD_NAME, 2000)).toMatchObject({
      text: '2900 - 900, new base - charged base',
      recomputedMinor: 2000,
      equal: true,
    });
    expect(change(OLD_NAME, 2001).equal).toBe(false);
    expect(change(OLD_NAME, 0, OLD)).toMatchObject({ recomputedMinor: 0, equal: true });
  });

  test('counts a plan without a base as 0, on either side', () => {
    expect(change(FREE_NAME, 2900).text).toBe('2900 - 0, new base - charged base');
    expect(change(OLD_NAME, -900, FREE).text).toBe('0 - 900, new base - charged base');
  });

  test('is taken as it stands where no other base was charged, or no such period is known', () => {
    expect(change(undefined, 2000)).toMatchObject(GIVEN);
    const unknown = { period: { ...NEXT, start: NEXT.end }, amountMinor: 5 };
    expect(explained('base/change', unknown)).toMatchObject(GIVEN);
  });
});

describe('the net under the first bill after a migration', () => {
  const migrated = changeSegment(state, 0, { netAgainst: OLD_NAME });

  test('gives back what the plan before would have cost less', () => {
    // 2900 + 500 now; 900 + 275 before.
    expect(explained('net', { amountMinor: -2225 }, migrated)).toMatchObject({
      text: '-(this bill - the same usage under old@3), the first after a migration',
      recomputedMinor: -2225,
      equal: true,
    });
  });

  test('is nothing for a period that was cut short, and as it stands without a migration', () => {
    const cut = changeSegment(migrated, 0, { close: 'final' });
    expect(explained('net', { amountMinor: -5 }, cut)).toMatchObject({
      recomputedMinor: 0,
      equal: false,
    });
    expect(explained('net', { amountMinor: -5 })).toMatchObject(GIVEN);
  });
});

test('a credit is one that a command of the log gives, to the cent', () => {
  const given = {
    a: { amountMinor: 300, reason: 'an outage', done: true },
    b: { amountMinor: 500, reason: 'a wrong price', done: true },
  };
  const from = changeSegment(state, 0, { given });
  expect(explained('credit', { amountMinor: -500 }, from)).toMatchObject({
    text: 'given by an operator (b): a wrong price',
    recomputedMinor: -500,
    equal: true,
  });
  expect(explained('credit', { amountMinor: -501 }, from)).toMatchObject(GIVEN);
  expect(explained('credit', { amountMinor: -500 })).toMatchObject(GIVEN);
});

test('a period that Stripe alone has begun is charged and given back', () => {
  // What follows here is of another plan, and begins where Stripe's period does.
  const next = changeSegment(state, 1, { plan: FREE_NAME });
  const credit = { amountMinor: 2900, reason: 'Pro had ended', done: true };
  const from = changeSegment(next, 0, { close: 'overrun', given: { overrun: credit } });
  expect(explained('base', { period: NEXT, amountMinor: 2900 }, from)).toMatchObject({
    text: '1 x 2900, pro@1 from 2026-02-01 in advance',
    equal: true,
  });
  expect(explained('credit', { amountMinor: -2900 }, from)).toMatchObject({
    text: 'given back: Pro had ended',
    recomputedMinor: -2900,
    equal: true,
  });
});

describe('late usage', () => {
  const frozen = changeSegment(state, 0, { frozen: true });
  const late = (amountMinor: number, lateBefore = 0, ref = 'late/tokens') =>
    explained(ref, { quantity: 3, amountMinor }, frozen, {
      ground: { lateBefore: () => lateBefore },
    });

  test('costs what all units together cost more', () => {
    // 1,000 units beyond the included ones are 500; 1,003 are 501.5, rounded 502.
    expect(late(2)).toMatchObject({
      text: 'pro@1 at 1103 units 502 - at 1100 units 500',
      recomputedMinor: 2,
      equal: true,
    });
  });

  test('stands on late usage that was billed before it', () => {
    expect(late(1, 5)).toMatchObject({
      text: 'pro@1 at 1108 units 504 - at 1105 units 503',
      equal: true,
    });
  });

  test('of a meter without a price is taken as it stands', () => {
    expect(late(7, 0, 'late/calls')).toMatchObject(GIVEN);
  });
});

test.each([
  ['stripe/il_1', '', 'stripe/il_1: 77, made by others at Stripe'],
  ['stripe/il_1', 'Onboarding', 'Onboarding: 77, made by others at Stripe'],
  ['surprise', '', 'surprise: 77, stands as it was given'],
  ['gift/tokens', '', 'gift/tokens: 77, stands as it was given'],
])('%s described as "%s" is taken as it stands', (ref, description, text) => {
  const { steps, ...rest } = explained(ref, { description, amountMinor: 77 });
  expect(steps).toEqual([{ line: ref, step: 'given', text, figures: { amountMinor: 77 } }]);
  expect(rest).toMatchObject(GIVEN);
});
