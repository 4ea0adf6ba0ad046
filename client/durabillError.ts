import type { LimitStanding } from './bodies.js';

/** What the API said, or why it could not be asked. */
export interface Fault {
  readonly code: string;
  /** HTTP status; 0: no answer came. */
  readonly status: number;
  readonly retryable: boolean;
  readonly detail: string;
  readonly message?: string;
  readonly action?: string;
  readonly limits?: readonly LimitStanding[];
  readonly retryAfterMs?: number | null;
  readonly requestId?: string | null;
  /** The whole answer, for fields that only one code has (`errors`, `frozen`). */
  readonly problem?: unknown;
  readonly cause?: unknown;
}

/**
 * Every fault of the client. `code` is one of the API's (`limit_reached`, `unavailable`, …) or:
 * `journal_full` (nothing more can be kept here), `closed` (after `close()`),
 * `unexpected_answer` (not the API that answers).
 */
export class DurabillError extends Error {
  readonly code: string;
  /** HTTP status; 0: no answer came. */
  readonly status: number;
  /** True: the same request with the same id may pass later. */
  readonly retryable: boolean;
  /** For the operator. */
  readonly detail: string;
  /** wait, raiseLimit, topUp, upgrade, pay or contact; null where it is no denial. */
  readonly action: string | null;
  /** Every limit that refused. */
  readonly limits: readonly LimitStanding[];
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;
  readonly problem: unknown;

  /** `message` is the sentence for the end user where there is one, else `detail`. */
  constructor(fault: Fault) {
    super(fault.message ?? fault.detail, { cause: fault.cause });
    this.name = 'DurabillError';
    this.code = fault.code;
    this.status = fault.status;
    this.retryable = fault.retryable;
    this.detail = fault.detail;
    this.action = fault.action ?? null;
    this.limits = fault.limits ?? [];
    this.retryAfterMs = fault.retryAfterMs ?? null;
    this.requestId = fault.requestId ?? null;
    this.problem = fault.problem ?? null;
  }
}

/** Codes that only mean that the API can't be asked now; a denial is never among them. */
const AWAY: ReadonlySet<string> = new Set(['unavailable', 'internal_error', 'unexpected_answer']);

/** True where nobody answered for the API: what was asked may or may not have taken effect. */
export function isAway(error: unknown): error is DurabillError {
  return error instanceof DurabillError && error.retryable && AWAY.has(error.code);
}
