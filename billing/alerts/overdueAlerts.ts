import { dueReports, reportsOf } from '../customer/reporting/reporting.js';
import { DAY_MS } from '../period.js';
import type { CustomerState, Segment } from '../state.js';
import { type Alert, timeText } from './alert.js';

/** Usage that is still to be reported when Stripe is about to refuse it for its age. */

/** Stripe takes events of the past 35 days (MeterEvents.d.ts): five are left to act in. */
const OVERDUE_AFTER_MS = 30 * DAY_MS;

/** Reports that are that old and not accepted: once for each meter of a period. */
export function overdueAlerts(state: CustomerState, nowMs: number): Alert[] {
  if (!state.alerts?.overdue) return [];
  return state.segments.flatMap((segment) =>
    dueReports(state, segment).flatMap(({ meter, target }) => {
      const sinceMs = stampMs(segment, meter);
      if (nowMs < sinceMs + OVERDUE_AFTER_MS) return [];
      const { accepted, deadLetter } = reportsOf(segment, meter);
      const { index, startMs, endMs } = segment;
      const details = {
        meter,
        units: target - accepted - deadLetter,
        since: timeText(sinceMs),
        period: index,
        start: timeText(startMs),
        end: timeText(endMs),
      };
      const type = 'report.overdue';
      return [{ key: `${type}/${meter}/${index}`, type, details, untilMs: 0 }];
    }),
  );
}

/** A report bears the minute of the newest usage in it. */
function stampMs({ newest, startMs }: Segment, meter: string): number {
  const newestSeconds = newest[meter];
  return newestSeconds === undefined ? startMs : newestSeconds * 1000;
}
