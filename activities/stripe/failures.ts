import Stripe from 'stripe';
import { ApplicationFailure } from '@temporalio/common';

/**
 * What an error of Stripe means for what was asked.
 * `retry`: nothing took effect, ask again. `inDoubt`: it may have taken effect. `refused`: the
 * card was declined. `duplicate`: a meter event of this identifier is recorded. `permanent`:
 * nothing took effect and asking again changes nothing.
 */
export interface StripeFault {
  readonly kind: 'retry' | 'inDoubt' | 'refused' | 'duplicate' | 'permanent';
  /** Stripe's code, or one of ours such as `stripe_away`. */
  readonly code: string;
  readonly message: string;
  /** Wait that Stripe asked for; null: it named none. */
  readonly retryAfterMs: number | null;
  /** Stripe keeps this reply under the HTTP key: only another key gives another answer. */
  readonly saved: boolean;
}

/** Nothing answers at Stripe's address: the request never left. */
export const STRIPE_AWAY = 'stripe_away';

/** The connection broke, or the answer did not come in time. */
export const STRIPE_UNANSWERED = 'stripe_unanswered';

/** The key is missing, wrong, or may not do this. */
export const STRIPE_KEY = 'stripe_key';

/** A rejected key is worth another try once somebody has corrected it. */
const KEY_REJECTED_WAIT_MS = 30_000;

/** A longer Retry-After is not obeyed in one piece. */
const RETRY_AFTER_MAX_MS = 600_000;

const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** The meaning of an error thrown by the SDK; null when it is none of Stripe's. */
export function classify(error: unknown): StripeFault | null {
  if (!(error instanceof Stripe.errors.StripeError)) return null;
  if (error instanceof Stripe.errors.StripeConnectionError) return connectionFault(error);
  const status = error.statusCode ?? 0;
  if (status === 429 || status === 409) return faultOf(error, 'retry');
  if (error instanceof Stripe.errors.StripeIdempotencyError) {
    return { ...faultOf(error, 'retry', 'idempotency_error'), saved: true };
  }
  if (error instanceof Stripe.errors.StripeCardError) return faultOf(error, 'refused');
  if (status === 401 || status === 403) {
    const fault = { ...faultOf(error, 'retry'), code: STRIPE_KEY };
    return { ...fault, retryAfterMs: KEY_REJECTED_WAIT_MS };
  }
  if (status >= 500) return { ...faultOf(error, 'inDoubt', 'stripe_error'), saved: true };
  if (isDuplicate(error)) return faultOf(error, 'duplicate');
  // Without a status the answer could not be read.
  if (status < 400) return faultOf(error, 'inDoubt', STRIPE_UNANSWERED);
  return faultOf(error, 'permanent');
}

/**
 * v1 words it, v2 has a code; the v1 wording is known from projects that met it, not from
 * Stripe's documentation (langfuse pull request 16292).
 */
function isDuplicate(error: Stripe.errors.StripeError): boolean {
  const { code, message } = error;
  return code === 'duplicate_meter_event' || /already exists with identifier/i.test(message);
}

function faultOf(
  error: Stripe.errors.StripeError,
  kind: StripeFault['kind'],
  fallback = 'stripe_refused',
): StripeFault {
  const code = error.code ?? fallback;
  return { kind, code, message: describe(error), retryAfterMs: retryAfter(error), saved: false };
}

function describe(error: Stripe.errors.StripeError): string {
  return error.requestId ? `${error.message} (${error.requestId})` : error.message;
}

function retryAfter(error: Stripe.errors.StripeError): number | null {
  const seconds = Number(error.headers?.['retry-after'] ?? 'none');
  if (!Number.isFinite(seconds) || seconds < 0) return null;
  return Math.min(seconds * 1000, RETRY_AFTER_MAX_MS);
}

/**
 * The SDK sends once more after a reset, whatever it is told (RequestSender.js): then even a
 * refused connection proves nothing about the first attempt.
 */
function connectionFault(error: Stripe.errors.StripeConnectionError): StripeFault {
  const reason = reasonOf(error.detail);
  const away = NEVER_CONNECTED.has(reason) && !error.message.includes('retried');
  const message = reason === '' ? error.message : `${error.message} (${reason})`;
  const code = away ? STRIPE_AWAY : STRIPE_UNANSWERED;
  return { kind: away ? 'retry' : 'inDoubt', code, message, retryAfterMs: null, saved: false };
}

/** The code of Node's own error, such as `ECONNRESET`; '' where there is none. */
function reasonOf(detail: unknown): string {
  const given = typeof detail === 'object' && detail !== null && 'code' in detail;
  return given ? String(detail.code) : '';
}

/** True when Stripe can't be talked to: not a reply of any kind. */
export function isAway(fault: StripeFault): boolean {
  return fault.code === STRIPE_AWAY || fault.code === STRIPE_UNANSWERED;
}

/** The failure that Temporal is told: `type` is the code, Retry-After its next delay. */
export function applicationFailure(fault: StripeFault, cause?: Error): ApplicationFailure {
  const { kind, code, message, retryAfterMs } = fault;
  return ApplicationFailure.create({
    message: `Stripe: ${message}`,
    type: code,
    nonRetryable: kind !== 'retry' && kind !== 'inDoubt',
    ...(retryAfterMs === null ? {} : { nextRetryDelay: retryAfterMs }),
    ...(cause ? { cause } : {}),
  });
}
