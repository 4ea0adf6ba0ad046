import Stripe from 'stripe';
import { WebhookRefused, type RefusalReason } from './refusal.js';

/** Whether a webhook really comes from Stripe, and from now. */

/** Greatest age of a signature, seconds. Stripe's own default. */
export const AGE_MAX_SECONDS = 300;

/** How far a signature may be ahead: what two honest clocks differ by, seconds. */
export const AHEAD_MAX_SECONDS = 30;

function refused(reason: RefusalReason, detail: string): WebhookRefused {
  return new WebhookRefused(reason, { detail, parameter: 'Stripe-Signature' });
}

/** The signature's time, Unix seconds; null: none, or more than one. */
function signedAtSeconds(header: string): number | null {
  const times = header.split(',').filter((part) => part.trim().startsWith('t='));
  const text = times[0]?.trim().slice(2) ?? '';
  return times.length === 1 && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** The SDK lets the future pass (its Webhooks.js compares ages only): we do not. */
function checkTime(header: string, nowMs: number): void {
  const signedAt = signedAtSeconds(header);
  if (signedAt === null) throw refused('unsigned', 'The header Stripe-Signature has no time.');
  const ageSeconds = Math.floor(nowMs / 1000) - signedAt;
  if (ageSeconds > AGE_MAX_SECONDS) {
    throw refused('stale', `The signature is older than ${AGE_MAX_SECONDS} seconds.`);
  }
  if (ageSeconds < -AHEAD_MAX_SECONDS) {
    throw refused('future', 'The signature is from the future.');
  }
}

/** One of several `v1` signatures in a header is enough: there are two while a secret changes. */
function isSignedBy(secret: string, body: Buffer, header: string, nowMs: number): boolean {
  try {
    const { signature } = Stripe.webhooks;
    const given = [body, header, secret, AGE_MAX_SECONDS, undefined, nowMs] as const;
    return signature?.verifyHeader(...given) ?? false;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

/**
 * Checks the signature of the raw body against every secret (there are two while one is rotated).
 * @throws WebhookRefused when none fits, or it was made over 300 s ago or over 30 s ahead of now.
 */
export function verifySignature(
  body: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
  nowMs: number,
): void {
  if (!header) throw refused('unsigned', 'The header Stripe-Signature is missing.');
  checkTime(header, nowMs);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (secrets.some((secret) => isSignedBy(secret, bytes, header, nowMs))) return;
  throw refused('forged', 'The signature fits no secret.');
}
