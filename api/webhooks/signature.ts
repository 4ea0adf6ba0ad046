import Stripe from 'stripe';
import { invalidRequest, type Problem } from '../errors/problem.js';

/** Whether a webhook really comes from Stripe, and from now. */

/** Largest distance of a signature's time from ours, seconds. Stripe's own default age. */
export const TOLERANCE_SECONDS = 300;

function refused(detail: string): Problem {
  return invalidRequest([{ detail, parameter: 'Stripe-Signature' }]);
}

/** The signature's time. The SDK checks old ones only: a future one would pass it. */
function signedAtSeconds(header: string): number | null {
  const times = header.split(',').filter((part) => part.trim().startsWith('t='));
  const text = times[0]?.trim().slice(2) ?? '';
  return times.length === 1 && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

function isSignedBy(secret: string, body: Buffer, header: string): boolean {
  try {
    const { signature } = Stripe.webhooks;
    return signature?.verifyHeader(body, header, secret, TOLERANCE_SECONDS) ?? false;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

/**
 * Checks the signature of the raw body against every secret (there are two while one is rotated).
 * @throws Problem `invalid_request` when none fits, or the time is over 300 s away.
 */
export function verifySignature(
  body: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
  nowMs: number,
): void {
  if (header === undefined) throw refused('The header Stripe-Signature is missing.');
  const signedAt = signedAtSeconds(header);
  if (signedAt === null) throw refused('The header Stripe-Signature has no time.');
  if (signedAt > nowMs / 1000 + TOLERANCE_SECONDS) {
    throw refused('The signature is from the future.');
  }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!secrets.some((secret) => isSignedBy(secret, bytes, header))) {
    throw refused('The signature fits no secret, or is older than 300 seconds.');
  }
}
