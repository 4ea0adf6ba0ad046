import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new id in Stripe's form: `in_` and 24 characters. */
export function newId(prefix: string): string {
  let id = '';
  for (const byte of randomBytes(24)) id += ALPHABET[byte % ALPHABET.length];
  return `${prefix}_${id}`;
}
