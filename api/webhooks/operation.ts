import type { Call } from '../http/operation.js';
import { operation, type Operation } from '../http/operation.js';
import { takeWebhook, type InboxPorts, type Taken } from './inbox.js';
import { WebhookRefused, type RefusalReason } from './refusal.js';
import { verifySignature } from './signature.js';
import { readStripeEvent, type StripeEvent } from './stripeEvent.js';

/** Hears what becomes of webhooks: for figures and the log. Nothing of it is a secret. */
export interface WebhookWatch {
  taken(event: Pick<StripeEvent, 'id' | 'type' | 'mode'>, outcome: Taken): void;
  refused(reason: RefusalReason, requestId: string): void;
}

function verifiedEvent(call: Call, secrets: readonly string[], nowMs: number): StripeEvent {
  if (call.contentType !== 'application/json') {
    const detail = 'Content-Type must be application/json.';
    throw new WebhookRefused('contentType', { detail, parameter: 'Content-Type' });
  }
  verifySignature(call.rawBody, call.header('stripe-signature'), secrets, nowMs);
  return readStripeEvent(call.rawBody);
}

/** POST /webhooks/stripe: snapshot and thin events, told apart by `object`. */
export function webhookOperation(
  ports: InboxPorts & { readonly watch: WebhookWatch },
  secrets: readonly string[],
): Operation {
  return operation({
    method: 'post',
    path: '/webhooks/stripe',
    name: 'receiveStripeWebhook',
    summary: 'Events of Stripe; signed, acted on once',
    tag: 'Stripe',
    access: 'public',
    bodyAs: 'raw',
    answers: { 200: { description: 'Taken; never to be sent again' } },
    problems: ['invalid_request', 'payload_too_large', 'unavailable'],
    async handle(call) {
      try {
        const event = verifiedEvent(call, secrets, ports.now());
        ports.watch.taken(event, await takeWebhook(ports, event));
        return { status: 200, body: { received: true } };
      } catch (error) {
        if (error instanceof WebhookRefused) ports.watch.refused(error.reason, call.requestId);
        throw error;
      }
    },
  });
}
