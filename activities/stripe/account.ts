import type Stripe from 'stripe';
import type { CustomerKey } from '../../billing/log.js';
import { ensure, findByRef, REF_KEY } from './ensure.js';
import { linkedCustomer, meetClocks, testClockOf } from './linking.js';
import { Refused } from './refusal.js';
import type { StripeSession } from './session.js';
import { advanceClock } from './testClock.js';

/** A customer's own objects at Stripe: made once per life, found again by every later plan. */

/** A test customer pays with Stripe's test card; live ones bring a payment method. */
const TEST_CARD = 'pm_card_visa';

/** Test clocks looked through for a name, newest first. */
const CLOCKS_LOOK_MAX = 1_000;

/** Who is to be billed. */
export interface AccountInput {
  readonly key: CustomerKey;
  /** Where a new test clock starts, and how far an older one must have come; ms. */
  readonly startMs: number;
  readonly name: string | null;
  readonly email: string | null;
  /** The Stripe customer that others made, billed instead of one of ours; absent: none. */
  readonly linked?: string;
  /** Who is new lives by the linked one's test clock. */
  readonly isNew?: boolean;
}

/** The customer at Stripe. */
export interface StripeAccount {
  readonly customer: string;
  readonly testClock: string | null;
  /** False when nothing could be charged. */
  readonly canPay: boolean;
  /** Of a customer that others made: Stripe's time, Unix seconds. */
  readonly nowSeconds?: number;
}

function nameOf(kind: string, { mode, customer, life }: CustomerKey): string {
  return `${kind}/${mode}/${customer}/${life}`;
}

/**
 * Ensures test clock (test mode) and customer. A test clock is brought up to `startMs`.
 * @throws Refused where the one that others made can't be billed, or ours was deleted there.
 */
export async function ensureAccount(
  session: StripeSession,
  input: AccountInput,
): Promise<StripeAccount> {
  if (input.linked !== undefined) return linkedAccount(session, input, input.linked);
  const startSeconds = Math.floor(input.startMs / 1000);
  const testClock =
    input.key.mode === 'test' ? await ensureClock(session, input.key, startSeconds) : null;
  if (testClock !== null) await advanceClock(session, testClock, startSeconds);
  const customer = await ensureCustomer(session, input, testClock);
  return { customer, testClock, canPay: await canPay(session, customer) };
}

async function linkedAccount(
  session: StripeSession,
  { key, startMs, isNew = false }: AccountInput,
  linked: string,
): Promise<StripeAccount> {
  const found = await linkedCustomer(session, key.mode, linked);
  const testClock = testClockOf(found);
  const nowSeconds = await meetClocks(session, { testClock, startMs, isNew });
  return { customer: linked, testClock, canPay: isPayable(found), nowSeconds };
}

function ensureClock(
  session: StripeSession,
  key: CustomerKey,
  startSeconds: number,
): Promise<string> {
  const name = nameOf('clock', key);
  const { testClocks } = session.stripe.testHelpers;
  return ensure(session, {
    name,
    find: () => findClock(session, name),
    create: async (httpKey) => {
      const params = { frozen_time: startSeconds, name };
      return (await testClocks.create(params, session.within(httpKey))).id;
    },
  });
}

/** Clocks have no metadata; theirs is a name that we give. */
async function findClock(session: StripeSession, name: string): Promise<string | null> {
  const list = session.stripe.testHelpers.testClocks.list({ limit: 100 }, session.within());
  let looked = 0;
  for await (const clock of list) {
    if (clock.name === name) return clock.id;
    looked += 1;
    if (looked >= CLOCKS_LOOK_MAX) break;
  }
  return null;
}

/** Name under which a life's own customer was made at Stripe, where one was. */
export function accountName(key: CustomerKey): string {
  return nameOf('customer', key);
}

/** The customer of a life whose making was never answered; null: there is none. */
export async function findMade(
  session: StripeSession,
  key: CustomerKey,
): Promise<string | null> {
  const { ensures, stripe } = session;
  const clock = await ensures.find(nameOf('clock', key));
  // Those on a test clock are listed only under it.
  const place = clock?.object ? { test_clock: clock.object } : {};
  const list = stripe.customers.list({ limit: 100, ...place }, session.within());
  return findByRef(list, accountName(key));
}

function ensureCustomer(
  session: StripeSession,
  { key, name: displayName, email }: AccountInput,
  testClock: string | null,
): Promise<string> {
  const name = accountName(key);
  const { customers } = session.stripe;
  const place = testClock === null ? {} : { test_clock: testClock };
  return ensure(session, {
    name,
    find: () => findByRef(customers.list({ limit: 100, ...place }, session.within()), name),
    create: async (httpKey) => {
      const params: Stripe.CustomerCreateParams = {
        ...place,
        ...(testClock === null ? {} : cardParams()),
        name: displayName ?? undefined,
        email: email ?? undefined,
        description: key.customer,
        metadata: { [REF_KEY]: name, durabill_mode: key.mode, durabill_customer: key.customer },
      };
      return (await customers.create(params, session.within(httpKey))).id;
    },
  });
}

function cardParams(): Stripe.CustomerCreateParams {
  return {
    payment_method: TEST_CARD,
    invoice_settings: { default_payment_method: TEST_CARD },
  };
}

async function canPay(session: StripeSession, customer: string): Promise<boolean> {
  const found = await session.stripe.customers.retrieve(customer, {}, session.within());
  if (!found.deleted) return isPayable(found);
  const detail = `${customer} is deleted at Stripe: name another by stripeCustomerId.`;
  throw new Refused('conflict', detail);
}

function isPayable(found: Stripe.Customer): boolean {
  return found.invoice_settings.default_payment_method !== null || found.default_source !== null;
}
