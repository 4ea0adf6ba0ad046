import { setTimeout as wait } from 'node:timers/promises';
import type { Account } from '../account.js';
import { StripeFailure } from './failure.js';
import type { FormValues } from './form.js';

const METER_EVENTS = '/v1/billing/meter_events';
const LEAST_MS = 10;

/**
 * One call at a time per customer and meter: Stripe documents the limit for meter events and not
 * whether v1 enforces it, so a switch says what a second one gets.
 */
export class MeterEventLanes {
  readonly #account: Account;
  readonly #taken = new Set<string>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Runs `work`; for a meter event in its lane and for as long as the switch says. */
  async pass<T>(path: string, values: FormValues, work: () => T): Promise<T> {
    const { concurrentMeterEvents: position, meterEventMs } = this.#account.switches;
    if (path !== METER_EVENTS || (position === 'free' && meterEventMs === 0)) return work();
    const lane = laneOf(values);
    if (position !== 'free' && this.#taken.has(lane)) throw concurrent(Number(position));
    this.#taken.add(lane);
    try {
      await wait(position === 'free' ? meterEventMs : Math.max(meterEventMs, LEAST_MS));
      return work();
    } finally {
      this.#taken.delete(lane);
    }
  }
}

function laneOf(values: FormValues): string {
  const { event_name: name, payload } = values;
  return JSON.stringify([name, (payload as FormValues | undefined)?.stripe_customer_id]);
}

function concurrent(status: number): StripeFailure {
  return new StripeFailure(
    status,
    'Cannot create multiple usage events for the same customer, meter concurrently.',
    { code: 'too_many_concurrent_requests' },
  );
}
