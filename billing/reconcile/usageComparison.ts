import { fromWhole } from '../decimal.js';
import { groupDigits } from '../money.js';
import { foundOf, signed, type Found } from './difference.js';

/**
 * Accepted reports against Stripe's summaries. A report has its minute to itself, so a summary of
 * one minute is its receipt; a difference of a whole period is halved down to the minute.
 */

const MINUTE_SECONDS = 60;

/** What is compared of a stored report. */
export interface ReportedUnits {
  readonly id: string;
  readonly value: number;
  /** Unix seconds, a whole minute. */
  readonly stampSeconds: number;
  readonly state: 'stored' | 'sent' | 'accepted' | 'deadLetter';
  /** Real time of the first send, ms; null: never sent. */
  readonly firstSentAtMs: number | null;
  /** When it was set to be sent again; absent: never. */
  readonly reopenedAtMs?: number;
}

/** A half-open span of whole minutes, Unix seconds. */
export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** What a summary may show: units that are counted, and reports that may be counted or not. */
export interface Bounds {
  readonly least: number;
  /** Units of each report that is on its way. */
  readonly unsure: readonly number[];
}

/** Of more reports on their way not every combination is looked at, only their whole range. */
const UNSURE_MAX = 8;

/**
 * What Stripe's summary of a span must show. Reports sent after `settledBeforeMs` (real time) may
 * not be counted yet; unanswered ones may be counted or not.
 */
export function expectedIn(
  reports: readonly ReportedUnits[],
  span: Span,
  settledBeforeMs: number,
): Bounds {
  let least = 0;
  const unsure: number[] = [];
  for (const { state, value, firstSentAtMs, stampSeconds } of reports) {
    if (stampSeconds < span.fromSeconds || stampSeconds >= span.toSeconds) continue;
    const settled = firstSentAtMs === null || firstSentAtMs <= settledBeforeMs;
    if (state === 'accepted' && settled) least += value;
    else if (state === 'accepted' || state === 'sent') unsure.push(value);
  }
  return { least, unsure };
}

/** How far a number lies from the nearest one that may be shown; 0: it may. */
export function outside(found: number, { least, unsure }: Bounds): number {
  const most = unsure.reduce((sum, value) => sum + value, least);
  if (unsure.length > UNSURE_MAX) return found < least ? found - least : Math.max(0, found - most);
  let sums = [least];
  for (const value of unsure) sums = [...sums, ...sums.map((sum) => sum + value)];
  const offs = sums.map((sum) => found - sum).sort((a, b) => Math.abs(a) - Math.abs(b));
  return offs[0] ?? 0;
}

/** Two halves of a span, at a whole minute; null for one minute. */
export function halves({ fromSeconds, toSeconds }: Span): readonly [Span, Span] | null {
  const minutes = (toSeconds - fromSeconds) / MINUTE_SECONDS;
  if (minutes < 2) return null;
  const middle = fromSeconds + Math.floor(minutes / 2) * MINUTE_SECONDS;
  return [
    { fromSeconds, toSeconds: middle },
    { fromSeconds: middle, toSeconds },
  ];
}

/** One place in which Stripe's count differs, named as far as it could be. */
export interface UsageDrift {
  readonly span: Span;
  readonly found: number;
  readonly bounds: Bounds;
  /** The report whose minute it is. */
  readonly report: ReportedUnits | null;
}

/** A drift as a finding, with the way out in words. */
export function driftFinding(
  subject: { readonly segment: number; readonly meter: string },
  drift: UsageDrift,
  mayResend: boolean,
): Found {
  const { found, bounds, report } = drift;
  const off = outside(found, bounds);
  const expected = found - off;
  const about = `${whereText(drift)}: Stripe counted ${groupDigits(fromWhole(found))}`;
  const resend = mayResend && isMissing(drift);
  const detail = `${about} (${signed(off)}). ${wayOut(drift, off, resend)}`;
  return {
    ...foundOf({ where: 'stripeUsage', ...subject }, expected, found, detail),
    ...(halves(drift.span) ? {} : { minuteMs: drift.span.fromSeconds * 1000 }),
    ...(report ? { intent: report.id } : {}),
    ...(resend ? { repair: 'resend' } : {}),
  };
}

/** Its own minute holds nothing, so sending it can't count it twice; tried once only. */
function isMissing({ found, report }: UsageDrift): boolean {
  return found === 0 && report?.state === 'accepted' && report.reopenedAtMs === undefined;
}

function whereText({ span, report }: UsageDrift): string {
  const from = new Date(span.fromSeconds * 1000).toISOString().slice(0, 16);
  if (report) return `report ${report.id} (${report.state}) of minute ${from}Z`;
  if (span.toSeconds - span.fromSeconds === MINUTE_SECONDS) return `no report, minute ${from}Z`;
  return `from ${from}Z to ${new Date(span.toSeconds * 1000).toISOString().slice(0, 16)}Z`;
}

function wayOut({ report }: UsageDrift, off: number, resend: boolean): string {
  if (resend) return 'Its minute is empty there: it is sent again, once, under its identifier';
  if (off > 0) {
    return 'Never changed by itself: cancel the event at Stripe, or give a credit on the invoice';
  }
  if (report?.reopenedAtMs !== undefined) {
    return 'It was sent again once already: look for a cancellation at Stripe';
  }
  return 'It can not be sent again: bill it by an invoice item, or let it go';
}
