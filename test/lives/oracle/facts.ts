import type { PublishedCatalogue } from '../../../billing/catalogue.js';
import type { Invoice, InvoiceLine } from '../../../billing/invoice.js';
import type { LogGroup } from '../../../billing/log.js';
import type { Account } from '../../../dev/stripe/account.js';
import type { Intent } from '../../../ledger/stores/contract.js';
import { periodsOf, type Period } from './timeline.js';
import { usageIn, type PeriodUsage } from './usage.js';

const HOUR_SECONDS = 3_600;

/** What a life left behind: the log, the invoices of both sides, the reports. */
export interface Remains {
  readonly groups: readonly LogGroup[];
  readonly invoices: readonly Invoice[];
  readonly intents: readonly Intent[];
  readonly account: Account;
  /** The customer's time at the end, ms. */
  readonly untilMs: number;
  readonly published: PublishedCatalogue;
}

/** The same with what is found out of the log by hand. */
export interface Facts extends Remains {
  readonly periods: readonly Period[];
  readonly usage: (index: number, meter: string) => PeriodUsage;
}

/** Reads the log. */
export function factsOf(remains: Remains): Facts {
  const periods = periodsOf(remains.groups, remains.untilMs);
  return { ...remains, periods, usage: usageIn(remains.groups, periods) };
}

/** An instant as invoices show it. */
export function textOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** The invoice that a period ends with, or begins with. */
export function invoiceOf(
  { invoices }: Remains,
  period: Period,
  kind: 'start' | 'close',
): Invoice | undefined {
  const start = textOf(period.startMs);
  const fits = ({ reason, plan }: Invoice) =>
    plan.id === period.plan.id &&
    (kind === 'start' ? reason === 'start' : reason === 'cycle' || reason === 'final');
  return invoices.find((invoice) => fits(invoice) && invoice.period.start === start);
}

/** An hour after it was made Stripe finalises by itself: it holds what it had by then. */
export function isFinalisedThere({ account }: Remains, invoice: Invoice | undefined): boolean {
  const standing = account.store.get('invoice', invoice?.stripe?.invoice ?? '');
  const { finalized_at: finalizedAt = null } = standing?.status_transitions ?? {};
  return finalizedAt !== null && finalizedAt - (standing?.created ?? 0) === HOUR_SECONDS;
}

/** Lines of an invoice whose ref is this, or begins with it and a slash. */
export function linesOf(invoice: Invoice | undefined, ref: string): readonly InvoiceLine[] {
  return (invoice?.lines ?? []).filter(
    (line) => line.ref === ref || line.ref.startsWith(`${ref}/`),
  );
}

/** Sum of lines. */
export function sumOf(lines: readonly { readonly amountMinor: number }[]): number {
  return lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}
