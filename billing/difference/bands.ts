import type { GraduatedPrice, PerUnitPrice, Tier } from '../catalogue.js';
import { canonical, compare } from '../decimal.js';
import { graduatedTiers } from '../rating/graduated.js';

/**
 * Prices by ranges of units, so that two of them can be laid beside each other whatever way they
 * were written in.
 */

/** Units `from` to `upTo` (both inclusive, from 1), and what they cost in minor units. */
export interface Band {
  readonly from: number;
  readonly upTo: number | 'inf';
  /** For each unit; exact decimal string. */
  readonly unitAmountMinor: string;
  /** Once. */
  readonly flatAmountMinor: number;
}

/** A range of units over which both sides have one amount each. */
export interface Stretch {
  readonly from: number;
  readonly upTo: number | 'inf';
  readonly before: string;
  readonly after: string;
}

/** The tiers of a price as ranges. */
export function bandsOf(tiers: readonly Tier[]): Band[] {
  let from = 1;
  return tiers.map(({ upTo, unitAmountMinor, flatAmountMinor = 0 }) => {
    const band = { from, upTo, unitAmountMinor: canonical(unitAmountMinor), flatAmountMinor };
    if (upTo !== 'inf') from = upTo + 1;
    return band;
  });
}

/** The ranges of a price that prices each unit by itself; included units cost "0". */
export function unitBands(price: PerUnitPrice | GraduatedPrice): Band[] {
  if (price.type === 'graduated') return bandsOf(graduatedTiers(price));
  const { unitAmountMinor, included = 0 } = price;
  const free: Tier[] = included > 0 ? [{ upTo: included, unitAmountMinor: '0' }] : [];
  return bandsOf([...free, { upTo: 'inf', unitAmountMinor }]);
}

/** How many units from the first cost nothing; "inf" when none costs anything. */
export function freeUnits(bands: readonly Band[]): number | 'inf' {
  const paid = bands.find(
    (band) => compare(band.unitAmountMinor, '0') > 0 || band.flatAmountMinor > 0,
  );
  return paid ? paid.from - 1 : 'inf';
}

/** The range that a unit falls into; the last one is open. */
function bandAt(bands: readonly Band[], unit: number): Band | undefined {
  return bands.find(({ upTo }) => upTo === 'inf' || unit <= upTo);
}

/**
 * Both prices over the units after `free`, cut where either changes and joined again where
 * neither does. `amount` picks what is looked at; it must give plain decimals.
 */
export function stretches(
  before: readonly Band[],
  after: readonly Band[],
  free: number,
  amount: (band: Band) => string,
): Stretch[] {
  const starts = [...before, ...after].map((band) => band.from).filter((from) => from > free + 1);
  const cuts = [free + 1, ...[...new Set(starts)].sort((a, b) => a - b)];
  const joined: Stretch[] = [];
  for (const [index, from] of cuts.entries()) {
    const next = cuts[index + 1];
    const was = bandAt(before, from);
    const is = bandAt(after, from);
    if (!was || !is) continue;
    const upTo = next === undefined ? ('inf' as const) : next - 1;
    const piece = { from, upTo, before: amount(was), after: amount(is) };
    const last = joined.at(-1);
    if (last && last.before === piece.before && last.after === piece.after) {
      joined.splice(-1, 1, { ...last, upTo });
    } else joined.push(piece);
  }
  return joined;
}
