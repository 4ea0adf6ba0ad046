import { compare } from '../../decimal.js';
import type { RatedLine } from '../../invoice.js';
import type { CustomerState, DraftItem, Segment } from '../../state.js';
import { pricedMeters, reportsOf } from '../reporting/reporting.js';
import type { StripeInvoiceView, StripeLineView } from './view.js';

/**
 * Stripe's invoice against the prediction, to the cent and line by line, before any money is
 * collected. Lines that others made at Stripe are shown and not judged.
 */

/** What the invoice is expected to hold. */
export interface Prediction {
  readonly usage: readonly RatedLine[];
  readonly base: readonly RatedLine[];
  readonly items: readonly DraftItem[];
}

/** Every difference in words; none: equal. */
export function differences(
  state: CustomerState,
  segment: Segment,
  prediction: Prediction,
  view: StripeInvoiceView,
): string[] {
  return [
    ...usageDifferences(state, segment, prediction, view),
    ...amountDifferences('base', amounts(prediction.base), amounts(linesOf(view, 'base'))),
    ...itemDifferences(prediction.items, view),
  ];
}

function linesOf(view: StripeInvoiceView, kind: StripeLineView['kind'], name?: string) {
  return view.lines.filter(
    (line) => line.kind === kind && (name === undefined || line.name === name),
  );
}

/** Amounts that are not zero, ascending: zero lines change nothing and differ in form. */
function amounts(lines: readonly { readonly amountMinor: number }[]): number[] {
  return lines
    .map((line) => line.amountMinor)
    .filter((amountMinor) => amountMinor !== 0)
    .sort((a, b) => a - b);
}

function amountDifferences(what: string, expected: number[], found: number[]): string[] {
  if (expected.join() === found.join()) return [];
  return [`${what}: expected ${expected.join(' + ') || 0}, Stripe has ${found.join(' + ') || 0}`];
}

function usageDifferences(
  state: CustomerState,
  segment: Segment,
  prediction: Prediction,
  view: StripeInvoiceView,
): string[] {
  return pricedMeters(state, segment).flatMap(([meter]) => {
    const expected = prediction.usage.filter((line) => line.meter === meter);
    const found = linesOf(view, 'meter', meter);
    const units = segment.final ? null : reportsOf(segment, meter).intended;
    return [
      ...amountDifferences(meter, amounts(expected), amounts(found)),
      ...quantityDifferences(meter, units, found),
    ];
  });
}

/** The units Stripe rated must be the units it was told; flat amounts are no units. */
function quantityDifferences(
  meter: string,
  units: number | null,
  found: readonly StripeLineView[],
): string[] {
  if (units === null) return [];
  const rated = found
    .filter((line) => line.unitAmountMinor !== null)
    .reduce((sum, line) => sum + Number(line.quantity), 0);
  if (compare(String(rated), String(units)) === 0) return [];
  return [`${meter}: ${units} units were reported, Stripe rated ${rated}`];
}

function itemDifferences(items: readonly DraftItem[], view: StripeInvoiceView): string[] {
  const refs = new Set([
    ...items.map((item) => item.ref),
    ...linesOf(view, 'ours').map((line) => line.name ?? ''),
  ]);
  return [...refs].flatMap((ref) =>
    amountDifferences(
      ref,
      amounts(items.filter((item) => item.ref === ref)),
      amounts(linesOf(view, 'ours', ref)),
    ),
  );
}
