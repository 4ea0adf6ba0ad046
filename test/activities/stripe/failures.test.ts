import Stripe from 'stripe';
import { applicationFailure, classify } from '../../../activities/stripe/failures.js';

/** As the SDK builds it from an answer. */
function replied(statusCode: number, raw: object = {}, headers: Record<string, string> = {}) {
  const content = { message: 'no', statusCode, headers, ...raw };
  if (statusCode === 429) return new Stripe.errors.StripeRateLimitError(content as never);
  if (statusCode === 402) return new Stripe.errors.StripeCardError(content as never);
  if (statusCode >= 500) return new Stripe.errors.StripeAPIError(content as never);
  return new Stripe.errors.StripeInvalidRequestError(content as never);
}

function disconnected(code: string, message = 'no connection') {
  const detail = Object.assign(new Error(code), { code });
  return new Stripe.errors.StripeConnectionError({ message, detail } as never);
}

const CASES: readonly (readonly [string, unknown, object])[] = [
  ['429', replied(429, {}, { 'retry-after': '3' }), { kind: 'retry', retryAfterMs: 3000 }],
  ['429 without a delay', replied(429), { kind: 'retry', retryAfterMs: null, saved: false }],
  ['409 while the key is in use', replied(409, { code: 'idempotency_key_in_use' }), {
    kind: 'retry',
    code: 'idempotency_key_in_use',
    saved: false,
  }],
  ['other parameters under one key', new Stripe.errors.StripeIdempotencyError(
    { message: 'no', statusCode: 400 } as never,
  ), { kind: 'retry', saved: true }],
  ['500', replied(500), { kind: 'inDoubt', saved: true }],
  ['card', replied(402, { code: 'card_declined' }), { kind: 'refused', code: 'card_declined' }],
  ['400', replied(400, { code: 'parameter_missing' }), { kind: 'permanent' }],
  ['404', replied(404, { code: 'resource_missing' }), { kind: 'permanent' }],
  ['401: a corrected key helps', replied(401), { kind: 'retry', retryAfterMs: 30_000 }],
  ['v1 duplicate event', replied(400, {
    message: 'An event already exists with identifier dbl_1.',
  }), { kind: 'duplicate' }],
  ['v2 duplicate event', replied(400, { code: 'duplicate_meter_event' }), { kind: 'duplicate' }],
  ['nobody listens', disconnected('ECONNREFUSED'), { kind: 'retry', code: 'stripe_away' }],
  ['reset', disconnected('ECONNRESET'), { kind: 'inDoubt', saved: false }],
  ['timeout', disconnected('ETIMEDOUT'), { kind: 'inDoubt', saved: false }],
  ['reset, sent again by the SDK, then nobody listens', disconnected(
    'ECONNREFUSED',
    'An error occurred with our connection to Stripe. Request was retried 1 times.',
  ), { kind: 'inDoubt' }],
  ['unreadable answer', new Stripe.errors.StripeAPIError({ message: 'Invalid JSON' } as never), {
    kind: 'inDoubt',
    saved: false,
  }],
];

describe('what an error of Stripe means', () => {
  it.each(CASES)('%s', (_name, error, expected) => {
    expect(classify(error)).toMatchObject(expected);
  });

  it('an error that is none of Stripe’s is not judged', () => {
    expect(classify(new Error('ledger'))).toBeNull();
  });
});

describe('what Temporal is told', () => {
  it('a rate limit is retried after the delay Stripe asked for', () => {
    const fault = classify(replied(429, { code: 'rate_limit' }, { 'retry-after': '7' }));
    const failure = applicationFailure(fault ?? fail());
    expect(failure).toMatchObject({ type: 'rate_limit', nonRetryable: false });
    expect(failure.nextRetryDelay).toBe(7000);
  });

  it.each([402, 400])('a %s is not retried', (status) => {
    const fault = classify(replied(status, { code: 'nope' })) ?? fail();
    expect(applicationFailure(fault)).toMatchObject({ type: 'nope', nonRetryable: true });
  });

  it('an unknown outcome is retried', () => {
    const fault = classify(replied(503)) ?? fail();
    expect(applicationFailure(fault).nonRetryable).toBe(false);
  });
});

function fail(): never {
  throw new Error('not classified');
}
