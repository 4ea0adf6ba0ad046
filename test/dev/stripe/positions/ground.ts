import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import Stripe from 'stripe';
import type { StripeTarget } from '../../../smoke/settings.js';

/** Where positions are asked for: an account, and how patient one has to be with it. */
export interface Ground {
  readonly stripe: Stripe;
  /** Makes names of this run its own. */
  readonly run: string;
  readonly pauseMs: number;
  readonly limitMs: number;
  /** How long usage takes to be in sums and on drafts. */
  readonly lagMs: number;
  /** Frozen time of new clocks, Unix seconds. */
  readonly startSeconds: number;
}

function clientOf({ secretKey, apiBase }: StripeTarget): Stripe {
  const options = { telemetry: false, maxNetworkRetries: 3 } as const;
  if (apiBase === undefined) return new Stripe(secretKey, options);
  const { hostname: host, port, protocol } = new URL(apiBase);
  const place = { host, port, protocol: protocol === 'http:' ? 'http' : 'https' } as const;
  return new Stripe(secretKey, { ...options, ...place });
}

/** Stripe moves a clock in minutes; what stands in for it does in moments. */
function patienceWith({ apiBase }: StripeTarget) {
  if (apiBase === undefined) return { pauseMs: 3000, limitMs: 600_000, lagMs: 60_000 };
  return { pauseMs: 50, limitMs: 60_000, lagMs: 3_000 };
}

/** The account of a key, with names of this run's own. */
export function groundAt(target: StripeTarget, startSeconds: number): Ground {
  const run = randomBytes(4).toString('hex');
  return { stripe: clientOf(target), run, startSeconds, ...patienceWith(target) };
}

/** Waits until `seen` answers something; throws when the ground's limit is over. */
export async function until<T>(ground: Ground, seen: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + ground.limitMs;
  for (;;) {
    const value = await seen();
    if (value !== null) return value;
    if (Date.now() > deadline) throw new Error(`not in ${ground.limitMs} ms`);
    await wait(ground.pauseMs);
  }
}

/** Moves a clock and waits until it is ready. */
export async function advance({ ...ground }: Ground, clock: string, to: number): Promise<void> {
  const { testClocks } = ground.stripe.testHelpers;
  await testClocks.advance(clock, { frozen_time: to });
  await until(ground, async () => {
    const { status } = await testClocks.retrieve(clock);
    if (status === 'internal_failure') throw new Error(`${clock} failed`);
    return status === 'ready' ? true : null;
  });
}

/** A customer with a card that pays, on a clock of its own. */
export async function customerOnClock({ stripe, startSeconds }: Ground) {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: startSeconds });
  const card = 'pm_card_visa';
  const customer = await stripe.customers.create({ test_clock: clock.id });
  const { id } = await stripe.paymentMethods.attach(card, { customer: customer.id });
  const settings = { invoice_settings: { default_payment_method: id } };
  await stripe.customers.update(customer.id, settings);
  return { clock: clock.id, customer: customer.id };
}

type PriceParams = Partial<Stripe.PriceCreateParams>;

/** A meter and a monthly price on it. */
export async function meteredPrice(ground: Ground, name: string, params: PriceParams) {
  const { stripe, run } = ground;
  const eventName = `positions_${name}_${run}`;
  const meter = await stripe.billing.meters.create({
    display_name: eventName,
    event_name: eventName,
    default_aggregation: { formula: 'sum' },
  });
  const price = await stripe.prices.create({
    currency: 'usd',
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    product_data: { name: eventName },
    ...params,
  });
  return { eventName, meter: meter.id, price: price.id };
}

/** A monthly base. */
export async function basePrice({ stripe, run }: Ground, unitAmount: number): Promise<string> {
  const { id } = await stripe.prices.create({
    currency: 'usd',
    recurring: { interval: 'month' },
    product_data: { name: `positions_base_${run}` },
    unit_amount: unitAmount,
  });
  return id;
}

/** Reports usage; answers the refusal's status and code, or null when it was taken. */
export async function report(
  { stripe }: Ground,
  eventName: string,
  customer: string,
  value: string,
  timestamp: number,
): Promise<Stripe.errors.StripeError | null> {
  const payload = { stripe_customer_id: customer, value };
  try {
    await stripe.billing.meterEvents.create({ event_name: eventName, payload, timestamp });
    return null;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
}

/** All invoices of a customer, newest first. */
export async function invoicesOf({ stripe }: Ground, customer: string) {
  return (await stripe.invoices.list({ customer, limit: 100 })).data;
}

/** All lines of an invoice. */
export async function linesOf({ stripe }: Ground, invoice: string) {
  return stripe.invoices.listLineItems(invoice, { limit: 100 }).autoPagingToArray({ limit: 500 });
}
