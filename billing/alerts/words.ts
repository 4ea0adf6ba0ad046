import { groupDigits } from '../money.js';
import type { AlertDetails, AlertType } from './alert.js';

/** Alerts in plain words, for mails and chats. */

/** An alert without its key: what people are told. */
export interface ToldAlert {
  readonly customer: string;
  readonly type: AlertType;
  readonly details: AlertDetails;
}

/** One sentence, the customer first: `acme: tokens-period is at 80 %, 800 of 1,000 used.` */
export function alertWords({ customer, type, details }: ToldAlert): string {
  return `${customer}: ${sentenceOf(type, details)}`;
}

function sentenceOf(type: AlertType, details: AlertDetails): string {
  const { reason, balance, meter, units, period } = details;
  switch (type) {
    case 'limit.approaching':
    case 'limit.reached':
      return limitWords(details);
    case 'spend.softReached': {
      const { accruedAmountMinor: accrued, softAmountMinor: soft } = details;
      return `${shown(accrued)} minor units are accrued, the soft amount is ${shown(soft)}.`;
    }
    case 'credits.low':
      return `${shown(balance)} credits are left.`;
    case 'customer.frozen':
      return `frozen. ${shown(reason)}`;
    case 'customer.planChanged':
      return `on ${String(details['to'])} instead of ${String(details['from'])}.`;
    case 'trial.ending':
      return `the trial of ${String(details['plan'])} ends at ${String(details['endsAt'])}.`;
    case 'report.deadLetter':
      if (details['stripeMeter'] !== undefined) return meterWords(details);
      return `Stripe refused ${shown(units)} of ${shown(meter)} for good, period ${shown(period)}.`;
    case 'report.overdue':
      return `${shown(units)} of ${shown(meter)} are not reported, period ${shown(period)}.`;
    case 'invoice.inReview':
      return `the invoice of period ${shown(period)} waits for a review, uncollected.`;
    case 'invoice.finalized':
      return `the invoice of period ${shown(period)} is final.`;
    case 'invoice.paid':
      return `the invoice of period ${shown(period)} is paid.`;
    case 'invoice.failed':
      return `the payment of the invoice of period ${shown(period)} was refused.`;
    case 'reconcile.difference': {
      const { where, expected, found, detail } = details;
      const numbers = `${shown(expected)} expected, ${shown(found)} found`;
      return `${String(where)}: ${numbers}. ${String(detail)}`;
    }
    default:
      return type;
  }
}

/** A meter that is switched off loses what everyone reports to it. */
function meterWords({ eventName, customers }: AlertDetails): string {
  const what = `Stripe's meter ${shown(eventName)} is deactivated`;
  return `${what}: each report to it is lost. Customers concerned: ${shown(customers)}.`;
}

function limitWords(details: AlertDetails): string {
  const { limit, scope, key, percent, max, used, amounts } = details;
  const owner = scope === 'customer' ? '' : ` of ${String(scope)} ${String(key ?? 'none')}`;
  const unit = amounts === true ? ' minor units' : '';
  const figures = `${shown(used)} of ${shown(max)}${unit} used`;
  return `${String(limit)}${owner} is at ${shown(percent)} %, ${figures}.`;
}

/** Digits in groups: 1234567.5 becomes 1,234,567.5. */
function shown(value: string | number | boolean | null | undefined): string {
  const text = String(value ?? '');
  return /^\d+(\.\d+)?$/.test(text) ? text.replace(/^\d+/, groupDigits) : text;
}
