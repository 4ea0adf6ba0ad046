/** Time of tests in which nothing but timers and promises is waited for. */

const nextTurn = setImmediate;

/** Steps after which a wait has no end. */
const STEPS_MAX = 400_000;

const realNow = Date.now;

/**
 * Every timer of the process is virtual from here on; the clock stands at `nowMs`. Dates are the
 * real ones, for a false one costs more than most of what is done with it.
 */
export function beginTime(nowMs: number): void {
  jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask'] });
  const since = performance.now();
  Date.now = () => nowMs + Math.floor(performance.now() - since);
}

/** Forgets all timers; time is real again. */
export function endTime(): void {
  Date.now = realNow;
  jest.clearAllTimers();
  jest.useRealTimers();
}

/**
 * Lets promises and timers run, in their order, until `seen`; `goOn` lets what waits for a
 * condition go on. @throws Error where nothing is left that could bring it about.
 */
export async function passTime(seen: () => boolean, goOn: () => boolean): Promise<void> {
  for (let step = 0; step < STEPS_MAX; step += 1) {
    await new Promise<void>((resolve) => nextTurn(() => resolve()));
    if (goOn()) continue;
    if (seen()) return;
    if (jest.getTimerCount() === 0) throw new Error('nothing is left to happen');
    jest.advanceTimersToNextTimer();
  }
  throw new Error(`no end after ${STEPS_MAX} steps`);
}
