import {
  afterAttempt,
  GIVE_UP_AFTER_MS,
  type Outcome,
} from '../../../activities/alerts/backOff.js';
import type { AlertDelivery } from '../../../ledger/stores/alertStore.js';

const RAISED_MS = Date.UTC(2026, 10, 1);

const FRESH: AlertDelivery = {
  channel: 'webhook',
  to: 'x',
  status: 'pending',
  attempts: 0,
  lastAtMs: null,
  nextAttemptAtMs: RAISED_MS,
};

/** Attempts one after another, each at the time it is due; seconds since it was raised. */
function tries(outcomeAt: (attempt: number) => Outcome) {
  const seconds: number[] = [];
  let delivery = FRESH;
  for (let attempt = 1; delivery.nextAttemptAtMs !== null && attempt < 100; attempt += 1) {
    const nowMs = delivery.nextAttemptAtMs;
    seconds.push((nowMs - RAISED_MS) / 1000);
    delivery = afterAttempt(delivery, outcomeAt(attempt), RAISED_MS, nowMs);
  }
  return { seconds, delivery };
}

describe('an alert that is not taken', () => {
  it('is sent again with growing waits for three days, the last time at their end', () => {
    const { seconds, delivery } = tries(() => 'refused');
    expect(seconds.slice(0, 5)).toEqual([0, 30, 150, 750, 2550]);
    const waits = seconds.slice(1, -1).map((each, index) => each - (seconds[index] ?? 0));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(Math.max(...waits)).toBe(6 * 3_600);
    expect(seconds.at(-1)).toBe(GIVE_UP_AFTER_MS / 1000);
    expect(GIVE_UP_AFTER_MS).toBe(72 * 3_600_000);
    expect(seconds).toHaveLength(19);
    expect(delivery).toMatchObject({ status: 'failed', attempts: 19, nextAttemptAtMs: null });
  });

  it('is done once it is taken', () => {
    const { delivery } = tries((attempt) => (attempt < 3 ? 'refused' : 'taken'));
    expect(delivery).toEqual({
      ...FRESH,
      status: 'delivered',
      attempts: 3,
      lastAtMs: RAISED_MS + 150_000,
      nextAttemptAtMs: null,
    });
  });

  it('is not sent again where the receiver wants nothing any more', () => {
    const { delivery } = tries(() => 'refusedForGood');
    expect(delivery).toMatchObject({ status: 'failed', attempts: 1 });
  });
});
