import { instantText } from '../../billing/customer/invoice/invoicing.js';
import type { Denial } from '../../billing/limits/context.js';
import { Problem } from '../errors/problem.js';
import { decidedLimit, rateLimitHeaders } from './limits.js';

/** A decision that says no, as the problem that answers the request (CONTRACT §4.2). */

/** What holds, waits a moment: requests that run end within seconds. */
const HELD_RETRY_SECONDS = 1;

function retryAfter(denial: Denial, nowMs: number): Record<string, string> {
  const { retryAtMs, retryable } = denial;
  if (retryAtMs === null && !retryable) return {};
  const seconds =
    retryAtMs === null ? HELD_RETRY_SECONDS : Math.max(1, Math.ceil((retryAtMs - nowMs) / 1000));
  return { 'Retry-After': String(seconds) };
}

/** The problem; `nowMs` is the customer's time of the decision. */
export function denialProblem(denial: Denial, nowMs: number): Problem {
  const { code, detail, message, action, limits, frozen } = denial;
  const members = {
    limits: limits.map(decidedLimit),
    ...(frozen ? { frozen: { reason: frozen.reason, since: instantText(frozen.sinceMs) } } : {}),
  };
  const headers = { ...rateLimitHeaders(limits, nowMs), ...retryAfter(denial, nowMs) };
  return new Problem(code, detail, { message, action, members, headers });
}
