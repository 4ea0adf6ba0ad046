import { invalidRequest } from '../errors/problem.js';
import { operation, type Operation } from '../http/operation.js';
import { takeWebhook, type InboxPorts } from './inbox.js';
import { verifySignature } from './signature.js';
import { readStripeEvent } from './stripeEvent.js';

/** POST /webhooks/stripe: snapshot and thin events, told apart by `object`. */
export function webhookOperation(ports: InboxPorts, secrets: readonly string[]): Operation {
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
      if (call.contentType !== 'application/json') {
        const detail = 'Content-Type must be application/json.';
        throw invalidRequest([{ detail, parameter: 'Content-Type' }]);
      }
      const header = call.header('stripe-signature');
      verifySignature(call.rawBody, header, secrets, ports.now());
      await takeWebhook(ports, readStripeEvent(call.rawBody));
      return { status: 200, body: { received: true } };
    },
  });
}
