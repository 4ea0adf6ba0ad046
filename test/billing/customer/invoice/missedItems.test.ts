import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import type { CustomerState } from '../../../../billing/state.js';
import { laneOf, runLane, type Lane } from '../close/perfectStripe.js';
import { commanded, PRO, START_MS, subscribed } from '../world.js';

/** Stripe has finalised an invoice without us: what was to stand on it stands on the next one. */

const FEBRUARY_MS = Date.UTC(2026, 1, 1);
const HOUR_MS = 3_600_000;

const plan = (id: string, baseAmountMinor: number): PlanSnapshot => ({
  ...PRO,
  id,
  plan: { ...PRO.plan, name: id, baseAmountMinor },
});

/** Another plan from the end of the period at `atMs` on. */
function turned(state: CustomerState, to: PlanSnapshot, atMs: number): CustomerState {
  const next = state.mark + 1;
  const asked = commanded(next, { type: 'schedule', plan: to, atMs: atMs - HOUR_MS });
  const turn = { type: 'turned', request: next, plan: to, atMs } as const;
  return [asked, commanded(next + 1, turn)].reduce(foldStretch, state);
}

/** We were away until Stripe had finalised. */
function back(state: CustomerState): Lane {
  const lane = laneOf(state);
  lane.bend = (view) => ({ ...view, status: 'open' });
  runLane(lane, FEBRUARY_MS + 2 * HOUR_MS);
  lane.bend = (view) => view;
  return lane;
}

const lines = ({ invoices }: Lane) =>
  invoices.at(-1)?.lines.map(({ ref, amountMinor }) => `${ref}=${amountMinor}`);

it.each([
  ['dearer', 4900],
  ['cheaper', 900],
])('a changed base, %s', (id, base) => {
  const lane = back(turned(subscribed(), plan(id, base), FEBRUARY_MS));
  expect(lines(lane)).toEqual(['base=2900']);
  runLane(lane, Date.UTC(2026, 2, 1) + 2 * HOUR_MS);
  expect(lines(lane)).toEqual([`base/change=${base - 2900}`, `base=${base}`]);
  runLane(lane, Date.UTC(2026, 3, 1) + 2 * HOUR_MS);
  expect(lines(lane)).toEqual([`base=${base}`]);
});

it('beside what changes again then', () => {
  const lane = back(turned(subscribed(), plan('plus', 4900), FEBRUARY_MS));
  const march = Date.UTC(2026, 2, 1);
  lane.state = turned(lane.state, plan('more', 5000), march);
  runLane(lane, march + 2 * HOUR_MS);
  expect(lines(lane)).toEqual(['base/change=2000', 'base/change=100', 'base=4900']);
  const names = lane.state.segments[1]?.items.map(({ name }) => name);
  expect(names).toEqual(['item/in_1/base/change/0', 'item/in_1/base/change']);
});

it('nothing where all stands on it, or nothing was to', () => {
  const lane = laneOf(turned(subscribed(), plan('plus', 4900), FEBRUARY_MS));
  runLane(lane, FEBRUARY_MS + 2 * HOUR_MS);
  expect(lines(lane)).toEqual(['base/change=2000', 'base=2900']);
  runLane(lane, Date.UTC(2026, 2, 1) + 2 * HOUR_MS);
  expect(lines(lane)).toEqual(['base=4900']);
  const quiet = back(subscribed());
  runLane(quiet, Date.UTC(2026, 2, 1) + 2 * HOUR_MS);
  expect(lines(quiet)).toEqual(['base=2900']);
  expect(START_MS).toBeLessThan(FEBRUARY_MS);
});
