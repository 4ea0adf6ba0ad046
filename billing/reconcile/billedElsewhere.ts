import { billedUnits, billedUnitsWithLate } from '../customer/reporting/reporting.js';
import type { InvoiceLine } from '../invoice.js';
import { CREDITS_METER, microCreditsOf } from '../quantity.js';
import type { CustomerState, Segment } from '../state.js';
import type { Explained } from './explanation.js';

/** What other lines say of the usage that a line bills. */

type Lines = readonly Pick<Explained, 'lines'>[];

/** Lines of a segment's meter: `late` those of late usage, else those of its own invoice. */
function linesOf(
  invoices: Lines,
  { startMs }: Segment,
  meter: string,
  late: boolean,
): readonly InvoiceLine[] {
  return invoices.flatMap(({ lines }) =>
    lines.filter((line) => {
      if (line.meter !== meter || Date.parse(line.period.start) !== startMs) return false;
      return line.ref.startsWith('late/') === late && !line.ref.endsWith('/flat');
    }),
  );
}

/** Units of late lines of the same meter and period that stand before this one. */
export function lateBefore(invoices: Lines, line: InvoiceLine, segment: Segment): number {
  const late = linesOf(invoices, segment, line.meter ?? '', true);
  const earlier = late.slice(0, Math.max(0, late.indexOf(line)));
  return earlier.reduce((sum, { quantity }) => sum + Number(quantity), 0);
}

/**
 * Units by meter that a period's invoice covers where Stripe finalised it without us and the
 * workflow has forgotten the period: those on its lines, if they and all late lines together are
 * what the log holds. Else nothing is said of the meter.
 */
export function forgottenBilled(
  state: CustomerState,
  invoices: Lines,
  segment: Segment,
  meter: string,
): Segment['billed'] {
  const own = linesOf(invoices, segment, meter, false);
  const units = own.reduce((sum, { quantity }) => sum + wholeUnits(meter, quantity), 0);
  if (!segment.frozen || units === billedUnits(state, segment, meter)) return segment.billed;
  const late = linesOf(invoices, segment, meter, true);
  const all = late.reduce((sum, { quantity }) => sum + Number(quantity), units);
  if (all !== billedUnitsWithLate(state, segment, meter)) return segment.billed;
  return { ...segment.billed, [meter]: units };
}

/** Late lines count whole units already; credits of other lines are decimals. */
function wholeUnits(meter: string, quantity: number | string): number {
  return meter === CREDITS_METER ? microCreditsOf(String(quantity)) : Number(quantity);
}
