/**
 * The sandbox's own exact arithmetic: a number is `units / 10^scale`. It shares nothing with the
 * engine whose invoices it checks.
 */
export interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

/** Where an exact half goes; Stripe does not document it. `halfUp` is away from zero. */
export type TieRounding = 'halfUp' | 'halfEven';

const PLAIN_DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Zero. */
export const ZERO: Exact = { units: 0n, scale: 0 };

/** A plain decimal string (`-12.5`), or null when it is anything else (`1e3`, ``, `+1`, `.5`). */
export function parseExact(text: string): Exact | null {
  const match = PLAIN_DECIMAL.exec(text);
  if (!match) return null;
  const [, sign, whole, fraction = ''] = match;
  const units = BigInt(`${whole}${fraction}`);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
}

/** The same, of text that is known to be a plain decimal. Throws on anything else. */
export function exact(text: string): Exact {
  const value = parseExact(text);
  if (!value) throw new Error(`not a plain decimal: ${text}`);
  return value;
}

/** A whole number. */
export function whole(value: number | bigint): Exact {
  return { units: BigInt(value), scale: 0 };
}

function unitsAt(value: Exact, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

/** a + b, exact. */
export function add(a: Exact, b: Exact): Exact {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

/** a - b, exact. */
export function subtract(a: Exact, b: Exact): Exact {
  return add(a, { units: -b.units, scale: b.scale });
}

/** a x b, exact. */
export function multiply(a: Exact, b: Exact): Exact {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** Negative, zero or positive as a is below, at or above b. */
export function compare(a: Exact, b: Exact): number {
  const { units } = subtract(a, b);
  return units < 0n ? -1 : units > 0n ? 1 : 0;
}

/** The smaller of two. */
export function lesser(a: Exact, b: Exact): Exact {
  return compare(a, b) <= 0 ? a : b;
}

/** How many times `divisor` (a positive whole number) fits, rounded up or down. */
export function packages(value: Exact, divisor: number, round: 'up' | 'down'): Exact {
  const unit = BigInt(divisor) * 10n ** BigInt(value.scale);
  const full = value.units / unit;
  const rest = value.units % unit;
  return whole(round === 'up' && rest > 0n ? full + 1n : full);
}

/** The nearest whole number; an exact half as `ties` says. */
export function roundToWhole(value: Exact, ties: TieRounding): bigint {
  return nearest(value.units, 10n ** BigInt(value.scale), ties);
}

/** The nearest whole number to numerator / denominator, the latter positive; halves by `ties`. */
export function nearest(numerator: bigint, denominator: bigint, ties: TieRounding): bigint {
  const size = numerator < 0n ? -numerator : numerator;
  const floor = size / denominator;
  const twice = (size % denominator) * 2n;
  const tieGoesUp = ties === 'halfUp' || floor % 2n === 1n;
  const rounded = twice > denominator || (twice === denominator && tieGoesUp) ? floor + 1n : floor;
  return numerator < 0n ? -rounded : rounded;
}

/** Decimals cut off, towards zero. */
export function truncate(value: Exact): bigint {
  return value.units / 10n ** BigInt(value.scale);
}

/** Shortest plain decimal: `1.50` is `1.5`, `-0` is `0`. */
export function exactText(value: Exact): string {
  const size = value.units < 0n ? -value.units : value.units;
  const digits = size.toString().padStart(value.scale + 1, '0');
  const cut = digits.length - value.scale;
  const fraction = digits.slice(cut).replace(/0+$/, '');
  const sign = value.units < 0n ? '-' : '';
  return `${sign}${digits.slice(0, cut)}${fraction ? `.${fraction}` : ''}`;
}

/** Digits that carry the value: neither leading nor trailing zeros. */
export function significantDigits(value: Exact): number {
  const size = value.units < 0n ? -value.units : value.units;
  return size === 0n ? 1 : size.toString().replace(/0+$/, '').length;
}

/** A whole number of minor units as JSON carries it. Throws beyond 2^53 - 1. */
export function minorUnits(value: bigint): number {
  const amount = Number(value);
  if (!Number.isSafeInteger(amount)) throw new Error(`amount out of range: ${value}`);
  return amount;
}
