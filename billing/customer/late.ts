import { rateMeter } from '../rating/rateMeter.js';
import type { CustomerState, DraftItem, Segment } from '../state.js';
import { pricedQuantity } from './pricedQuantity.js';
import { billedUnits, billedUnitsWithLate, pricedMeters } from './reporting.js';
import { changeSegment, snapshotOf } from './segments.js';

/**
 * Late usage of a closed segment costs rate(billed + late) - rate(billed) - already billed: one
 * item on the next draft, never a meter event, never dropped (DESIGN §6).
 */

/** Whole minor units that a number of billed units cost under the segment's price. */
function costOf(state: CustomerState, segment: Segment, meter: string, units: number): number {
  const snapshot = snapshotOf(state, segment.plan);
  const price = snapshot.plan.prices?.[meter];
  const definition = snapshot.meters[meter];
  if (!price || !definition) return 0;
  const lines = rateMeter(meter, definition, price, pricedQuantity(meter, units));
  return lines.reduce((sum, line) => sum + line.amountMinor, 0);
}

interface LateMeter {
  readonly meter: string;
  readonly quantity: number;
  readonly amountMinor: number;
}

/** Units known after the close, and what of their price no invoice holds yet. */
function lateMeters(state: CustomerState, segment: Segment): LateMeter[] {
  if (!segment.stripe || !segment.frozen) return [];
  return pricedMeters(state, segment).flatMap(([meter]) => {
    const billed = segment.billed[meter] ?? billedUnits(state, segment, meter);
    const all = billedUnitsWithLate(state, segment, meter);
    const before = segment.lateBilled[meter] ?? { quantity: 0, amountMinor: 0 };
    const amountMinor =
      costOf(state, segment, meter, all) -
      costOf(state, segment, meter, billed) -
      before.amountMinor;
    const quantity = all - billed - before.quantity;
    return quantity === 0 && amountMinor === 0 ? [] : [{ meter, quantity, amountMinor }];
  });
}

/**
 * Decides, once, what late usage of earlier segments goes on the draft of segment `index`, and
 * notes it as billed there in the same step.
 */
export function takeLateItems(state: CustomerState, index: number): CustomerState {
  const draft = state.segments.find((segment) => segment.index === index);
  if (!draft || draft.items.length > 0) return state;
  let taken = state;
  const items: DraftItem[] = [];
  for (const segment of state.segments.filter((candidate) => candidate.index < index)) {
    for (const late of lateMeters(state, segment)) {
      items.push(itemOf(state, draft, segment, late));
      taken = noteBilled(taken, segment.index, late);
    }
  }
  return changeSegment(taken, index, { items });
}

function noteBilled(state: CustomerState, index: number, late: LateMeter): CustomerState {
  const segment = state.segments.find((candidate) => candidate.index === index);
  const before = segment?.lateBilled[late.meter] ?? { quantity: 0, amountMinor: 0 };
  return changeSegment(state, index, {
    lateBilled: {
      ...segment?.lateBilled,
      [late.meter]: {
        quantity: before.quantity + late.quantity,
        amountMinor: before.amountMinor + late.amountMinor,
      },
    },
  });
}

function itemOf(
  state: CustomerState,
  draft: Segment,
  segment: Segment,
  late: LateMeter,
): DraftItem {
  const definition = snapshotOf(state, segment.plan).meters[late.meter];
  return {
    name: `item/${draft.stripeInvoice}/late/${late.meter}/${segment.index}`,
    ref: `late/${late.meter}`,
    description: `${definition?.name ?? late.meter}: ${late.quantity} late`,
    quantity: late.quantity,
    amountMinor: late.amountMinor,
    startSeconds: segment.startMs / 1000,
    endSeconds: segment.endMs / 1000,
  };
}
