import { must } from './broken.js';

const DECIMAL_LIKE = /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/i;
const CANONICAL = /^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/;

/**
 * Walks what is new in a state: every number is a safe integer (I13), everything is plain JSON,
 * and from then on nothing of it can be altered in place. States share most of what they hold,
 * so what was walked once is not walked again.
 */
export class Plainness {
  private readonly walked = new WeakSet<object>();

  check(value: unknown, path = 'state'): void {
    if (typeof value === 'number') {
      const exact = Number.isSafeInteger(value) && !Object.is(value, -0);
      must(exact, 'I13', () => `${path} is ${Object.is(value, -0) ? '-0' : value}`);
      return;
    }
    if (typeof value === 'string') {
      const decimal = value.includes('.') && DECIMAL_LIKE.test(value);
      must(!decimal || CANONICAL.test(value), 'I13', () => `${path} is ${value}`);
      return;
    }
    if (value === null || typeof value === 'boolean' || value === undefined) return;
    must(typeof value === 'object', 'I9', () => `${path} is a ${typeof value}`);
    this.walk(value as object, path);
  }

  private walk(value: object, path: string): void {
    if (this.walked.has(value)) return;
    const proto: unknown = Object.getPrototypeOf(value);
    const plain = Array.isArray(value) || proto === Object.prototype || proto === null;
    must(plain, 'I9', () => `${path} is no plain object`);
    this.walked.add(Object.freeze(value));
    for (const [name, inner] of Object.entries(value)) this.check(inner, `${path}.${name}`);
  }
}

/** True where two plain values are the same, whatever the order of their keys. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = Object.entries(b).filter(([, value]) => value !== undefined);
  if (left.length !== right.length) return false;
  const others = b as Readonly<Record<string, unknown>>;
  return left.every(([name, value]) => name in others && equal(value, others[name]));
}

/** The path of the first difference, for a run that fails. */
export function difference(a: unknown, b: unknown, path = ''): string {
  if (equal(a, b)) return '';
  const bothObjects = typeof a === 'object' && typeof b === 'object' && a !== null && b !== null;
  if (!bothObjects) return `${path}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const name = names.find((one) => !equal(left[one], right[one])) ?? '';
  return difference(left[name], right[name], `${path}.${name}`);
}
