import Stripe from 'stripe';
import type { Mode } from '../../billing/catalogue.js';

/** Longest wait for one answer of Stripe; an activity's own budget is shorter still. */
const CALL_TIMEOUT_MS = 20_000;

/** How Stripe is reached. */
export interface StripeSettings {
  readonly secretKey: string;
  /** Address of a sandbox such as `http://127.0.0.1:4242`; absent: Stripe itself. */
  readonly apiBase?: string;
}

/** The client of each mode; null where no key of that mode is set. */
export type StripeClients = Readonly<Record<Mode, Stripe | null>>;

/**
 * A client that never retries by itself (Temporal does, under our own keys) and sends no
 * telemetry. @throws TypeError when `apiBase` is no URL.
 */
export function stripeClient({ secretKey, apiBase }: StripeSettings): Stripe {
  return new Stripe(secretKey, {
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: CALL_TIMEOUT_MS,
    ...(apiBase === undefined ? {} : addressOf(new URL(apiBase))),
  });
}

function addressOf(base: URL): { host: string; port: number; protocol: 'http' | 'https' } {
  const protocol = base.protocol === 'http:' ? 'http' : 'https';
  const port = base.port === '' ? (protocol === 'http' ? 80 : 443) : Number(base.port);
  return { host: base.hostname, port, protocol };
}

/**
 * One client per mode from one or two comma-separated secret keys: `sk_test_…` or `rk_test_…`
 * serves test mode only, `…_live_…` live mode only, whatever stands in the rest of it.
 */
export function stripeClients(secretKeys: string | undefined, apiBase?: string): StripeClients {
  const keys = (secretKeys ?? '').split(',').map((key) => key.trim());
  const clientOf = (mode: Mode) => {
    const secretKey = keys.find((key) => /^(?:sk|rk)_(test|live)_/.exec(key)?.[1] === mode);
    return secretKey === undefined ? null : stripeClient({ secretKey, apiBase });
  };
  return { test: clientOf('test'), live: clientOf('live') };
}
