import { billOf, reasonOf } from '../customer/invoice/bills.js';
import type { PlanName } from '../catalogue.js';
import { DAY_MS } from '../period.js';
import type { CustomerState, Segment } from '../state.js';
import { type Alert, timeText } from './alert.js';

/** Alerts of what a state plainly says, for as long as it says so. */

/** Frozen by the breaker or an operator: once for each freeze. */
export function frozenAlerts({ controls: { frozen } }: CustomerState): Alert[] {
  if (!frozen) return [];
  const { reason, sinceMs } = frozen;
  const details = { reason, since: timeText(sinceMs) };
  return [{ key: `customer.frozen/${sinceMs}`, type: 'customer.frozen', details, untilMs: 0 }];
}

/** Invoices that wait for an operator, and reports that Stripe has refused for good. */
export function segmentAlerts({ segments }: CustomerState): Alert[] {
  return segments.flatMap((segment) => [...reviewAlerts(segment), ...deadLetterAlerts(segment)]);
}

function reviewAlerts(segment: Segment): Alert[] {
  return [false, true].flatMap((late) => {
    if (billOf(segment, late)?.stage !== 'inReview') return [];
    return [invoiceAlert('invoice.inReview', segment, late)];
  });
}

function deadLetterAlerts(segment: Segment): Alert[] {
  const refused = Object.entries(segment.reports).filter(([, { deadLetter }]) => deadLetter > 0);
  return refused.map(([meter, { deadLetter }]) => ({
    key: `report.deadLetter/${meter}/${segment.index}`,
    type: 'report.deadLetter',
    details: { meter, units: deadLetter, ...periodOf(segment) },
    untilMs: 0,
  }));
}

/** Another plan from the period `index` on. */
export function planChangedAlert(
  from: PlanName,
  to: PlanName,
  { index, startMs }: Pick<Segment, 'index' | 'startMs'>,
): Alert {
  const name = ({ id, version }: PlanName) => `${id}@${version}`;
  const details = { from: name(from), to: name(to), at: timeText(startMs) };
  const type = 'customer.planChanged';
  return { key: `${type}/${index}/${details.to}`, type, details, untilMs: 0 };
}

/** So long before its end a trial is told of, ms: time to ask for a card. */
const TRIAL_NOTICE_MS = 3 * DAY_MS;

/** When the trial under way is told of, customer's ms; null: none is under way. */
export function trialNoticeMs({ status, segments }: CustomerState): number | null {
  const trial = status === 'trialing' ? segments.at(-1) : undefined;
  return trial?.trial ? trial.endMs - TRIAL_NOTICE_MS : null;
}

/** A trial that ends soon, once. */
export function trialAlerts(state: CustomerState, nowMs: number): Alert[] {
  const noticeMs = trialNoticeMs(state);
  const trial = state.segments.at(-1);
  if (noticeMs === null || !trial || nowMs < noticeMs) return [];
  const { index, endMs, plan } = trial;
  const details = { plan: `${plan.id}@${plan.version}`, endsAt: timeText(endMs) };
  return [{ key: `trial.ending/${index}`, type: 'trial.ending', details, untilMs: endMs }];
}

/** An alert about the invoice that a segment ends with. */
export function invoiceAlert(
  type: 'invoice.inReview' | 'invoice.finalized' | 'invoice.paid' | 'invoice.failed',
  segment: Segment,
  late = false,
): Alert {
  const { index } = segment;
  const reason = reasonOf(segment, late);
  const key = late ? `${type}/${index}/late` : `${type}/${index}`;
  const about = { details: periodOf(segment), segment: index, untilMs: 0 };
  return { key, type, ...about, ...(reason === 'cycle' ? {} : { reason }) };
}

function periodOf({ index, startMs, endMs }: Segment) {
  return { period: index, start: timeText(startMs), end: timeText(endMs) };
}
