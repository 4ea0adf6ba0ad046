/** The Stripe account in test mode that the tests may use. */
export interface StripeTarget {
  readonly secretKey: string;
  /** Base URL of something that answers like Stripe; absent: Stripe itself. */
  readonly apiBase?: string;
}

/**
 * STRIPE_SECRET_KEY and STRIPE_API_BASE as the product itself takes them; null: no test key is
 * set. A live key is never used. Several keys may be set, comma separated.
 */
export function stripeTarget(environment: NodeJS.ProcessEnv = process.env): StripeTarget | null {
  const keys = (environment['STRIPE_SECRET_KEY'] ?? '').split(',').map((key) => key.trim());
  const secretKey = keys.find((key) => /^(sk|rk)_test_/.test(key));
  if (secretKey === undefined) return null;
  const apiBase = environment['STRIPE_API_BASE'];
  return apiBase ? { secretKey, apiBase } : { secretKey };
}
