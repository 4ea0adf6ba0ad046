/** Requests of one kind since the sandbox started. */
export interface CallCount {
  readonly calls: number;
  /** Those of them that were answered with an error, or not at all. */
  readonly failed: number;
}

/** Kinds counted at most: paths without an endpoint must not fill the memory. */
const KINDS_MAX = 500;
const OTHER = 'other';

/** Counts requests by method and endpoint, so that a program's use of Stripe can be measured. */
export class CallTally {
  readonly #counts = new Map<string, CallCount>();

  /** `endpoint`: the path with `:id` for ids; null where there is none such. */
  add(method: string, endpoint: string | null, isGood: boolean): void {
    const named = endpoint === null ? OTHER : `${method} ${endpoint}`;
    const kind = this.#counts.has(named) || this.#counts.size < KINDS_MAX ? named : OTHER;
    const { calls, failed } = this.#counts.get(kind) ?? { calls: 0, failed: 0 };
    this.#counts.set(kind, { calls: calls + 1, failed: failed + (isGood ? 0 : 1) });
  }

  /** All counts by kind, such as `POST /v1/invoices/:id/pay`. */
  counts(): Record<string, CallCount> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
