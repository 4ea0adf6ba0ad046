import { must } from './broken.js';

const DECIMAL_LIKE = /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/i;
const CANONICAL = /^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/;

/**
 * Walks what is new in a state: every number is a safe integer (I13), everything is plain JSON,
 * and from then on nothing of it can be altered in place. States share most of what they hold:
 * only what can still be altered has not been walked, as nothing else freezes anything.
 */
export class Plainness {
  /** Names down to where the walk is. */
  private readonly path: (string | number)[] = ['state'];

  check(value: unknown): void {
    if (typeof value === 'object') {
      if (value !== null) this.walk(value);
    } else if (typeof value === 'number') {
      const exact = Number.isSafeInteger(value) && !Object.is(value, -0);
      must(exact, 'I13', () => `${this.where()} is ${Object.is(value, -0) ? '-0' : value}`);
    } else if (typeof value === 'string') {
      const decimal = value.includes('.') && DECIMAL_LIKE.test(value);
      must(!decimal || CANONICAL.test(value), 'I13', () => `${this.where()} is ${value}`);
    } else {
      const plain = typeof value === 'boolean' || value === undefined;
      must(plain, 'I9', () => `${this.where()} is a ${typeof value}`);
    }
  }

  private walk(value: object): void {
    if (!Object.isExtensible(value)) return;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) this.inner(index, value[index]);
    } else {
      const proto: unknown = Object.getPrototypeOf(value);
      const plain = proto === Object.prototype || proto === null;
      must(plain, 'I9', () => `${this.where()} is no plain object`);
      const fields = value as Fields;
      for (const name in fields) this.inner(name, fields[name]);
    }
    Object.freeze(value);
  }

  private inner(name: string | number, value: unknown): void {
    this.path.push(name);
    this.check(value);
    this.path.pop();
  }

  private where(): string {
    return this.path.join('.');
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** True where two plain values are the same, whatever the order of their keys. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => equal(value, b[index]));
  }
  const left = a as Fields;
  const right = b as Fields;
  for (const name in left) if (!equal(left[name], right[name])) return false;
  for (const name in right) {
    if (right[name] !== undefined && left[name] === undefined) return false;
  }
  return true;
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
