import { setTimeout as sleep } from 'node:timers/promises';
import type { DurabillApi } from '../../dev/demo/durabillApi.js';
import { percentile } from '../ingest/figures.js';

/** How long decisions take that are asked at a steady pace beside other work. */

const CUSTOMER = 'decider';
const EVERY_MS = 50;

/** Requests under way at most: a stalled server must not gather thousands. */
const UNDER_WAY_MAX = 200;

/** Times of reservations, ms. */
export interface DecisionTimes {
  readonly asked: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

/** Makes the customer who asks; free, so that it has nothing to do with Stripe. */
export async function makeDecider(api: DurabillApi): Promise<void> {
  await api.call({ method: 'PUT', path: `/v1/customers/${CUSTOMER}`, body: { plan: 'cap' } });
}

async function reserve(api: DurabillApi): Promise<void> {
  const body = { customer: CUSTOMER, quantities: { tokens: 1 }, ttlMs: 1_000 };
  await api.call({ method: 'POST', path: '/v1/reservations', body });
}

/** Asks twenty times a second until `isOver`; a time counts from when it was to be asked. */
export async function decisionTimes(
  api: DurabillApi,
  isOver: () => boolean,
): Promise<DecisionTimes> {
  const times: number[] = [];
  let failed = 0;
  const underWay = new Set<Promise<void>>();
  const startMs = performance.now();
  for (let asked = 0; !isOver(); asked += 1) {
    const dueMs = startMs + asked * EVERY_MS;
    if (underWay.size >= UNDER_WAY_MAX) await Promise.race(underWay);
    await sleep(Math.max(0, dueMs - performance.now()));
    const one = reserve(api)
      .then(
        () => void times.push(performance.now() - dueMs),
        () => void (failed += 1),
      )
      .finally(() => underWay.delete(one));
    underWay.add(one);
  }
  await Promise.all(underWay);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (percent: number): number => Math.round(percentile(sorted, percent) * 10) / 10;
  const rest = { p50Ms: at(50), p95Ms: at(95), p99Ms: at(99), longestMs: at(100) };
  return { asked: sorted.length + failed, failed, ...rest };
}
