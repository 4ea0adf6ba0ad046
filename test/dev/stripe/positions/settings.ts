/**
 * Key of a Stripe account in test mode that is asked for its positions; null: none is set. A live
 * key is never used. Several keys may be set, comma separated.
 */
export function stripeTestKey(environment: NodeJS.ProcessEnv = process.env): string | null {
  const keys = (environment.STRIPE_SECRET_KEY ?? '').split(',').map((key) => key.trim());
  return keys.find((key) => /^(sk|rk)_test_/.test(key)) ?? null;
}
