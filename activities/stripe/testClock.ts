import type Stripe from 'stripe';
import { ApplicationFailure } from '@temporalio/common';
import { classify } from './failures.js';
import type { StripeSession } from './session.js';

/** First and longest pause between two looks at an advancing clock, real time. */
const FIRST_LOOK_MS = 20;
const LOOK_MAX_MS = 500;

/** The code Stripe answers with when somebody else is moving the clock (error codes page). */
const IN_PROGRESS = 'test_clocks_advance_in_progress';

/** Steps of one call; a longer way goes on with the next attempt. */
const STEPS_MAX = 100;

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
  const straight = await advanceAtOnce(session, testClock, toSeconds);
  let clock = straight ?? (await settled(session, testClock));
  for (let step = 0; clock.frozen_time < toSeconds && step < STEPS_MAX; step += 1) {
    await advanceOnce(session, clock, toSeconds);
    clock = await settled(session, testClock);
  }
  return clock.frozen_time;
}

/** Nearly always it stands before and may go all the way. Null: not so, whatever the reason. */
async function advanceAtOnce(
  session: StripeSession,
  testClock: string,
  toSeconds: number,
): Promise<Stripe.TestHelpers.TestClock | null> {
  const { testClocks } = session.stripe.testHelpers;
  try {
    const params = { frozen_time: toSeconds };
    const clock = await testClocks.advance(testClock, params, session.within());
    return clock.status === 'ready' ? clock : await settled(session, testClock);
  } catch (error) {
    if (isInProgress(error) || classify(error)?.kind === 'permanent') return null;
    throw error;
  }
}

/**
 * All the way if Stripe lets it: a clock moves at most two intervals of its shortest
 * subscription at once (test clocks page). Refused: up to the next end of a period.
 */
async function advanceOnce(
  session: StripeSession,
  clock: Stripe.TestHelpers.TestClock,
  toSeconds: number,
): Promise<void> {
  const { testClocks } = session.stripe.testHelpers;
  const advanceTo = (frozenTime: number) =>
    testClocks.advance(clock.id, { frozen_time: frozenTime }, session.within());
  try {
    await advanceTo(toSeconds);
  } catch (error) {
    if (isInProgress(error)) return;
    if (classify(error)?.kind !== 'permanent') throw error;
    // Somebody else may have moved it since it was read.
    if ((await settled(session, clock.id)).frozen_time > clock.frozen_time) return;
    const boundary = await nextPeriodEnd(session, clock);
    if (boundary === null || boundary >= toSeconds) throw error;
    await advanceTo(boundary);
  }
}

/** Where the first of the clock's running periods ends; null when none runs. */
async function nextPeriodEnd(
  session: StripeSession,
  { id, frozen_time: frozenTime }: Stripe.TestHelpers.TestClock,
): Promise<number | null> {
  const { customers, subscriptions } = session.stripe;
  const ends: number[] = [];
  const { data } = await customers.list({ test_clock: id, limit: 100 }, session.within());
  for (const { id: customer } of data) {
    const running = await subscriptions.list({ customer, limit: 100 }, session.within());
    const items = running.data.flatMap((subscription) => subscription.items.data);
    ends.push(...items.map((item) => item.current_period_end).filter((end) => end > frozenTime));
  }
  return ends.length === 0 ? null : Math.min(...ends);
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
