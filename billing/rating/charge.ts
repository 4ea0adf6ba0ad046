import { canonical, fromWhole, multiply } from '../decimal.js';
import type { RatedLine } from '../invoice.js';
import { groupDigits, roundMinor } from '../money.js';
import { type Scale, shownQuantity } from '../quantity.js';

/** A line before its amount is rounded: what a price makes of a quantity. */
export interface Charge extends Omit<RatedLine, 'amountMinor' | 'description' | 'quantity'> {
  /** Only lines that are shown need words: they cost far more than the amount. */
  readonly describe: () => string;
  /** Whole units (micro-credits), and how they are shown. */
  readonly units: number;
  readonly scale: Scale;
  /** Exact decimal string of minor units. */
  readonly exactMinor: string;
}

/** What a price needs to know of the meter it prices. */
export interface PricedMeter {
  readonly id: string;
  /** Display name, begins every description. */
  readonly name: string;
  readonly scale: Scale;
}

/** Turns credits' amounts per credit into amounts per whole unit. */
function perWholeUnit(amount: string, scale: Scale): string {
  return scale === 1 ? amount : multiply(amount, '0.000001');
}

/** `units` at an amount each; `units` are whole (micro-credits for credits), the amount is not. */
export function unitCharge(
  meter: PricedMeter,
  ref: string,
  detail: () => string,
  units: number,
  unitAmountMinor: string,
): Charge {
  return {
    ref,
    meter: meter.id,
    describe: () => described(meter, detail()),
    units,
    scale: meter.scale,
    unitAmountMinor,
    exactMinor: multiply(fromWhole(units), perWholeUnit(unitAmountMinor, meter.scale)),
  };
}

/** The units that the plan includes; shown at zero. Nothing when none were used. */
export function includedCharges(meter: PricedMeter, included: number, used: number): Charge[] {
  if (used === 0) return [];
  const detail = () => `first ${groupDigits(included)} included`;
  return [unitCharge(meter, `${meter.id}/included`, detail, used, '0')];
}

/** A flat amount: a line of its own, once. */
export function flatCharge(
  meter: PricedMeter,
  ref: string,
  detail: () => string,
  flatAmountMinor: number,
): Charge {
  const amount = fromWhole(flatAmountMinor);
  return {
    ref,
    meter: meter.id,
    describe: () => described(meter, detail()),
    units: 1,
    scale: 1,
    unitAmountMinor: amount,
    exactMinor: amount,
  };
}

function described(meter: PricedMeter, detail: string): string {
  return detail === '' ? meter.name : `${meter.name}: ${detail}`;
}

/** "1,000,001 to 5,000,000", "first 100", "5,000,001 and above", "" for a tier without bounds. */
export function describeTier(after: number, upTo: number | 'inf'): string {
  if (upTo === 'inf') return after === 0 ? '' : `${groupDigits(after + 1)} and above`;
  if (after === 0) return `first ${groupDigits(upTo)}`;
  return `${groupDigits(after + 1)} to ${groupDigits(upTo)}`;
}

/** The line of a charge: its exact amount rounded half away from zero, once. */
export function lineOf(charge: Charge): RatedLine {
  const { ref, meter, packages } = charge;
  const amountMinor = roundMinor(charge.exactMinor);
  const description = charge.describe();
  const quantity = shownQuantity(charge.units, charge.scale);
  const unitAmountMinor = canonical(charge.unitAmountMinor);
  // Written out: taking one field off by a rest pattern was a quarter of the time of an invoice.
  if (packages === undefined) {
    return { ref, meter, description, quantity, unitAmountMinor, amountMinor };
  }
  return { ref, meter, description, quantity, packages, unitAmountMinor, amountMinor };
}
