import type { InvoiceLine, RatedLine } from '../../invoice.js';
import { floorMinute, MINUTE_MS } from '../../period.js';
import { baseChangeLine, unusedBaseLine } from '../../rating/baseChange.js';
import type { CustomerState, DraftItem, Segment } from '../../state.js';
import { billOf, changeBill, isMadeByUs } from './bills.js';
import { takeLateItems } from './late.js';
import { netLine } from './net.js';
import { usageLines } from './prediction.js';
import { changeSegment, snapshotOf } from '../periods/segments.js';

/** Our own items of an invoice: what Stripe does not bill by itself (DESIGN §6, Close 4). */

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

function itemFrom(invoice: string | null, line: RatedLine, { startMs, endMs }: Span): DraftItem {
  return {
    name: `item/${invoice}/${line.ref}`,
    ref: line.ref,
    description: line.description,
    quantity: 1,
    amountMinor: line.amountMinor,
    startSeconds: startMs / 1000,
    endSeconds: endMs / 1000,
  };
}

/**
 * Decides our items of an invoice of segment `index`, before they are sent; `late`: of the one
 * after a customer left. A repeat keeps what was decided and adds what has come since. One that
 * is final at Stripe takes nothing any more.
 */
export function decideItems(state: CustomerState, index: number, late = false): CustomerState {
  const segment = state.segments.find((candidate) => candidate.index === index);
  const bill = segment && billOf(segment, late);
  if (!segment || !bill || bill.final) return state;
  if (late) return takeLateItems(state, index, true);
  const fresh = missingItems(state, segment);
  if (fresh.length === 0) return takeLateItems(state, index);
  const items = [...bill.items, ...fresh];
  return takeLateItems(changeBill(state, index, false, { items }), index);
}

/** What is to stand on its invoice and does not yet, late usage left out. */
function missingItems(state: CustomerState, segment: Segment): DraftItem[] {
  const { items, carried = [], stripeInvoice, index } = segment;
  const known = new Set(items.map(({ name }) => name));
  const earlier = carried.map((item) => {
    return { ...item, name: `item/${stripeInvoice}/${item.ref}/${index - 1}` };
  });
  return [...earlier, ...periodItems(state, segment)].filter(({ name }) => !known.has(name));
}

/** Who was away until an invoice was final puts what was to stand on it on the next one. */
export function carryItems(state: CustomerState, index: number): CustomerState {
  const segment = state.segments.find((candidate) => candidate.index === index);
  const next = state.segments.find((candidate) => candidate.index === index + 1);
  if (!segment || !next || next.carried) return state;
  const carried = missingItems(state, segment);
  return carried.length === 0 ? state : changeSegment(state, next.index, { carried });
}

/** Items that follow from the segment alone: unused base, changed base, net. */
function periodItems(state: CustomerState, segment: Segment): DraftItem[] {
  const { startMs, endMs, plannedEndMs, stripeInvoice } = segment;
  const made = (line: RatedLine | null, span: Span) =>
    line ? [itemFrom(stripeInvoice, line, span)] : [];
  const unused = { startMs: endMs, endMs: plannedEndMs ?? endMs };
  const next = state.segments.find(({ index }) => index === segment.index + 1);
  return [
    ...made(unusedBase(state, segment), unused),
    ...(next && !segment.close ? made(baseChange(state, next), next) : []),
    ...made(netLine(state, segment), { startMs, endMs }),
  ];
}

/** What comes back of the base where a plan change has cut the period short. */
function unusedBase(state: CustomerState, segment: Segment): RatedLine | null {
  const { endMs, plannedEndMs, close, trial, noBase } = segment;
  if (close !== 'final' || plannedEndMs === undefined || trial || noBase) return null;
  const { plan } = snapshotOf(state, segment.plan);
  const minutes = (fromMs: number) => (plannedEndMs - fromMs) / MINUTE_MS;
  return unusedBaseLine(plan, minutes(endMs), minutes(paidFromMs(segment)));
}

/** Since when, ms: one that was taken over in its middle was paid from its start at Stripe on. */
export function paidFromMs({ startMs, stripe }: Segment): number {
  return stripe ? floorMinute(stripe.startSeconds * 1000) : startMs;
}

/** Where Stripe has charged the next period at the base of the plan before. */
function baseChange(state: CustomerState, next: Segment): RatedLine | null {
  if (!next.basePlan || next.noBase) return null;
  const charged = snapshotOf(state, next.basePlan).plan;
  return baseChangeLine(charged, snapshotOf(state, next.plan).plan);
}

/** Usage of a segment that Stripe bills nothing of: an item for each line that costs something. */
export function usageItems(state: CustomerState, segment: Segment): DraftItem[] {
  if (!isMadeByUs(segment)) return [];
  return usageLines(state, segment)
    .filter(({ amountMinor }) => amountMinor !== 0)
    .map((line) => itemFrom(segment.stripeInvoice, line, segment));
}

/** All that is to stand on the invoice as items of ours. */
export function sentItems(
  state: CustomerState,
  segment: Segment,
  late = false,
): readonly DraftItem[] {
  const items = billOf(segment, late)?.items ?? [];
  return late ? items : [...usageItems(state, segment), ...items];
}

/** True where an invoice of our own would be empty: it is not made. */
export function hasNothingToBill(state: CustomerState, index: number, late = false): boolean {
  const empty = { stage: 'complete', final: false, stripeInvoice: null, items: [] } as const;
  const begun = late ? withLateBill(state, index, empty) : state;
  const decided = decideItems(begun, index, late);
  const segment = decided.segments.find((candidate) => candidate.index === index);
  if (!segment) return true;
  return sentItems(decided, segment, late).every(({ amountMinor }) => amountMinor === 0);
}

/** The state with the invoice after a customer left begun on segment `index`. */
export function withLateBill(
  state: CustomerState,
  index: number,
  lateInvoice: NonNullable<Segment['lateInvoice']>,
): CustomerState {
  const segments = state.segments.map((segment) =>
    segment.index === index ? { ...segment, lateInvoice } : segment,
  );
  return { ...state, segments };
}

/** A decided item as the invoice shows it. */
export function itemLine(item: DraftItem, period: InvoiceLine['period']): InvoiceLine {
  const [kind, meter] = item.ref.split('/');
  return {
    ref: item.ref,
    ...(kind === 'late' && meter !== undefined ? { meter } : {}),
    description: item.description,
    period,
    quantity: item.quantity,
    unitAmountMinor: kind === 'late' ? '0' : String(item.amountMinor),
    amountMinor: item.amountMinor,
  };
}
