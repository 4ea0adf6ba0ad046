import type { Account } from './account.js';
import { type Exact, ZERO, add, exact, exactText, whole } from './arithmetic.js';
import type { MeterEventRecord } from './state/records.js';

/** A half-open span of Unix seconds. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What a meter holds for a customer over a span, by its formula, as a plain decimal. Events younger
 * than `lagMs` of real time are not in it yet: Stripe aggregates some time after accepting.
 */
export function usageOver(
  account: Account,
  meter: string,
  customer: string,
  span: Span,
  lagMs: number,
): string {
  const visible = account.nowMs() - lagMs;
  const events = account.store
    .group('meterEvent', `${meter}/${customer}`)
    .filter((event) => !event.cancelled && event.receivedMs <= visible)
    .filter((event) => event.timestamp >= span.start && event.timestamp < span.end);
  const { formula } = account.store.need('meter', meter).default_aggregation;
  return exactText(aggregate(formula, events));
}

function aggregate(formula: string, events: readonly MeterEventRecord[]): Exact {
  if (formula === 'count') return whole(events.length);
  if (formula === 'sum') {
    return events.reduce((sum, event) => add(sum, exact(event.value)), ZERO);
  }
  let last: MeterEventRecord | undefined;
  for (const event of events) {
    if (!last || event.timestamp >= last.timestamp) last = event;
  }
  return last ? exact(last.value) : ZERO;
}
