import { createHash } from 'node:crypto';
import { canonicalJson } from '../billing/canonical.js';

/** SHA-256, lower-case hex. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Hash of a JSON value: equal for equal values, whatever order their keys stand in. */
export function contentHash(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
