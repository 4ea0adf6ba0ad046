import type { LastValue } from './log.js';
import type { MeterTotal } from './state.js';

/** How rows of usage become totals of a period. */

/** A total that left the range of exact whole numbers; the same rows fail again. */
export class TotalOutOfRangeError extends Error {
  readonly code = 'total_out_of_range';
  readonly retryable = false;
  constructor(
    readonly meter: string,
    readonly value: number,
  ) {
    super(`the total of meter ${meter} is beyond 2^53-1: ${value}`);
    this.name = 'TotalOutOfRangeError';
  }
}

/**
 * The newer of two values: that of the greater time, then of the greater id. One event may name
 * two meters of a derived one; then the greater quantity, so that no order of rows matters.
 */
export function newerValue(a: LastValue | null, b: LastValue | null): LastValue | null {
  if (!a || !b) return a ?? b;
  if (a.atMs !== b.atMs) return a.atMs > b.atMs ? a : b;
  if (a.id !== b.id) return a.id > b.id ? a : b;
  return a.quantity >= b.quantity ? a : b;
}

/** A total with every quantity multiplied: credits of raw units. */
export function scaledTotal(total: MeterTotal, factor: number): MeterTotal {
  if (factor === 1) return total;
  return {
    quantity: total.quantity * factor,
    count: total.count,
    max: total.max * factor,
    last: total.last && { ...total.last, quantity: total.last.quantity * factor },
  };
}

/**
 * Two totals of one meter as one. Exact while results stay within 2^53-1; a sum beyond it is
 * never safe again, so whoever uses it can tell.
 */
export function addTotals(a: MeterTotal | undefined, b: MeterTotal): MeterTotal {
  return {
    quantity: (a?.quantity ?? 0) + b.quantity,
    count: (a?.count ?? 0) + b.count,
    max: Math.max(a?.max ?? 0, b.max),
    last: newerValue(a?.last ?? null, b.last),
  };
}
