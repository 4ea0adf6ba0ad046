import { openSegment } from '../../billing/customer/periods/segments.js';
import { periodText, predictedLines } from '../../billing/customer/invoice/invoicing.js';
import type { Invoice, InvoiceLine } from '../../billing/invoice.js';
import type { CustomerKey } from '../../billing/log.js';
import type { Explained } from '../../billing/reconcile/explanation.js';
import { snapshotOf } from '../../billing/customer/periods/segments.js';
import type { CustomerState } from '../../billing/state.js';
import type { Ledger } from '../../ledger/contract.js';

/** What is asked to be explained, found. */

/** Invoices read at a time. */
const PAGE = 100;

/** Invoices of one customer that are looked through: a daily plan for two years. */
const INVOICES_MAX = 1_000;

/** Nothing has that name; `known` is what there is. */
export class UnknownSubject extends Error {
  constructor(what: string, known: readonly string[]) {
    super(`There is no ${what}; there ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ')}.`);
    this.name = 'UnknownSubject';
  }
}

/** All invoices of a customer, in the order they became final. */
export async function invoicesOf(ledger: Ledger, key: CustomerKey): Promise<Invoice[]> {
  const { mode, customer } = key;
  const invoices: Invoice[] = [];
  for (let after: string | undefined; invoices.length < INVOICES_MAX;) {
    const page = await ledger.invoices.list({ mode, customer, after, limit: PAGE });
    invoices.push(...page.invoices);
    if (page.nextCursor === null) break;
    after = page.nextCursor;
  }
  // Drafts have no such time: they come last, in the order of their periods.
  const atOf = ({ finalizedAt, period }: Invoice) => `${finalizedAt ?? '~'} ${period.start}`;
  return invoices.reverse().sort((a, b) => (atOf(a) < atOf(b) ? -1 : 1));
}

/** The invoice of this id, of this number, or of this id at Stripe. @throws UnknownSubject. */
export function invoiceNamed(invoices: readonly Invoice[], name: string): Invoice {
  const found = invoices.find(({ id, number, stripe }) => {
    return id === name || number === name || stripe?.invoice === name;
  });
  if (found) return found;
  throw new UnknownSubject(`invoice ${name}`, invoices.map(({ id }) => id));
}

/** The lines of a ref, or the one at a place that counts from 1. @throws UnknownSubject. */
export function linesNamed(
  { lines }: Pick<Explained, 'lines'>,
  name: string | null,
): readonly InvoiceLine[] {
  if (name === null) return lines;
  const byRef = lines.filter(({ ref }) => ref === name);
  const at = /^[1-9]\d{0,3}$/.test(name) ? lines[Number(name) - 1] : undefined;
  const found = byRef.length > 0 ? byRef : at ? [at] : [];
  if (found.length > 0) return found;
  throw new UnknownSubject(`line ${name}`, lines.map(({ ref }) => ref));
}

/** The invoice to come, as far as the open period has got. */
export function previewOf(state: CustomerState): Explained {
  const segment = openSegment(state);
  const { currency } = snapshotOf(state, segment.plan);
  const { lines } = predictedLines(state, segment, 'cycle');
  const period = periodText(segment.startMs, segment.endMs);
  return { reason: 'cycle', plan: segment.plan, currency, lines, period };
}
