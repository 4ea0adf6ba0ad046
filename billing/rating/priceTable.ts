import type { Catalogue, Plan, Price, Tier } from '../catalogue.js';
import { fromWhole, multiply } from '../decimal.js';
import { groupDigits } from '../money.js';
import { describeTier } from './charge.js';
import { graduatedTiers } from './graduated.js';
import { packagesIn } from './package.js';

/** Quantities at which a mistake in a price shows: a unit is too small to be read. */
export const PRICED_QUANTITIES: readonly number[] = [1, 1_000, 1_000_000];

/** One price, or one tier of it, at each of the priced quantities. */
export interface PriceRow {
  /** `pro@1`. */
  readonly plan: string;
  /** The ref of the invoice line it makes: `tokens/tier-2`. */
  readonly price: string;
  /** Which units it is for, in words. */
  readonly units: string;
  /** Exact decimal strings of minor units; null where the amount comes once. */
  readonly amountsMinor: readonly (string | null)[];
}

type Row = Omit<PriceRow, 'plan'>;

/** Every price of a catalogue, as if all units were charged at it, in the order of the file. */
export function priceTable(catalogue: Catalogue): PriceRow[] {
  return Object.entries(catalogue.plans).flatMap(([id, plan]) => {
    const name = `${id}@${plan.version ?? 1}`;
    const prices = Object.entries(plan.prices ?? {});
    const rows = [...baseRows(plan), ...prices.flatMap(([meter, price]) => rowsOf(meter, price))];
    return rows.map((row) => ({ plan: name, ...row }));
  });
}

function baseRows(plan: Plan): Row[] {
  const amountMinor = plan.baseAmountMinor ?? 0;
  return amountMinor === 0 ? [] : [onceRow('base', `each ${plan.interval}`, amountMinor)];
}

function onceRow(price: string, units: string, amountMinor: number): Row {
  const once = PRICED_QUANTITIES.map((_, index) => (index === 0 ? fromWhole(amountMinor) : null));
  return { price, units, amountsMinor: once };
}

function unitRow(price: string, units: string, unitAmountMinor: string): Row {
  const amountsMinor = PRICED_QUANTITIES.map((n) => multiply(fromWhole(n), unitAmountMinor));
  return { price, units, amountsMinor };
}

function includedRows(meter: string, price: Price): Row[] {
  const included = price.included ?? 0;
  if (included === 0) return [];
  return [unitRow(`${meter}/included`, `first ${groupDigits(included)} included`, '0')];
}

function rowsOf(meter: string, price: Price): Row[] {
  switch (price.type) {
    case 'perUnit':
      return [...includedRows(meter, price), unitRow(meter, 'each', price.unitAmountMinor)];
    case 'package':
      return [...includedRows(meter, price), packageRow(meter, price)];
    case 'volume':
      return [...includedRows(meter, price), ...tierRows(meter, price.tiers)];
    case 'graduated':
      return graduatedRows(meter, price);
  }
}

function packageRow(meter: string, price: Extract<Price, { type: 'package' }>): Row {
  const amountsMinor = PRICED_QUANTITIES.map((units) => {
    const packages = packagesIn(units, price.size, price.round ?? 'up');
    return multiply(fromWhole(packages), price.packageAmountMinor);
  });
  return { price: meter, units: `packages of ${groupDigits(price.size)}`, amountsMinor };
}

/** The included prefix is the first tier. */
function graduatedRows(meter: string, price: Extract<Price, { type: 'graduated' }>): Row[] {
  const rows = tierRows(meter, graduatedTiers(price));
  const [first] = includedRows(meter, price);
  return rows.map((row, index) =>
    index === 0 && first ? { ...row, units: first.units } : row,
  );
}

function tierRows(meter: string, tiers: readonly Tier[]): Row[] {
  let after = 0;
  return tiers.flatMap((tier, index) => {
    const ref = `${meter}/tier-${index + 1}`;
    const units = describeTier(after, tier.upTo) || 'all';
    if (tier.upTo !== 'inf') after = tier.upTo;
    const row = unitRow(ref, units, tier.unitAmountMinor);
    if (tier.flatAmountMinor === undefined) return [row];
    return [row, onceRow(`${ref}/flat`, 'once', tier.flatAmountMinor)];
  });
}
