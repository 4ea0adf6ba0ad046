import { exactText, parseExact } from '../arithmetic.js';
import { type StripeFailure, badParameter } from './failure.js';
import type { FormValue, FormValues } from './form.js';

const METADATA_KEYS_MAX = 50;
const METADATA_KEY_LENGTH_MAX = 40;
const METADATA_VALUE_LENGTH_MAX = 500;

/** Reads the parameters of one request; what nobody asked for is refused by `finish`. */
export class Params {
  readonly #values: FormValues;
  readonly #prefix: string;
  readonly #read = new Set<string>();
  readonly #children: Params[] = [];

  constructor(values: FormValues, prefix = '') {
    this.#values = values;
    this.#prefix = prefix;
  }

  /** Full name of a parameter: `recurring[meter]`. */
  name(key: string): string {
    return this.#prefix === '' ? key : `${this.#prefix}[${key}]`;
  }

  /** Whether the parameter came, be it empty. */
  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }

  /** Whether the parameter came as one text, not as a list or named values. */
  isText(key: string): boolean {
    return typeof this.#values[key] === 'string';
  }

  /** Keys that came. */
  keys(): string[] {
    return Object.keys(this.#values);
  }

  /** Text; undefined where it did not come, null where it came empty. */
  text(key: string, lengthMax = 5000): string | null | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw badParameter(this.name(key), `Invalid string: ${key}`);
    if (value.length > lengthMax) {
      const message = `Invalid string: must be at most ${lengthMax} characters`;
      throw badParameter(this.name(key), message, 'parameter_invalid_string');
    }
    return value === '' ? null : value;
  }

  /** Text that must be there and not empty. */
  needText(key: string, lengthMax?: number): string {
    const value = this.text(key, lengthMax);
    if (value) return value;
    if (value === undefined) throw this.#absent(key);
    const message = `You passed an empty string for '${this.name(key)}'.`;
    throw badParameter(this.name(key), message, 'parameter_invalid_empty');
  }

  /** A whole number, negative too. */
  integer(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined || text === null) return undefined;
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) {
      const message = `Invalid integer: ${text}`;
      throw badParameter(this.name(key), message, 'parameter_invalid_integer');
    }
    return value;
  }

  /** A whole number that must be there. */
  needInteger(key: string): number {
    const value = this.integer(key);
    if (value === undefined) throw this.#absent(key);
    return value;
  }

  /** `true` or `false`. */
  flag(key: string): boolean | undefined {
    const text = this.text(key);
    if (text === undefined || text === null) return undefined;
    if (text === 'true') return true;
    if (text === 'false') return false;
    throw badParameter(this.name(key), `Invalid boolean: ${text}`);
  }

  /** A plain decimal of at most 12 places, shortest form. */
  decimal(key: string): string | undefined {
    const text = this.text(key);
    if (text === undefined || text === null) return undefined;
    const value = parseExact(text);
    if (!value) throw badParameter(this.name(key), `Invalid decimal: ${text}`);
    if ((exactText(value).split('.')[1] ?? '').length > 12) {
      const message = `Invalid decimal: ${text}; at most 12 decimal places are supported`;
      throw badParameter(this.name(key), message);
    }
    return exactText(value);
  }

  /** One of the given words. */
  choice<T extends string>(key: string, words: readonly T[]): T | undefined {
    const text = this.text(key);
    if (text === undefined || text === null) return undefined;
    const word = words.find((candidate) => candidate === text);
    if (word) return word;
    const message = `Invalid ${this.name(key)}: must be one of ${words.join(', ')}`;
    throw badParameter(this.name(key), message);
  }

  /** One of the given words, which must be there. */
  needChoice<T extends string>(key: string, words: readonly T[]): T {
    const word = this.choice(key, words);
    if (word === undefined) throw this.#absent(key);
    return word;
  }

  /** Named parameters within this one. */
  child(key: string): Params | undefined {
    const value = this.#take(key);
    if (value === undefined || value === '') return undefined;
    return this.#nest(value, this.name(key));
  }

  /** A list of named parameters. */
  children(key: string): Params[] | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw badParameter(this.name(key), 'Invalid array');
    return value.map((entry, index) => this.#nest(entry, `${this.name(key)}[${index}]`));
  }

  /** A list of texts. */
  texts(key: string): string[] | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) {
      return value as string[];
    }
    throw badParameter(this.name(key), 'Invalid array');
  }

  /** Metadata laid over what is there: an empty value unsets its key, empty metadata all. */
  metadata(before: Readonly<Record<string, string>> = {}): Record<string, string> {
    const value = this.#take('metadata');
    if (value === undefined) return { ...before };
    if (value === '') return {};
    const after = { ...before };
    const given = this.#nest(value, this.name('metadata'));
    for (const key of given.keys()) {
      const text = given.text(key, METADATA_VALUE_LENGTH_MAX);
      if (key.length > METADATA_KEY_LENGTH_MAX) throw badParameter(key, 'Metadata key too long');
      if (text) after[key] = text;
      else delete after[key];
    }
    if (Object.keys(after).length > METADATA_KEYS_MAX) {
      throw badParameter('metadata', `Metadata can have up to ${METADATA_KEYS_MAX} keys`);
    }
    return after;
  }

  /** Refuses what no one read, here and below. */
  finish(): void {
    for (const key of this.keys()) {
      if (this.#read.has(key)) continue;
      const param = this.name(key);
      const message = `Received unknown parameter: ${param} (unknown to this sandbox)`;
      throw badParameter(param, message, 'parameter_unknown');
    }
    for (const child of this.#children) child.finish();
  }

  #take(key: string): FormValue | undefined {
    this.#read.add(key);
    return this.#values[key];
  }

  #nest(value: FormValue, prefix: string): Params {
    if (typeof value === 'string') throw badParameter(prefix, 'Invalid object');
    const values = Array.isArray(value) ? Object.fromEntries(value.entries()) : value;
    const child = new Params(values, prefix);
    this.#children.push(child);
    return child;
  }

  #absent(key: string): StripeFailure {
    const param = this.name(key);
    return badParameter(param, `Missing required param: ${param}.`, 'parameter_missing');
  }
}
