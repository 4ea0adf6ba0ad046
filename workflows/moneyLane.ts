import { ApplicationFailure, ActivityFailure, CancellationScope } from '@temporalio/workflow';
import { condition, isCancellation, log, sleep } from '@temporalio/workflow';
import { customerNow, moveClock } from '../billing/customer/clock.js';
import { stepDone, stepFailed, stripeTouched } from '../billing/customer/results.js';
import { turn } from '../billing/customer/segments.js';
import { nextStep, type Step } from '../billing/customer/steps.js';
import type { CustomerState } from '../billing/state.js';
import { showStanding } from './display.js';
import type { Life } from './life.js';
import { perform } from './perform.js';

/** Runs what is due, one step at a time, in the order the rules say; waits when nothing is. */
export async function keepMoneyMoving(life: Life): Promise<void> {
  const alarm = createAlarm();
  while (!life.draining) {
    if (life.touched) life.state = stripeTouched(life.state);
    life.touched = false;
    life.state = passTime(life.state);
    showStanding(life);
    const seen = life.state;
    const retryAtMs = seen.retry && seen.retry.atMs > Date.now() ? seen.retry.atMs : null;
    const next = nextStep(seen, customerNow(seen, Date.now()));
    if (next.step && retryAtMs === null) {
      await attempt(life, next.step);
      continue;
    }
    const dueAtMs = next.step
      ? retryAtMs
      : next.waitUntilMs === null
        ? null
        : next.waitUntilMs - seen.clock.offsetMs;
    alarm.set(dueAtMs);
    await condition(
      () => life.draining || life.touched || alarm.rung() || isNews(seen, life.state),
    );
  }
  alarm.set(null);
}

/** A state that only counted more usage moves no step; everything else is looked at anew. */
function isNews(seen: CustomerState, now: CustomerState): boolean {
  return seen !== now;
}

/** Lets time pass and the clock move until a step is due or nothing changes. */
function passTime(state: CustomerState): CustomerState {
  let passed = state;
  // Each round moves the clock to a later due time; a year of hourly looks is the bound.
  for (let round = 0; round < 10_000; round += 1) {
    const turned = turn(passed, customerNow(passed, Date.now()));
    const moved = moveClock(turned, Date.now());
    if (moved === passed) return passed;
    passed = moved;
  }
  return passed;
}

async function attempt(life: Life, step: Step): Promise<void> {
  try {
    await perform(life, step);
    life.state = stepDone(life.state);
  } catch (error) {
    const reason = reasonOf(error);
    log.warn('step failed', { step: step.kind, reason });
    life.state = stepFailed(life.state, step.kind, reason, Date.now(), retryAfterMs(error));
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function retryAfterMs(error: unknown): number | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const delay = cause instanceof ApplicationFailure ? cause.nextRetryDelay : undefined;
  return typeof delay === 'number' ? delay : null;
}

/** One timer at a time: set anew only when the due time changes. */
function createAlarm() {
  let atMs: number | null = null;
  let rung = false;
  let scope: CancellationScope | null = null;
  const ring = async (delayMs: number) => {
    try {
      await sleep(delayMs, { summary: 'next due' });
      rung = true;
      atMs = null;
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  };
  return {
    rung: () => rung,
    set(nextMs: number | null): void {
      rung = false;
      if (nextMs === atMs) return;
      scope?.cancel();
      atMs = nextMs;
      scope = null;
      if (nextMs === null) return;
      scope = new CancellationScope();
      void scope.run(() => ring(Math.max(1, nextMs - Date.now())));
    },
  };
}
