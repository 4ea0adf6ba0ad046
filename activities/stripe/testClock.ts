import type Stripe from 'stripe';
import { ApplicationFailure } from '@temporalio/common';
import type { StripeSession } from './session.js';

/** First and longest pause between two looks at an advancing clock, real time. */
const FIRST_LOOK_MS = 20;
const LOOK_MAX_MS = 500;

/** The code Stripe answers with when somebody else is moving the clock (error codes page). */
const IN_PROGRESS = 'test_clocks_advance_in_progress';

/**
 * Moves a test clock forward to `toSeconds` and waits until all that falls due on the way is
 * done at Stripe; a clock that is there already is only waited for. Answers where it stands.
 * @throws ApplicationFailure, retryable, while it advances longer than the session lasts.
 */
export async function advanceClock(
  session: StripeSession,
  testClock: string,
  toSeconds: number,
): Promise<number> {
  const { testClocks } = session.stripe.testHelpers;
  const before = await settled(session, testClock);
  if (before.frozen_time >= toSeconds) return before.frozen_time;
  try {
    await testClocks.advance(testClock, { frozen_time: toSeconds }, session.within());
  } catch (error) {
    if (!isInProgress(error)) throw error;
  }
  return (await settled(session, testClock)).frozen_time;
}

function isInProgress(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === IN_PROGRESS;
}

/** The clock once it is not advancing any more. */
async function settled(
  session: StripeSession,
  testClock: string,
): Promise<Stripe.TestHelpers.TestClock> {
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(LOOK_MAX_MS, pauseMs * 2)) {
    const { testClocks } = session.stripe.testHelpers;
    const clock = await testClocks.retrieve(testClock, {}, session.within());
    if (clock.status === 'ready') return clock;
    if (clock.status !== 'advancing') {
      const message = `test clock ${testClock} is ${clock.status}`;
      throw ApplicationFailure.create({ message, type: 'test_clock_failed', nonRetryable: true });
    }
    await session.pause(pauseMs);
  }
}
