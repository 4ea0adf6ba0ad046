import { msToNumber } from '@temporalio/common/lib/time.js';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityOptions } from '@temporalio/workflow';
import { setTimeout as wait } from './timersStandIn.js';

/** Attempts of one activity, as Temporal makes them by its options. */

/** No answer in time: the worker died, or hangs. */
class TimedOut extends Error {}

/**
 * Tries until it goes well, cannot be helped, or its attempts or its time are used up.
 * @throws the last error.
 */
export async function activityRetries<T>(
  act: () => Promise<T>,
  { retry = {}, startToCloseTimeout, scheduleToCloseTimeout }: ActivityOptions,
): Promise<T> {
  const overMs = Date.now() + msToNumber(scheduleToCloseTimeout ?? '1 day');
  let pauseMs = msToNumber(retry.initialInterval ?? '1 second');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTime(act, msToNumber(startToCloseTimeout ?? '1 minute'));
    } catch (error) {
      const asked = delayOf(error);
      const waitMs = asked ?? pauseMs;
      const isLast = attempt >= (retry.maximumAttempts ?? Infinity);
      if (isLast || isFinal(error) || Date.now() + waitMs >= overMs) throw error;
      await wait(waitMs);
      const longestMs = msToNumber(retry.maximumInterval ?? '100 seconds');
      pauseMs = Math.min(longestMs, pauseMs * (retry.backoffCoefficient ?? 2));
    }
  }
}

function inTime<T>(act: () => Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimedOut(`no end after ${limitMs} ms`)), limitMs);
    act().then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function isFinal(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.nonRetryable === true;
}

/** What the failure asks for; it reaches the workflow as a number of ms. */
function delayOf(error: unknown): number | null {
  const asked = error instanceof ApplicationFailure ? error.nextRetryDelay : null;
  return asked === undefined || asked === null ? null : msToNumber(asked);
}
