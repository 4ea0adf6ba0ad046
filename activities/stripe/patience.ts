import { classify, STRIPE_KEY, type StripeFault } from './failures.js';
import type { StripeSession } from './session.js';

const ATTEMPTS_MAX = 6;
const FIRST_PAUSE_MS = 200;

/**
 * Does something repeatable until Stripe lets it: for callers that no workflow repeats.
 * @throws the last error after 6 attempts, or the first that trying again can't help.
 */
export async function patiently<T>(session: StripeSession, act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      const fault = classify(error);
      if (!fault || !passes(fault) || attempt >= ATTEMPTS_MAX) throw error;
      await session.pause(fault.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

/** True for what may be over soon; a wrong key is not. */
function passes({ kind, code }: StripeFault): boolean {
  return (kind === 'retry' || kind === 'inDoubt') && code !== STRIPE_KEY;
}
