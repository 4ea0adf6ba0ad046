import type Stripe from 'stripe';
import type { CustomerKey } from '../../billing/log.js';
import type { Ledger } from '../../ledger/contract.js';
import type { Claim } from '../../ledger/stores/claims.js';
import { classify } from './failures.js';
import { Refused } from './refusal.js';
import type { StripeSession } from './session.js';
import { advanceClock } from './testClock.js';

/** A customer that others made at Stripe becomes the one that is billed. */

/** How far a customer's clock and Stripe's may be apart where neither can be moved, ms. */
const APART_MAX_MS = 300_000;

/** How far a test clock may be ahead of the customer it is linked to, ms. */
const AHEAD_MAX_MS = 60_000;

/** Code of an id that Stripe does not know in this mode (error codes page). */
const UNKNOWN = 'resource_missing';

/** What Stripe answers to an id. @throws Refused `invalid_request` where it knows no such thing. */
export async function known<Found>(id: string, mode: string, read: () => Promise<Found>) {
  try {
    return await read();
  } catch (error) {
    if (classify(error)?.code !== UNKNOWN) throw error;
    throw new Refused('invalid_request', `${id} is not at Stripe in ${mode} mode.`);
  }
}

/** A Stripe customer that others made. @throws Refused where it is unknown or deleted. */
export async function linkedCustomer(
  session: StripeSession,
  mode: string,
  id: string,
): Promise<Stripe.Customer> {
  const found = await known(id, mode, () =>
    session.stripe.customers.retrieve(id, {}, session.within()),
  );
  if (found.deleted) throw new Refused('invalid_request', `${id} is deleted at Stripe.`);
  return found;
}

/** Beginning of the names under which Stripe customers of a mode belong to ours. */
function claimsOf({ mode }: CustomerKey): string {
  return `stripe/${mode}/`;
}

/**
 * Makes sure that no other of our customers has it, now and later.
 * @throws Refused `conflict` where one has.
 */
export async function claimCustomer(
  { customers, claims }: Pick<Ledger, 'customers' | 'claims'>,
  key: CustomerKey,
  stripeCustomer: Pick<Stripe.Customer, 'id' | 'metadata'>,
  request: number,
): Promise<void> {
  const { id, metadata } = stripeCustomer;
  const row = await customers.findByStripe(key.mode, id);
  const made = metadata['durabill_mode'] === key.mode ? metadata['durabill_customer'] : undefined;
  const mine: Claim = { customer: key.customer, request };
  const owner = row?.key.customer ?? made;
  const isFree = owner === undefined || owner === key.customer;
  const claimed = isFree ? (await claims.claim(`${claimsOf(key)}${id}`, mine)).customer : owner;
  if (claimed === key.customer) return;
  throw new Refused('conflict', `${id} is the Stripe customer of ${claimed} already.`);
}

/** Gives back what a request had claimed that was refused in the end. */
export function releaseCustomer(
  { claims }: Pick<Ledger, 'claims'>,
  key: CustomerKey,
  request: number,
): Promise<void> {
  return claims.release(claimsOf(key), { customer: key.customer, request });
}

/** Where two clocks must meet. */
export interface Meeting {
  /** Test clock at Stripe; null: none. */
  readonly testClock: string | null;
  /** The customer's time, ms. */
  readonly startMs: number;
  /** Who is new lives by the test clock from now on. */
  readonly isNew: boolean;
}

/**
 * Brings the customer's time and Stripe's together. Answers Stripe's time, Unix seconds.
 * @throws Refused `conflict` where neither can be moved to the other.
 */
export async function meetClocks(
  session: StripeSession,
  { testClock, startMs, isNew }: Meeting,
): Promise<number> {
  if (testClock === null) {
    const apartMs = Math.abs(startMs - session.now());
    if (apartMs <= APART_MAX_MS) return Math.floor(session.now() / 1000);
    const detail = 'the Stripe customer has no test clock, and the customer’s clock was moved.';
    throw new Refused('conflict', detail);
  }
  const clock = await session.stripe.testHelpers.testClocks.retrieve(
    testClock,
    {},
    session.within(),
  );
  const standsMs = clock.frozen_time * 1000;
  if (isNew) return clock.frozen_time;
  if (standsMs > startMs + AHEAD_MAX_MS) {
    const at = new Date(standsMs).toISOString();
    throw new Refused('conflict', `its test clock at Stripe is ahead: move the customer to ${at}.`);
  }
  return advanceClock(session, testClock, Math.floor(startMs / 1000));
}

/** The test clock of a Stripe customer; null: it has none. */
export function testClockOf({ test_clock: clock }: Stripe.Customer): string | null {
  return typeof clock === 'string' ? clock : (clock?.id ?? null);
}
