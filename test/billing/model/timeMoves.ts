import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { initialState } from '../../../billing/customer/initial.js';
import { upgradeState } from '../../../billing/customer/upgrade.js';
import type { CustomerState } from '../../../billing/state.js';
import type { Chance } from '../../simulation/chance.js';
import { DAY, HOUR, MINUTE, SECOND } from './calendar.js';
import { KEY } from './ledger.js';
import type { Doing } from './usageMoves.js';
import type { World } from './world.js';

/** Time, Stripe's moods, crashes, rebuilds. */

/** The state is woken; what it wants is begun, and at times lost. */
function tick(world: World, chance: Chance): void {
  const effects = world.time();
  if (chance.happens(0.2)) return;
  world.heal(effects, chance.pick([1, 3, 64]));
  if (chance.happens(0.85)) world.write(effects);
  if (chance.happens(0.7)) world.stripe.perform(world, effects);
}

function advance(world: World, chance: Chance): void {
  const most = chance.pick([SECOND, 10 * SECOND, MINUTE, 20 * MINUTE, 3 * HOUR, DAY]);
  elapse(world, chance.whole(0, most));
  tick(world, chance);
}

/** The sweep looks at every log within minutes: nothing stays unheard of for hours. */
function elapse(world: World, ms: number): void {
  if (ms > HOUR) world.sweep();
  world.realMs += ms;
}

/** Other processes' clocks are off, either way; the state's own only ever steps forward. */
function clockStep(world: World, chance: Chance): void {
  world.skewMs = chance.whole(-20 * SECOND, 20 * SECOND);
  if (chance.happens(0.3)) elapse(world, chance.whole(0, 2 * HOUR));
  world.time();
}

/** On past the end of the open period, to the instant or a little over. */
function closePeriod(world: World, chance: Chance): void {
  const last = world.state.segments.at(-1);
  if (!last || last.endMs - world.nowMs > 40 * DAY) return;
  elapse(world, Math.max(0, last.endMs - world.nowMs) + chance.pick([-1, 0, 1, 16 * MINUTE]));
  world.settleDown(20, 12);
}

function flush(world: World): void {
  world.settleDown(24, 12);
}

function stripeReply(world: World, chance: Chance): void {
  world.stripe.mood = chance.pick(['well', 'well', 'lostAnswers', 'timeouts', 'refuses', 'away']);
  world.happen({ type: 'stripeChanged' });
}

/** An API process dies: its messages are gone, its callers come back with what they know. */
function crash(world: World): void {
  world.flying = [];
  world.tell(() => 'crash');
}

/** Temporal has lost the workflow: a new one begins with the log alone. */
function restore(world: World, chance: Chance): void {
  world.tell(() => 'restored from the log');
  world.state = initialState(KEY);
  world.watch.restored(world);
  world.heal(world.time(), chance.pick([1, 4, 64]));
  if (chance.happens(0.8)) world.settleDown(12, 0);
  if (chance.happens(0.5)) {
    world.realMs += 71 * SECOND;
    world.settleDown(6, 2);
  }
}

const textOfPlan = new WeakMap<PlanSnapshot, string>();
const planOfText = new Map<string, PlanSnapshot>();

/** A plan as it comes back from JSON. Equal texts share one object, so rules are made once. */
function carriedPlan(plan: PlanSnapshot): PlanSnapshot {
  const text = textOfPlan.get(plan) ?? JSON.stringify(plan);
  const carried = planOfText.get(text) ?? (JSON.parse(text) as PlanSnapshot);
  planOfText.set(text, carried);
  textOfPlan.set(plan, text).set(carried, text);
  return carried;
}

/** A state as it comes back from JSON. */
function carriedState(state: CustomerState): CustomerState {
  const rest = JSON.stringify({ ...state, snapshots: {} });
  const plans = Object.entries(state.snapshots).map(([name, plan]) => [name, carriedPlan(plan)]);
  return { ...(JSON.parse(rest) as CustomerState), snapshots: Object.fromEntries(plans) };
}

/** A run goes on as a new one: what is carried is JSON. */
function continueAsNew(world: World): void {
  const carried = carriedState(world.state);
  world.watch.carried(world, carried);
  world.state = upgradeState(carried);
}

/** Commands of time and trouble. */
export const TIME_MOVES: Readonly<Record<string, Doing>> = {
  tick,
  advance,
  clockStep,
  closePeriod,
  flush,
  stripeReply,
  crash,
  restore,
  continueAsNew,
};
