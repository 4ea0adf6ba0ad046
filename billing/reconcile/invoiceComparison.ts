import type { Invoice, InvoiceLine } from '../invoice.js';
import type { StripeInvoiceView, StripeLineView } from '../customer/invoice/view.js';
import { foundOf, type Found } from './difference.js';

/** A stored invoice against Stripe's: totals, and the amounts of the lines by what they are for. */

type Amounts = ReadonlyMap<string, readonly number[]>;

/** Every difference of an invoice; `segment`: the one it is about, null where it is gone. */
export function invoiceDifferences(
  invoice: Invoice,
  view: StripeInvoiceView,
  segment: number | null,
): Found[] {
  const name = `${invoice.reason} invoice ${invoice.id} (${view.id})`;
  const subject = { where: 'invoice', segment, meter: null } as const;
  const own = sum(invoice.lines.map(({ amountMinor }) => amountMinor));
  const rows: readonly (readonly [what: string, expected: number, found: number])[] = [
    ['sum of our lines against our subtotal', own, invoice.subtotalMinor],
    ["our subtotal against Stripe's", invoice.subtotalMinor, view.subtotalMinor],
    ["our total against Stripe's", invoice.totalMinor, view.totalMinor],
  ];
  const totals = rows
    .filter(([, expected, found]) => expected !== found)
    .map(([what, expected, found]) => foundOf(subject, expected, found, `${name}: ${what}`));
  return [...totals, ...lineDifferences(name, segment, invoice, view)];
}

function lineDifferences(
  name: string,
  segment: number | null,
  invoice: Invoice,
  view: StripeInvoiceView,
): Found[] {
  const ours = grouped(invoice.lines, ourGroup);
  const theirs = grouped(view.lines, stripeGroup);
  const groups = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return groups.flatMap((group) => {
    const expected = ours.get(group) ?? [];
    const found = theirs.get(group) ?? [];
    if (expected.join() === found.join()) return [];
    const meter = group.startsWith('usage of ') ? group.slice('usage of '.length) : null;
    const amounts = `${expected.join(' + ') || 0}; at Stripe ${found.join(' + ') || 0}`;
    const detail = `${name}: ${group}, minor units ${amounts}`;
    const subject = { where: 'invoice', segment, meter } as const;
    return [foundOf(subject, sum(expected), sum(found), detail)];
  });
}

/** Amounts that are not 0, ascending, by what they are for: forms of zero lines differ. */
function grouped<Line extends { readonly amountMinor: number }>(
  lines: readonly Line[],
  groupOf: (line: Line) => string,
): Amounts {
  const groups = new Map<string, number[]>();
  for (const line of lines.filter(({ amountMinor }) => amountMinor !== 0)) {
    const group = groups.get(groupOf(line)) ?? [];
    groups.set(groupOf(line), [...group, line.amountMinor].sort((a, b) => a - b));
  }
  return groups;
}

/** Refs of items of ours; each stands at Stripe under the same ref. */
const ITEM_REF = /^(base\/(unused|change)|late\/|net$|credit$)/;

function ourGroup({ ref, meter }: InvoiceLine): string {
  if (ref === 'base') return 'base';
  if (ref.startsWith('stripe/')) return `line ${ref.slice('stripe/'.length)}`;
  if (ITEM_REF.test(ref) || meter === undefined) return `item ${ref}`;
  return `usage of ${meter}`;
}

/** A `final` invoice of our own carries everything as items, each under the ref of its line. */
function stripeGroup({ id, kind, name }: StripeLineView): string {
  if (kind === 'base' || name === 'base') return 'base';
  if (kind === 'meter') return `usage of ${name}`;
  if (kind === 'foreign' || name === null) return `line ${id}`;
  return ITEM_REF.test(name) ? `item ${name}` : `usage of ${meterIn(name)}`;
}

/** `tokens/tier-1` is about `tokens`. */
function meterIn(ref: string): string {
  return ref.split('/')[0] ?? ref;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0);
}
