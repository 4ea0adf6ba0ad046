import type { Lot, LotKind } from './account.js';

/**
 * Burn order (CONTRACT §2 Credits): what ends first, then by kind, then the oldest. An account's
 * lots stand in this order, so burning and pinning are one walk over them.
 */

const KINDS: readonly LotKind[] = ['promotion', 'grant', 'rollover', 'refund', 'purchase'];

/** Below 0 where `a` burns before `b`; 0: in the order they came. */
export function compareLots(a: Lot, b: Lot): number {
  return (
    compareEnds(a.expiresAtMs, b.expiresAtMs) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    a.timestampMs - b.timestampMs
  );
}

/** A lot that never ends burns last. */
function compareEnds(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null ? -1 : a - b;
}

/** The lots with one more in its place: behind those of equal order, which came before it. */
export function insertLot(lots: readonly Lot[], lot: Lot): Lot[] {
  return [...lots, lot].toSorted(compareLots);
}

/** Usage of one segment, dated. */
export interface DatedUsage {
  /** Index of the segment that the usage belongs to. */
  readonly segment: number;
  /** Customer's time, ms. */
  readonly atMs: number;
}

/**
 * True where a lot may pay for this usage. A grant and a roll-over pay for their own period
 * alone. Others pay for what is dated before their end; that they came after the usage does not
 * matter, since burning is a function of log order.
 */
export function pays(lot: Lot, usage: DatedUsage): boolean {
  if (lot.period !== undefined && lot.period !== usage.segment) return false;
  return lot.expiresAtMs === null || usage.atMs < lot.expiresAtMs;
}

/** What was taken from lots. */
export interface Taking {
  readonly lots: readonly Lot[];
  /** Ids of the lots something was taken from, in burn order. */
  readonly from: readonly string[];
  /** Whole micro-credits taken. */
  readonly taken: number;
}

/** Takes up to `wanted` micro-credits from the lots that `usable` names, in their order. */
export function takeFrom(
  lots: readonly Lot[],
  wanted: number,
  usable: (lot: Lot) => boolean,
): Taking {
  const from: string[] = [];
  let taken = 0;
  const after = lots.map((lot) => {
    const part = Math.min(lot.left, wanted - taken);
    if (part <= 0 || !usable(lot)) return lot;
    taken += part;
    from.push(lot.id);
    return { ...lot, left: lot.left - part };
  });
  return { lots: after, from, taken };
}
