import type { Cells } from '../cells.js';

/**
 * What was counted under one limit. Counters belong to what they count (meters, window, scope),
 * not to a plan: a limit of another plan that counts the same goes on where this one stood.
 */

/**
 * Whole units: of a limit in units their sum; of a limit in money one number for each priced
 * meter that it can cost, in the order of the rulebook. Credits are whole micro-credits.
 */
export type Amount = number | readonly number[];

/**
 * One stretch of time, half-open: a whole window, or a part of a sliding one. A hold counts in
 * the bucket of its grant, and so does what is settled from it.
 */
export interface Bucket {
  readonly startMs: number;
  /** Infinity does not survive JSON: a lifetime ends at `Number.MAX_SAFE_INTEGER`. */
  readonly endMs: number;
  /** By key of the scope, see `scopeKey`; keys that never counted are absent. */
  readonly used: Cells<Amount>;
  /** What open holds have debited; absent: none. */
  readonly held: Cells<Amount>;
}

/** Buckets of one limit in order of time; those nobody can ask for any more are dropped. */
export type Counter = readonly Bucket[];

/** By content of the limit, see `counterKey`. */
export type Counters = Readonly<Record<string, Counter>>;

/** The key of a scope's value: no user at all is another key than a user called "null". */
export function scopeKey(value: string | null): string {
  return value === null ? 'null' : `=${value}`;
}
