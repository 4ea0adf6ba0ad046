import type Stripe from 'stripe';
import { ApplicationFailure } from '@temporalio/common';
import type { Mode } from '../../billing/catalogue.js';
import type { Ledger } from '../../ledger/contract.js';
import type { StripeClients } from './client.js';
import { STRIPE_KEY } from './failures.js';
import { openSession, type StripeSession } from './session.js';

/** What the Stripe activities are given. */
export interface StripeDeps {
  readonly ledger: Ledger;
  readonly stripe: StripeClients;
  /** Real time, ms. */
  readonly now: () => number;
}

/** The client of a mode. @throws ApplicationFailure `stripe_key`, retryable, without a key. */
export function clientOf({ stripe }: StripeDeps, mode: Mode): Stripe {
  const client = stripe[mode];
  if (client) return client;
  const message = `no Stripe key is set for ${mode} mode`;
  throw ApplicationFailure.create({ message, type: STRIPE_KEY, nextRetryDelay: '30 seconds' });
}

/** Begins one activity's session in a mode. @throws as `clientOf`. */
export function sessionFor(deps: StripeDeps, mode: Mode): StripeSession {
  return openSession(clientOf(deps, mode), deps.ledger.ensures, deps.now);
}
