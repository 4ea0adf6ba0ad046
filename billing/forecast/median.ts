import { add, compare, divide } from '../decimal.js';

/**
 * The median as an exact decimal: the middle number, of an even count the mean of the middle two;
 * null for none. The numbers are whole and safe, in any order.
 */
export function median(numbers: readonly number[]): string | null {
  if (numbers.length === 0) return null;
  const ascending = [...numbers].sort((a, b) => a - b);
  const upper = ascending[Math.floor(ascending.length / 2)] ?? 0;
  const lower = ascending[Math.ceil(ascending.length / 2) - 1] ?? 0;
  return divide(add(String(lower), String(upper)), '2', 1);
}

/** The larger of two exact decimals. */
export function larger(a: string, b: string): string {
  return compare(a, b) >= 0 ? a : b;
}
