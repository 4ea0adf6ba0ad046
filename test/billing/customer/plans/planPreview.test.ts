import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { initialState } from '../../../../billing/customer/initial.js';
import { applyEnded } from '../../../../billing/customer/plans/leaving.js';
import { planPreview } from '../../../../billing/customer/plans/planPreview.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { CustomerState } from '../../../../billing/state.js';
import {
  commanded,
  folded,
  FREE,
  free,
  LINK,
  PRO,
  row,
  START_MS,
  subscribed,
  used,
} from '../world.js';

/** A preview says what the change would bill, line by line, and changes nothing. */

const DAY_MS = 86_400_000;
const HALF_MS = START_MS + 15 * DAY_MS + 30_000;
const PLUS: PlanSnapshot = {
  ...PRO,
  id: 'plus',
  plan: { ...PRO.plan, name: 'Plus', baseAmountMinor: 4900 },
};
const TRIAL: PlanSnapshot = { ...PRO, id: 'try', plan: { ...PRO.plan, trial: { days: 14 } } };
const METERED: PlanSnapshot = {
  ...PRO,
  id: 'metered',
  plan: { ...PRO.plan, baseAmountMinor: 0 },
};
const MONTH_MS = 31 * DAY_MS;
const BEGUN_MS = START_MS + DAY_MS + 23_000;

const paying = () =>
  foldStretch(subscribed(), used(3, 3, [row(START_MS + DAY_MS, 300)]));

function drafts(state: CustomerState, plan: PlanSnapshot, when: 'now' | 'periodEnd') {
  const before = JSON.stringify(state);
  const { effectiveAt, invoices } = planPreview(state, plan, when, HALF_MS);
  expect(JSON.stringify(state)).toBe(before);
  const shown = invoices.map(({ reason, lines, subtotalMinor }) => [
    reason,
    lines.map(({ ref, amountMinor }) => `${ref} ${amountMinor}`),
    subtotalMinor,
  ]);
  return [effectiveAt, ...shown];
}

const ended = (state: CustomerState, atMs: number) =>
  applyEnded(state, {
    type: 'ended', request: null, endedSeconds: atMs / 1000, byCycle: false,
  });

function trialing(): CustomerState {
  const stripe = { ...LINK, trialEndSeconds: LINK.anchorSeconds + 20 * 86_400 };
  return folded([
    commanded(1, { type: 'customer', plan: TRIAL, details: {}, atMs: START_MS }),
    commanded(2, { type: 'subscribed', request: 1, plan: TRIAL, stripe }),
  ]);
}

const NOW = '2026-01-16T00:00:30.000Z';
const END = '2026-02-01T00:00:00.000Z';

it('now: the usage so far, the unused base, the new base', () => {
  expect(drafts(paying(), PLUS, 'now')).toStrictEqual([
    NOW,
    // 16 of 31 days are left of 2900.
    ['final', ['tokens/included 0', 'tokens 100', 'base/unused -1497'], -1397],
    ['start', ['base 4900'], 4900],
  ]);
  expect(drafts(paying(), FREE, 'now')).toStrictEqual([
    NOW,
    ['final', ['tokens/included 0', 'tokens 100'], 100],
  ]);
});

it('at the end of the period: the usage, the base as charged, and the difference', () => {
  expect(drafts(paying(), PLUS, 'periodEnd')).toStrictEqual([
    END,
    ['cycle', ['tokens/included 0', 'tokens 100', 'base/change 2000', 'base 2900'], 5000],
  ]);
  expect(drafts(paying(), FREE, 'periodEnd')).toStrictEqual([
    END,
    ['final', ['tokens/included 0', 'tokens 100'], 100],
  ]);
});

it('from a plan without prices: the first base alone, and nothing in a trial', () => {
  expect(drafts(free(), PRO, 'now')).toStrictEqual([NOW, ['start', ['base 2900'], 2900]]);
  expect(drafts(free(), PRO, 'periodEnd')).toStrictEqual([END, ['start', ['base 2900'], 2900]]);
  expect(drafts(free(), TRIAL, 'now')).toStrictEqual([NOW]);
  expect(drafts(free(), FREE, 'periodEnd')).toStrictEqual([END]);
});

it('of a customer without a plan: the first base, whenever it is asked for', () => {
  const fresh = initialState({ mode: 'test', customer: 'new', life: 1 });
  const first = [NOW, ['start', ['base 2900'], 2900]];
  expect(drafts(fresh, PRO, 'now')).toStrictEqual(first);
  expect(drafts(fresh, PRO, 'periodEnd')).toStrictEqual(first);
  expect(drafts(fresh, FREE, 'now')).toStrictEqual([NOW]);
});

it('of the plan that the customer is on: nothing, since nothing changes', () => {
  expect(drafts(paying(), PRO, 'now')).toStrictEqual([NOW]);
});

it('of another version with a base: charged at once where nothing of it was charged', () => {
  const priced = { ...PRO, id: 'free', version: 2 };
  expect(drafts(free(), priced, 'now')).toStrictEqual([NOW, ['start', ['base 2900'], 2900]]);
  expect(drafts(free(), priced, 'periodEnd')).toStrictEqual([
    END, ['start', ['base 2900'], 2900],
  ]);
  const next = { ...TRIAL, version: 2 };
  expect(drafts(trialing(), next, 'now')).toStrictEqual([NOW, ['start', ['base 2900'], 2900]]);
});

it('after a cancellation: the new base, and not again what was the last invoice', () => {
  const first = [NOW, ['start', ['base 2900'], 2900]];
  expect(drafts(ended(paying(), START_MS + 2 * DAY_MS), PRO, 'now')).toStrictEqual(first);
  expect(drafts(ended(subscribed(), START_MS + 50_000), PRO, 'now')).toStrictEqual(first);
});

it('in the minute in which a subscription began: its base comes back', () => {
  const begunAt = (state: CustomerState) => planPreview(state, PLUS, 'now', BEGUN_MS).invoices;
  for (const before of [initialState({ mode: 'test', customer: 'new', life: 1 }), free()]) {
    const stripe = { ...LINK, anchorSeconds: BEGUN_MS / 1000 };
    const began = { type: 'subscribed', request: 9, plan: PRO, stripe } as const;
    const state = foldStretch(before, commanded(before.mark + 1, began));
    expect(begunAt(state)).toMatchObject([
      { reason: 'final', plan: { id: 'pro' }, subtotalMinor: -2900 },
      { reason: 'start', plan: { id: 'plus' }, subtotalMinor: 4900 },
    ]);
  }
});

it('holds no invoice that would be empty', () => {
  expect(drafts(free(), METERED, 'now')).toStrictEqual([NOW]);
});

it('is of the period under way, however many came before', () => {
  const later = turn(paying(), HALF_MS + 2 * MONTH_MS);
  expect(later.segments.length).toBeGreaterThan(2);
  const { invoices } = planPreview(later, PLUS, 'now', HALF_MS + 2 * MONTH_MS);
  expect(invoices).toMatchObject([
    { reason: 'final', period: { start: '2026-03-01T00:00:00.000Z' }, plan: { id: 'pro' } },
    { reason: 'start', period: { start: '2026-03-19T00:00:00.000Z' }, plan: { id: 'plus' } },
  ]);
});

it('shows each invoice whole: whose, under which plan, of when', () => {
  const [, start] = planPreview(paying(), PLUS, 'now', HALF_MS).invoices;
  expect(start).toMatchObject({
    customer: 'acme',
    plan: { id: 'plus', version: 1 },
    currency: 'usd',
    status: 'draft',
    period: { start: '2026-01-16T00:00:00.000Z', end: '2026-02-16T00:00:00.000Z' },
  });
  const [first] = planPreview(free(), PRO, 'periodEnd', HALF_MS).invoices;
  expect(first?.period).toStrictEqual({ start: END, end: '2026-03-01T00:00:00.000Z' });
});
