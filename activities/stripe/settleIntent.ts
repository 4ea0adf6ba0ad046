import type { Intent, IntentStore } from '../../ledger/stores/contract.js';
import type { StripeParty } from '../contract.js';
import { classify, type StripeFault } from './failures.js';
import type { StripeSession } from './session.js';
import { summed } from './summary.js';

/** Stripe forgets identifiers and HTTP keys after 24 h at the earliest; trusted for 20. */
const IDENTIFIER_TRUSTED_MS = 20 * 3_600_000;

/** What one attempt to settle an intent needs. */
export interface Settling {
  readonly session: StripeSession;
  readonly intents: IntentStore;
  readonly party: StripeParty;
}

/** An intent that Stripe has not answered for. */
export function isOpen({ state }: Intent): boolean {
  return state === 'stored' || state === 'sent';
}

/**
 * Sends an intent, always under its own identifier, and notes what became of it: `accepted`,
 * `deadLetter`, or still `sent` when no clear answer came.
 * @throws what Stripe threw when it is sure that nothing took effect and later is better.
 */
export async function settleIntent(settling: Settling, intent: Intent): Promise<Intent> {
  const receipted = isForgotten(settling, intent) ? await byReceipt(settling, intent) : null;
  return receipted ?? send(settling, intent);
}

/** In doubt for so long, by real time or by the customer's, that Stripe may count it again. */
function isForgotten({ session, party }: Settling, intent: Intent): boolean {
  if (intent.firstSentAtMs === null) return false;
  const realMs = session.now() - intent.firstSentAtMs;
  return Math.max(realMs, party.nowMs - intent.storedAtMs) >= IDENTIFIER_TRUSTED_MS;
}

/**
 * Its minute is its own, so that minute's summary tells. Null: nothing was counted there, and
 * sending it can't count it twice.
 */
async function byReceipt(settling: Settling, intent: Intent): Promise<Intent | null> {
  const { session, party } = settling;
  const { stampSeconds } = intent;
  const minute = { fromSeconds: stampSeconds, toSeconds: stampSeconds + 60 };
  const counted = await summed(session, party, intent.meter, minute);
  if (counted === 0) return null;
  if (counted === intent.value) return note(settling, intent, { state: 'accepted' });
  const reason = `Stripe counted ${counted} in its minute, not ${intent.value}`;
  return note(settling, intent, { state: 'deadLetter', reason });
}

async function note(
  { intents }: Settling,
  intent: Intent,
  change: Partial<Omit<Intent, 'id'>>,
): Promise<Intent> {
  await intents.update(intent.id, change);
  return { ...intent, ...change };
}

async function send(settling: Settling, intent: Intent): Promise<Intent> {
  const { session } = settling;
  const firstSentAtMs = intent.firstSentAtMs ?? session.now();
  const sent = await note(settling, intent, { state: 'sent', firstSentAtMs });
  try {
    const event = await session.stripe.billing.meterEvents.create(
      {
        event_name: intent.eventName,
        identifier: intent.id,
        timestamp: intent.stampSeconds,
        payload: { stripe_customer_id: intent.stripeCustomer, value: String(intent.value) },
      },
      session.within(`${intent.id}~${intent.replies5xx}`),
    );
    const { requestId } = event.lastResponse;
    return await note(settling, sent, { state: 'accepted', requestId: requestId ?? null });
  } catch (error) {
    const fault = classify(error);
    if (!fault) throw error;
    return judge(settling, sent, { fault, error, sentBefore: intent.firstSentAtMs !== null });
  }
}

interface Refusal {
  readonly fault: StripeFault;
  readonly error: unknown;
  /** Whether an earlier attempt may have been counted. */
  readonly sentBefore: boolean;
}

async function judge(settling: Settling, sent: Intent, refusal: Refusal): Promise<Intent> {
  const { fault, error, sentBefore } = refusal;
  const kept = fault.saved
    ? await note(settling, sent, { replies5xx: sent.replies5xx + 1 })
    : sent;
  switch (fault.kind) {
    case 'inDoubt':
      return kept;
    case 'retry':
      throw error;
    case 'duplicate':
      if (sentBefore) return note(settling, kept, { state: 'accepted' });
      return bury(settling, kept, `identifier collision: ${fault.message}`);
    default:
      return (
        (sentBefore ? await byReceipt(settling, kept) : null) ??
        bury(settling, kept, `${fault.code}: ${fault.message}`)
      );
  }
}

/** Refused for good: shown, alerted and never billed silently (`isUnreported`). */
function bury(settling: Settling, intent: Intent, reason: string): Promise<Intent> {
  return note(settling, intent, { state: 'deadLetter', reason });
}
