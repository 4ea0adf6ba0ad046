import { errorEntry, type ErrorCode } from './codes.js';
import type { ErrorAction } from './entry.js';

/** One fault of a request: in its body (`pointer`, RFC 6901), or in path, query or header. */
export interface Fault {
  readonly detail: string;
  readonly pointer?: string;
  readonly parameter?: string;
}

/** What an answer may carry beside code and detail. */
export interface ProblemExtras {
  readonly errors?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the code's own sentence for the end user. */
  readonly message?: string;
  /** Instead of the code's own advice. */
  readonly action?: ErrorAction;
  /** Further members of the body: what refused a decision (CONTRACT §4.2). */
  readonly members?: Readonly<Record<string, unknown>>;
  /** The fault that led here, for the log only. */
  readonly cause?: unknown;
}

/** Thrown anywhere below a route: becomes the answer of the request (CONTRACT §4.2). */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly extras: ProblemExtras;

  constructor(code: ErrorCode, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause });
    this.name = 'Problem';
    this.code = code;
    this.extras = extras;
  }
}

/** An `invalid_request` with all its faults. */
export function invalidRequest(errors: readonly Fault[]): Problem {
  const detail = errors.map((fault) => fault.detail).join(' ');
  return new Problem('invalid_request', detail, { errors });
}

/** An `unavailable`: nothing was acknowledged, try again in `retryAfterSeconds`. */
export function unavailable(detail: string, cause?: unknown, retryAfterSeconds = 1): Problem {
  const headers = { 'Retry-After': String(retryAfterSeconds) };
  return new Problem('unavailable', detail, { headers, cause });
}

/** Body of an answer. `origin` such as `http://localhost:3000`; `instance` is the request id. */
export function problemBody(problem: Problem, origin: string, instance: string) {
  const entry = errorEntry(problem.code);
  const { status, title, retryable } = entry;
  const { extras } = problem;
  const message = extras.message ?? entry.message;
  const action = extras.action ?? entry.action;
  return {
    type: `${origin}/errors/${problem.code}`,
    title,
    status,
    code: problem.code,
    instance,
    retryable,
    detail: problem.message,
    ...(message === undefined ? {} : { message }),
    ...(action === undefined ? {} : { action }),
    ...(extras.errors ? { errors: extras.errors } : {}),
    ...extras.members,
  };
}

/** Errors of body reading and URL decoding carry a status of their own. */
function statusOf(error: object): number | null {
  return 'status' in error && typeof error.status === 'number' ? error.status : null;
}

/** Whatever was thrown, as a problem. What nobody expected is `internal_error`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error)) {
    return new Problem('internal_error', 'An unexpected fault.', { cause: error });
  }
  if ('code' in error && error.code === 'unavailable') {
    return unavailable(error.message, error);
  }
  const status = statusOf(error);
  if (status === 413) return new Problem('payload_too_large', 'The body is over 1 MiB.');
  if (status !== null && status >= 400 && status < 500) {
    return invalidRequest([{ detail: `The request can't be read: ${error.message}.` }]);
  }
  return new Problem('internal_error', 'An unexpected fault; the log has it.', { cause: error });
}
