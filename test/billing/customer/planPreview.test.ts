import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import { planPreview } from '../../../billing/customer/planPreview.js';
import type { CustomerState } from '../../../billing/state.js';
import { FREE, free, PRO, row, START_MS, subscribed, used } from './world.js';

/** A preview says what the change would bill, line by line, and changes nothing. */

const DAY_MS = 86_400_000;
const HALF_MS = START_MS + 15 * DAY_MS + 30_000;
const PLUS: PlanSnapshot = {
  ...PRO,
  id: 'plus',
  plan: { ...PRO.plan, name: 'Plus', baseAmountMinor: 4900 },
};
const TRIAL: PlanSnapshot = { ...PRO, id: 'try', plan: { ...PRO.plan, trial: { days: 14 } } };

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
