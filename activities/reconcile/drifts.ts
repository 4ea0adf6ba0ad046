import {
  expectedIn,
  halves,
  outside,
  type ReportedUnits,
  type Span,
  type UsageDrift,
} from '../../billing/reconcile/usageComparison.js';

/** Calls for one meter of one period: a drift of one minute in a month takes 16. */
const CALLS_MAX = 80;

/** Drifts that are named one by one; what is left is told as spans. */
const DRIFTS_MAX = 12;

/** How Stripe's counts of one meter and period are compared with its reports. */
export interface Comparing {
  /** Stripe's summary of a span of whole minutes. */
  readonly read: (span: Span) => Promise<number>;
  readonly reports: readonly ReportedUnits[];
  /** Reports sent later (real time, ms) may not be counted yet. */
  readonly settledBeforeMs: number;
}

/**
 * Where Stripe counted something else than it accepted: one summary where all is well; else the
 * span is halved, one summary a half, down to the minutes and so to the reports. The other half
 * is what is left of the whole, so a span that changes meanwhile may lead astray: look twice.
 */
export async function findDrifts(comparing: Comparing, whole: Span): Promise<UsageDrift[]> {
  const { read, reports, settledBeforeMs } = comparing;
  const drifts: UsageDrift[] = [];
  const waiting = [{ span: whole, found: await read(whole) }];
  for (let calls = 1, next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { span, found } = next;
    const bounds = expectedIn(reports, span, settledBeforeMs);
    if (outside(found, bounds) === 0) continue;
    const parts = calls < CALLS_MAX && drifts.length < DRIFTS_MAX ? halves(span) : null;
    if (!parts) {
      drifts.push({ span, found, bounds, report: reportIn(reports, span) });
      continue;
    }
    const first = await read(parts[0]);
    calls += 1;
    waiting.push({ span: parts[1], found: found - first }, { span: parts[0], found: first });
  }
  return drifts;
}

function reportIn(reports: readonly ReportedUnits[], span: Span): ReportedUnits | null {
  if (halves(span)) return null;
  return reports.find(({ stampSeconds }) => stampSeconds === span.fromSeconds) ?? null;
}
