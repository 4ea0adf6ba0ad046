import type { CustomerKey, UsageMessage } from '../../billing/log.js';
import { noTidings, type Tidings } from './tidings.js';

/** News of one customer that no workflow has taken yet, and when they go. */

/** How long news may wait, by how much hangs on them. */
export const DELAYS_MS = { soon: 400, later: 20_000 } as const;

/** Back-off after a failure: doubled each time up to the longest. */
const RETRY_MS = { first: 500, longest: 30_000 } as const;

/** What waits for one customer. */
export interface Waiting {
  readonly tidings: Tidings;
  /** Real time, ms. */
  dueAtMs: number;
  /** Settles when what is on its way was taken or not; null: nothing is. */
  sending: Promise<void> | null;
  failures: number;
}

/** News that ride along on an Update instead of a signal of their own. */
export interface Riding {
  readonly message: UsageMessage;
  /**
   * What became of them: folded; refused with all that rode along, so they are told later; or
   * nothing is known, and the workflow is told of the head alone.
   */
  done(outcome: 'folded' | 'refused' | 'unknown'): void;
}

/** Name of a customer's news among all. */
export function nameOf({ mode, customer, life }: CustomerKey): string {
  return `${mode}/${customer}#${life}`;
}

/** Nothing yet; due in `delayMs`. */
export function newWaiting(key: CustomerKey, delayMs: number): Waiting {
  return {
    tidings: noTidings(key),
    dueAtMs: Date.now() + delayMs,
    sending: null,
    failures: 0,
  };
}

/** They were not taken: the longer they fail, the later they are tried again. */
export function backOff(waiting: Waiting): void {
  const backOffMs = Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** waiting.failures);
  waiting.failures = Math.min(waiting.failures + 1, 16);
  waiting.dueAtMs = Date.now() + backOffMs * (0.75 + Math.random() / 2);
}
