import { periodBounds } from '../../billing/period.js';
import { MONTHS, type DealtCall } from './dealing.js';

/** An event as POST /v1/events takes it. */
export interface DemoEvent {
  readonly id: string;
  readonly customer: string;
  readonly user: string;
  readonly quantities: { readonly input_tokens: number; readonly output_tokens: number };
  readonly timestamp: string;
}

/** One month of one customer. */
export interface DemoMonth {
  /** Index of its period, from 0. */
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Where the customer's clock is put before the events are sent: none lies ahead of it. */
  readonly afterEventsMs: number;
  readonly events: readonly DemoEvent[];
}

/** Start of the demo's year: fixed, so that ids, times and sums are the same in every run. */
export const ANCHOR_MS = Date.UTC(2026, 0, 1);

/** Calls begin at noon of a month's second day. */
const FIRST_CALL_MS = 36 * 3_600_000;

/** Room between the last event of a month and its end. */
const ROOM_MS = 86_400_000;

/**
 * The twelve months of one customer. The calls of a month keep their own distances in time; all
 * of them together begin on the month's second day.
 * @throws RangeError when the trace is longer than a month.
 */
export function monthsOf(
  customer: string,
  dealt: readonly DealtCall[],
  prefix: string,
): DemoMonth[] {
  return Array.from({ length: MONTHS }, (_, index) => {
    const all = dealt.filter(({ month }) => month === index);
    const { startMs, endMs } = periodBounds(ANCHOR_MS, 'month', index);
    const shiftMs = startMs + FIRST_CALL_MS - (all[0]?.call.atMs ?? 0);
    const lastMs = (all.at(-1)?.call.atMs ?? 0) + shiftMs;
    if (lastMs + ROOM_MS > endMs) {
      throw new RangeError(`the trace is too long: its calls of month ${index + 1} end after it`);
    }
    const events = all
      .filter((one) => one.customer === customer)
      .map((one) => eventOf(one, shiftMs, prefix));
    return { index, startMs, endMs, afterEventsMs: lastMs + ROOM_MS, events };
  });
}

function eventOf({ call, customer, user }: DealtCall, shiftMs: number, prefix: string): DemoEvent {
  return {
    id: `${prefix}call-${call.line}`,
    customer: `${prefix}${customer}`,
    user,
    quantities: { input_tokens: call.inputTokens, output_tokens: call.outputTokens },
    timestamp: new Date(call.atMs + shiftMs).toISOString(),
  };
}

/** Parts of at most `size`, in order. */
export function batchesOf<Item>(items: readonly Item[], size: number): Item[][] {
  const batches: Item[][] = [];
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
  return batches;
}
