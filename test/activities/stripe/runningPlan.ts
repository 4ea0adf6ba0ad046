import type Stripe from 'stripe';
import type { CustomerKey } from '../../../billing/log.js';
import type { Command } from '../../../billing/command.js';
import type { StripeActivities } from '../../../activities/contract.js';
import { testClockOf } from '../../../activities/stripe/linking.js';
import { newKey, START_MS, type World } from './world.js';

/** A subscription that somebody made at Stripe before there was an engine. */

const DAY_SECONDS = 86_400;
const START_SECONDS = START_MS / 1000;

/** What differs from a month at 1,900 that began on the last of a month. */
export interface Running {
  readonly amountMinor?: number;
  readonly interval?: 'month' | 'year';
  readonly currency?: string;
  readonly trialDays?: number;
  /** Price instead of one of its own. */
  readonly price?: string;
  /** Where its clock has come to, Unix seconds; default ten days into the second period. */
  readonly nowSeconds?: number;
}

/** Ten days into the period from 28 February to 31 March. */
export const NOW_SECONDS = Date.UTC(2026, 2, 10, 10, 20, 30) / 1000;

/** Bounds of that period, Unix seconds. */
export const RUNNING = {
  startSeconds: Date.UTC(2026, 1, 28, 10, 20, 30) / 1000,
  endSeconds: Date.UTC(2026, 2, 31, 10, 20, 30) / 1000,
} as const;

/** A monthly (or other) price of its own. */
export async function priceOf(stripe: Stripe, running: Running = {}): Promise<string> {
  const { amountMinor = 1_900, interval = 'month', currency = 'usd' } = running;
  const product = await stripe.products.create({ name: 'Legacy' });
  const recurring = { interval };
  const made = { currency, product: product.id, unit_amount: amountMinor, recurring };
  return (await stripe.prices.create(made)).id;
}

/** A Stripe customer that pays, on a test clock of its own. */
export async function payerOf(stripe: Stripe): Promise<Stripe.Customer> {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_SECONDS });
  return stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
}

/** The subscription, its clock moved on. */
export async function running(world: World, options: Running = {}) {
  const { stripe } = world;
  const customer = await payerOf(stripe);
  const price = options.price ?? (await priceOf(stripe, options));
  const { trialDays } = options;
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price }],
    ...(trialDays === undefined ? {} : { trial_period_days: trialDays }),
  });
  const testClock = testClockOf(customer) ?? '';
  const toSeconds = options.nowSeconds ?? NOW_SECONDS;
  await world.acts.advanceTestClock({ mode: 'test', testClock, toSeconds });
  return { customer: customer.id, subscription: subscription.id, testClock, price };
}

type SubscribeInput = Parameters<StripeActivities['subscribe']>[0];

/** Asks for a takeover as the workflow does for who is new; answers the input, too. */
export function takeoverInput(
  world: World,
  at: { readonly customer?: string; readonly subscription: string | null },
  change: Partial<SubscribeInput> = {},
): SubscribeInput {
  const key: CustomerKey = change.key ?? newKey();
  const atStripe = { customer: at.customer ?? null, subscription: at.subscription };
  const first = { startMs: Date.now(), isNew: true, isFirst: true };
  return { ...world.subscribeInput(key), ...first, atStripe, ...change };
}

/** The command that an ask was answered with. */
export async function answerTo(world: World, input: SubscribeInput): Promise<Command> {
  const { number } = await world.acts.subscribe(input);
  return world.commandAt(input.key, number);
}

/** Days in seconds. */
export function days(count: number): number {
  return count * DAY_SECONDS;
}
