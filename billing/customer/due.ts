import type { CustomerState } from '../state.js';
import type { Effect } from './change.js';
import { customerNow, moveClock } from './clock.js';
import { burnsInOrder, firstAhead, neededRevision, needsHeal } from './fold.js';
import { turn } from './periods/turning.js';
import { nextStep } from './close/steps.js';

/** What is due now, decided from the state and the clock alone. */

/** Each round moves the clock to a later due time; a year of hourly looks is the bound. */
const ROUNDS_MAX = 10_000;

/** Lets time pass and the clock move until a step is due or nothing changes. */
export function passTime(state: CustomerState, realNowMs: number): CustomerState {
  let passed = state;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const turned = turn(passed, customerNow(passed, realNowMs));
    const moved = moveClock(turned, realNowMs);
    if (moved === passed) return passed;
    passed = moved;
  }
  return passed;
}

/** The read that the fold waits for, if the log is known to go further. */
export function healEffects(state: CustomerState): Effect[] {
  if (!needsHeal(state)) return [];
  const from = state.mark + 1;
  const apart = burnsInOrder(state) ? ({ apart: true } as const) : {};
  const catalogue = neededRevision(state);
  return [{ type: 'heal', from, before: firstAhead(state), catalogue, ...apart }];
}

/** The money lane's step that is due, or when to look again. After a failure it waits. */
export function moneyEffects(state: CustomerState, realNowMs: number): Effect[] {
  const { step, waitUntilMs } = nextStep(state, customerNow(state, realNowMs));
  // Alerts do not wait for Stripe, whose steps may be backing off.
  const waits = step?.kind !== 'alert' || state.retry?.step === 'alert';
  const retryAtMs =
    waits && state.retry && state.retry.atMs > realNowMs ? state.retry.atMs : null;
  if (step && retryAtMs === null) return [{ type: 'step', step }];
  if (step) return [{ type: 'wakeAt', realMs: retryAtMs }];
  const realMs = waitUntilMs === null ? null : waitUntilMs - state.clock.offsetMs;
  return [{ type: 'wakeAt', realMs }];
}
