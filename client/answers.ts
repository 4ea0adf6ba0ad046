import type { LimitStanding } from './bodies.js';
import { DurabillError } from './durabillError.js';

/** Reads answers of the API, and of what may stand before it. */

/** Statuses that are worth the same request again whatever the body says. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

interface ProblemBody {
  readonly code?: unknown;
  readonly retryable?: unknown;
  readonly detail?: unknown;
  readonly title?: unknown;
  readonly message?: unknown;
  readonly action?: unknown;
  readonly limits?: unknown;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Retry-After is seconds or a date (RFC 9110 §10.2.3). */
function retryAfterMs(headers: Headers): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function codeOf(body: ProblemBody, status: number): string {
  const code = textOf(body.code);
  if (code !== undefined) return code;
  if (status === 429) return 'rate_limited';
  return RETRYABLE.has(status) ? 'unavailable' : 'unexpected_answer';
}

/** The error of an answer that is no success. */
export function refusal(status: number, headers: Headers, parsed: unknown): DurabillError {
  const body: ProblemBody = typeof parsed === 'object' && parsed !== null ? parsed : {};
  const retryable = typeof body.retryable === 'boolean' ? body.retryable : RETRYABLE.has(status);
  const detail = textOf(body.detail) ?? textOf(body.title) ?? `The API answered ${status}.`;
  return new DurabillError({
    code: codeOf(body, status),
    status,
    retryable,
    detail,
    message: textOf(body.message),
    action: textOf(body.action),
    limits: Array.isArray(body.limits) ? (body.limits as readonly LimitStanding[]) : [],
    retryAfterMs: retryAfterMs(headers),
    requestId: headers.get('request-id'),
    problem: parsed,
  });
}

/** A success whose body is not JSON: taken or not, the same id may be sent again. */
export function unreadable(status: number, headers: Headers, cause: unknown): DurabillError {
  return new DurabillError({
    code: 'unexpected_answer',
    status,
    retryable: true,
    detail: `The API answered ${status} without JSON.`,
    requestId: headers.get('request-id'),
    cause,
  });
}

/** No answer: refused, reset, or too late. */
export function noAnswer(path: string, cause: unknown): DurabillError {
  const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
  const text = reason instanceof Error ? reason.message : String(reason);
  return new DurabillError({
    code: 'unavailable',
    status: 0,
    retryable: true,
    detail: `No answer from ${path}: ${text}`,
    message: 'The service is not available. Please try again in a moment.',
    cause,
  });
}
