import Stripe from 'stripe';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../dev/stripe/sandbox.js';

/** A sandbox and the official SDK on it, and short ways to what most tests need. */
export interface World {
  readonly sandbox: Sandbox;
  readonly stripe: Stripe;
}

/** 2026-01-15T10:20:30Z, a second that is on no minute. */
export const START = 1_768_472_430;

/** Starts a sandbox without lag (unless said otherwise) and the SDK without retries. */
export async function startWorld(options: SandboxOptions = {}): Promise<World> {
  const switches = { summaryLagMs: 0, advanceMs: 0, ...options.switches };
  const sandbox = await startSandbox({ ...options, switches });
  return { sandbox, stripe: sdk(sandbox.url) };
}

/** The official SDK against a sandbox, without retries. */
export function sdk(url: string, maxNetworkRetries = 0): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe('sk_test_sandbox', {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries,
  });
}

/** A customer on a clock of its own, with a card that pays. */
export async function customerOnClock(stripe: Stripe, frozenTime = START, card = 'pm_card_visa') {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozenTime });
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  });
  return { clock, customer };
}

/** A sum meter with an event name of its own. */
export async function sumMeter(stripe: Stripe, eventName: string) {
  return stripe.billing.meters.create({
    display_name: eventName,
    event_name: eventName,
    default_aggregation: { formula: 'sum' },
  });
}

type PriceParams = Partial<Stripe.PriceCreateParams>;

/** A monthly metered price in usd on a meter. */
export async function meteredPrice(stripe: Stripe, meter: string, params: PriceParams) {
  return stripe.prices.create({
    currency: 'usd',
    recurring: { interval: 'month', usage_type: 'metered', meter },
    product_data: { name: 'Usage' },
    ...params,
  });
}

/** A monthly licensed price in usd. */
export async function basePrice(stripe: Stripe, unitAmount: number, interval = 'month') {
  return stripe.prices.create({
    currency: 'usd',
    recurring: { interval },
    product_data: { name: 'Base' },
    unit_amount: unitAmount,
  });
}

/** A flexible subscription that fails when its first invoice is not paid. */
export async function subscribe(stripe: Stripe, customer: string, ...prices: string[]) {
  return stripe.subscriptions.create({
    customer,
    items: prices.map((price) => ({ price })),
    billing_mode: { type: 'flexible' },
    payment_behavior: 'error_if_incomplete',
  });
}

/** Reports one event. */
export async function report(
  stripe: Stripe,
  eventName: string,
  customer: string,
  value: string,
  timestamp?: number,
) {
  return stripe.billing.meterEvents.create({
    event_name: eventName,
    payload: { stripe_customer_id: customer, value },
    ...(timestamp === undefined ? {} : { timestamp }),
  });
}

/** Moves a clock and waits, bounded, until it is ready. */
export async function advance(stripe: Stripe, clock: string, to: number): Promise<void> {
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: to });
  await until(async () => {
    const { status } = await stripe.testHelpers.testClocks.retrieve(clock);
    if (status === 'internal_failure') throw new Error(`${clock} failed`);
    return status === 'ready';
  });
}

/** Waits until a condition holds; throws after ten seconds. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true in 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** All lines of an invoice, paged. */
export async function allLines(stripe: Stripe, invoice: string) {
  return stripe.invoices.listLineItems(invoice, { limit: 100 }).autoPagingToArray({ limit: 500 });
}

/** The newest invoice of a customer. */
export async function newestInvoice(stripe: Stripe, customer: string) {
  const [invoice] = (await stripe.invoices.list({ customer, limit: 1 })).data;
  if (!invoice) throw new Error(`${customer} has no invoice`);
  return invoice;
}

/** The error a promise is refused with. */
export async function refusal(work: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** A customer with a base of 10.00 and tokens at one cent, 40 of them used in the first hour. */
export async function usedPlan(stripe: Stripe, card?: string) {
  const { clock, customer } = await customerOnClock(stripe, START, card);
  const meter = await sumMeter(stripe, 'tokens');
  const base = await basePrice(stripe, 1000);
  const usage = await meteredPrice(stripe, meter.id, { unit_amount: 1 });
  const subscription = await subscribe(stripe, customer.id, base.id, usage.id);
  const items = Object.fromEntries(subscription.items.data.map((item) => [item.price.id, item.id]));
  const end = subscription.items.data[0]?.current_period_end ?? 0;
  await report(stripe, 'tokens', customer.id, '40', START + 60);
  return { clock, customer, meter, base, usage, subscription, items, end };
}

/** Makes a card the customer's default; one that fails later attaches all the same. */
export async function setCard(stripe: Stripe, customer: string, card: string): Promise<string> {
  const { id } = await stripe.paymentMethods.attach(card, { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  return id;
}

/** Types of the events about an object, oldest first. */
export async function eventTypes(stripe: Stripe, about: string): Promise<string[]> {
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
  return events
    .filter((event) => (event.data.object as { id?: string }).id === about)
    .map((event) => event.type)
    .toReversed();
}
