import type { ControlsChange } from '../../../billing/controls.js';
import type { Zone } from '../../../billing/windows/zone.js';
import type { Chance } from '../../simulation/chance.js';
import { DAY } from './calendar.js';
import { planOf } from './plans.js';
import type { Doing } from './usageMoves.js';
import type { World } from './world.js';

/** What operators do to a customer: plan, zone, controls, ceilings, credits. */

/** New York around the runs' times: clocks go back in November, forward in March. */
const NEW_YORK: Zone = {
  name: 'America/New_York',
  offsets: [
    [0, -240],
    [Date.UTC(2026, 10, 1, 6), -300],
    [Date.UTC(2027, 2, 14, 7), -240],
    [Date.UTC(2027, 10, 7, 6), -300],
    [Date.UTC(2028, 2, 12, 7), -240],
  ],
};

const ZONES: readonly Zone[] = [
  { name: 'UTC', offsets: [[0, 0]] },
  NEW_YORK,
  { name: 'Asia/Kolkata', offsets: [[0, 330]] },
];

/** The first command of every run: a customer on a plan, in a zone. */
export function begin(world: World, chance: Chance): void {
  const plan = planOf(chance.pick(world.planIds));
  const zone = chance.pick(ZONES);
  const details = { timezone: zone.name, zone };
  world.command('begin', { type: 'customer', plan, details, atMs: world.nowMs });
  world.tell(() => `1: ${plan.id} in ${zone.name} at ${new Date(world.nowMs).toISOString()}`);
  world.flying = [];
  world.settleDown(8, 4);
}

function changePlan(world: World, chance: Chance): void {
  const plan = planOf(chance.pick(world.planIds));
  // From one subscription to another is a change at Stripe, with commands of its own.
  if (world.state.stripe) return;
  const id = world.name('plan');
  const number = world.command(id, { type: 'customer', plan, details: {}, atMs: world.nowMs });
  world.tell(() => `${number}: plan ${plan.id}`);
}

function changeZone(world: World, chance: Chance): void {
  const zone = chance.pick(ZONES);
  const details = { timezone: zone.name, zone };
  const number = world.command(world.name('zone'), {
    type: 'customer',
    details,
    atMs: world.nowMs,
  });
  world.tell(() => `${number}: zone ${zone.name}`);
  // It moves the windows that are open as it acts; those that end meanwhile are forgotten.
  world.sweep();
}

function changeOf(chance: Chance, limits: readonly string[]): ControlsChange {
  const limit = limits.length === 0 ? null : chance.pick(limits);
  const choice = chance.whole(0, 4);
  if (choice === 0) return { overage: chance.pick(['allow', 'allow', 'block']) };
  if (choice === 1) {
    return { spend: { hardAmountMinor: chance.pick([null, 0, 150, 3_000, 4_000]) } };
  }
  if (choice === 2 || !limit) return { frozen: chance.happens(0.3), reason: 'operator' };
  return { limits: { [limit]: chance.pick([null, 0, 20, 50, 400]) } };
}

function limitIds(world: World): string[] {
  return (world.plan?.plan.limits ?? []).map(({ id }) => id);
}

function changeControls(world: World, chance: Chance): void {
  const change = changeOf(chance, limitIds(world));
  const atMs = world.nowMs;
  const number = world.command(world.name('controls'), { type: 'controls', change, atMs });
  world.tell(() => `${number}: ${JSON.stringify(change)}`);
}

function changeCeiling(world: World, chance: Chance): void {
  const ids = limitIds(world);
  if (ids.length === 0) return;
  const key = chance.pick(['ann', 'bob', 'null', null, 'red']);
  const max = chance.pick([null, 0, 15, 70, 500]);
  const limit = chance.pick(ids);
  const number = world.command(world.name('ceiling'), { type: 'ceiling', limit, key, max });
  world.tell(() => `${number}: ceiling ${limit} ${key} ${max}`);
}

function addCredits(world: World, chance: Chance): void {
  const id = world.name('credit');
  const amount = chance.pick(['5', '12.5', '0.000001', '30']);
  const kind = chance.pick(['purchase', 'promotion', 'refund'] as const);
  const ends = chance.happens(0.4);
  const atMs = world.nowMs;
  const number = world.command(id, {
    type: 'credits',
    id,
    amount,
    kind,
    ...(ends && { expiresAtMs: atMs + chance.whole(1, 3 * DAY) }),
    atMs,
  });
  world.tell(() => `${number}: ${kind} of ${amount} credits`);
}

/** Commands of operators. */
export const CUSTOMER_MOVES: Readonly<Record<string, Doing>> = {
  changePlan,
  changeZone,
  changeControls,
  changeCeiling,
  addCredits,
};
