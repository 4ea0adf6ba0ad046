import { badParameter } from '../http/failure.js';
import type { Call, Route } from '../http/call.js';
import { page, pageRequest } from '../http/pages.js';
import { type Span, usageOver } from '../usage.js';
import { meterOf } from './meters.js';

const WINDOWS_MAX = 10_000;
const WINDOW_SECONDS = { minute: 60, hour: 3600, day: 86_400 } as const;

function aligned(call: Call, key: string, unit: keyof typeof WINDOW_SECONDS): number {
  const seconds = call.params.needInteger(key);
  if (seconds % WINDOW_SECONDS[unit] === 0) return seconds;
  throw badParameter(key, `${key} must be aligned with ${unit} boundaries.`);
}

function windowsOf(span: Span, seconds: number): Span[] {
  const count = Math.ceil((span.end - span.start) / seconds);
  if (count > WINDOWS_MAX) throw badParameter('end_time', 'The time range is too long.');
  return Array.from({ length: count }, (_, index) => ({
    start: span.start + index * seconds,
    end: span.start + (index + 1) * seconds,
  }));
}

/** Sums of a meter: half-open, aligned, lagging behind what was accepted (Meters.d.ts). */
function list(call: Call): object {
  const { account, params } = call;
  const meter = meterOf(call);
  const customer = account.customer(params.needText('customer'), 'customer');
  const window = params.choice('value_grouping_window', ['hour', 'day']);
  const unit = window ?? 'minute';
  const span = { start: aligned(call, 'start_time', unit), end: aligned(call, 'end_time', unit) };
  if (span.end <= span.start) throw badParameter('end_time', 'end_time must be after start_time.');
  const spans = window ? windowsOf(span, WINDOW_SECONDS[window]) : [span];
  const rows = spans.map((each) => ({
    ...each,
    id: `mtrusg_test_${meter.id.slice(-8)}${customer.id.slice(-8)}${each.start}x${each.end}`,
  }));
  return page(call, rows.toReversed(), pageRequest(params), ({ id, start, end }) => ({
    id,
    object: 'billing.meter_event_summary',
    aggregated_value: Number(
      usageOver(account, meter.id, customer.id, { start, end }, account.switches.summaryLagMs),
    ),
    end_time: end,
    livemode: false,
    meter: meter.id,
    start_time: start,
  }));
}

/** Endpoint of event summaries. */
export const eventSummaryRoutes: readonly Route[] = [
  ['GET', '/v1/billing/meters/:id/event_summaries', list],
];
