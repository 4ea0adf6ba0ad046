import type { Bill } from '../../bill.js';
import type { Price } from '../../catalogue.js';
import { rateMeter } from '../../rating/rateMeter.js';
import type { CustomerState, DraftItem, Segment } from '../../state.js';
import { billOf, changeBill } from './bills.js';
import { invoicedUnits } from './prediction.js';
import { pricedQuantity } from '../reporting/pricedQuantity.js';
import { billedUnitsWithLate, pricedMeters } from '../reporting/reporting.js';
import { changeSegment, snapshotOf } from '../periods/segments.js';

/**
 * Late usage of a closed segment costs rate(billed + late) - rate(billed) - already billed: one
 * item on the next draft, never a meter event, never dropped (DESIGN §6). Where voids left less
 * than Stripe was told it is negative, and stands on the segment's own draft while that is open.
 */

/** Whole minor units that a number of billed units cost under the segment's price. */
function costOf(
  state: CustomerState,
  segment: Segment,
  [meter, price]: readonly [meter: string, price: Price],
  units: number,
): number {
  const definition = snapshotOf(state, segment.plan).meters[meter];
  if (!definition) return 0;
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
  if (!segment.stripe || !segment.frozen || segment.trial) return [];
  return pricedMeters(state, segment).flatMap((priced) => {
    const [meter, price] = priced;
    const billed = invoicedUnits(state, segment, meter, price);
    const all = billedUnitsWithLate(state, segment, meter);
    const before = segment.lateBilled[meter] ?? { quantity: 0, amountMinor: 0 };
    const amountMinor =
      costOf(state, segment, priced, all) -
      costOf(state, segment, priced, billed) -
      before.amountMinor;
    const quantity = all - billed - before.quantity;
    return quantity === 0 && amountMinor === 0 ? [] : [{ meter, quantity, amountMinor }];
  });
}

/** True while some of a closed segment's usage is on no invoice, though it costs something. */
export function owesLate(state: CustomerState, segment: Segment): boolean {
  return lateMeters(state, segment).some(({ amountMinor }) => amountMinor !== 0);
}

/**
 * Decides what late usage goes on an invoice of segment `index`, and notes it as billed in the
 * same step: that of earlier segments, and what voids took back of its own. On `late`, the
 * invoice after a customer left, that of its own goes too. A repeat adds only what is new.
 */
export function takeLateItems(state: CustomerState, index: number, late = false): CustomerState {
  const draft = state.segments.find((segment) => segment.index === index);
  const bill = draft && billOf(draft, late);
  if (!draft || !bill) return state;
  let taken = state;
  let { items } = bill;
  for (const segment of state.segments.filter((candidate) => candidate.index <= index)) {
    const isOwn = segment.index === index && !late;
    for (const meter of lateMeters(state, segment)) {
      if (meter.quantity < 0 ? !isOwn && isOpen(segment) : isOwn) continue;
      items = [...items, itemOf(state, { ...bill, items }, segment, meter)];
      taken = noteBilled(taken, segment.index, meter);
    }
  }
  return items === bill.items ? state : changeBill(taken, index, late, { items });
}

/** True while what voids take back can still go on the segment's own draft. */
function isOpen({ final, stage }: Segment): boolean {
  return !final && stage !== 'empty';
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
  { stripeInvoice, items }: Bill,
  segment: Segment,
  late: LateMeter,
): DraftItem {
  const definition = snapshotOf(state, segment.plan).meters[late.meter];
  const name = `item/${stripeInvoice}/late/${late.meter}/${segment.index}`;
  const before = items.filter((item) => item.name === name || item.name.startsWith(`${name}/`));
  return {
    name: before.length === 0 ? name : `${name}/${before.length}`,
    ref: `late/${late.meter}`,
    description: `${definition?.name ?? late.meter}: ${late.quantity} late`,
    quantity: late.quantity,
    amountMinor: late.amountMinor,
    startSeconds: segment.startMs / 1000,
    endSeconds: segment.endMs / 1000,
  };
}
