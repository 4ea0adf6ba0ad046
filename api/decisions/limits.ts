import { instantText } from '../../billing/customer/invoice/invoicing.js';
import type { LimitStanding } from '../../billing/limits/context.js';

/** Limits as decisions show them: in bodies, and in the RateLimit headers. */

/** One limit in a body of a decision. */
export function decidedLimit(standing: LimitStanding) {
  const { amounts: _amounts, resetsAtMs, ...shown } = standing;
  return { ...shown, resetsAt: resetsAtMs === null ? null : instantText(resetsAtMs) };
}

/** Largest integer of a structured field (RFC 9651 §3.3.1). */
const INTEGER_MAX = 999_999_999_999_999;

function fieldInteger(value: number | string): number {
  return Math.min(INTEGER_MAX, Math.max(0, Math.floor(Number(value))));
}

function quota({ id, max }: LimitStanding): string {
  return `"${id}";q=${fieldInteger(max)}`;
}

/** `remaining` is rounded down here: what the header allows must fit. */
function standing({ id, remaining, resetsAtMs }: LimitStanding, nowMs: number): string {
  const left = `"${id}";r=${fieldInteger(remaining)}`;
  if (resetsAtMs === null) return left;
  return `${left};t=${fieldInteger(Math.ceil((resetsAtMs - nowMs) / 1000))}`;
}

/**
 * `RateLimit-Policy` and `RateLimit` of the hard limits that a decision looked at
 * (draft-ietf-httpapi-ratelimit-headers-11); none: no headers. `nowMs` is the customer's time.
 */
export function rateLimitHeaders(
  limits: readonly LimitStanding[],
  nowMs: number,
): Record<string, string> {
  const hard = limits.filter(({ enforcement }) => enforcement === 'hard');
  if (hard.length === 0) return {};
  return {
    'RateLimit-Policy': hard.map(quota).join(', '),
    RateLimit: hard.map((limit) => standing(limit, nowMs)).join(', '),
  };
}
