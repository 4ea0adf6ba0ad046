import { setTimeout as wait } from 'node:timers/promises';
import Stripe from 'stripe';
import type { Switches } from '../../../../dev/stripe/switches.js';
import {
  type Ground,
  advance,
  basePrice,
  customerOnClock,
  invoicesOf,
  linesOf,
  meteredPrice,
  report,
} from './ground.js';

/**
 * Questions to an account, one for each switch of the sandbox: the answers are the positions that
 * Stripe, or the sandbox, takes on what Stripe does not document.
 */

const MINUTE = 60;
const HOUR = 3600;

/** One month of a subscription that shows six positions at once. */
export async function cyclePositions(ground: Ground): Promise<Partial<Switches>> {
  const { stripe, startSeconds: start } = ground;
  const { clock, customer } = await customerOnClock(ground);
  const half = { unit_amount_decimal: Stripe.Decimal.from('0.5') };
  const tie = await meteredPrice(ground, 'tie', half);
  const zero = await meteredPrice(ground, 'zero', { ...GRADUATED, tiers: TWO_TIERS });
  const flat = await meteredPrice(ground, 'flat', { ...GRADUATED, tiers: FLAT_TIER });
  const late = await meteredPrice(ground, 'late', { unit_amount: 1 });
  const prices = [await basePrice(ground, 1000), tie.price, zero.price, flat.price, late.price];
  const { id, items } = await stripe.subscriptions.create({
    customer,
    items: prices.map((price) => ({ price })),
    billing_mode: { type: 'flexible' },
  });
  const end = items.data[0]?.current_period_end ?? 0;
  await report(ground, tie.eventName, customer, '5', start + MINUTE);
  await report(ground, zero.eventName, customer, '3', start + MINUTE);
  await wait(ground.lagMs);
  await advance(ground, clock, end + MINUTE);
  const early = await draftOf(ground, customer);
  if (!early) await advance(ground, clock, end + HOUR + MINUTE);
  const draft = early ?? (await draftOf(ground, customer));
  if (!draft) throw new Error('no draft an hour after the end of the period');
  await stripe.invoices.update(draft.id, { auto_advance: false });
  const refused = await report(ground, late.eventName, customer, '7', end - MINUTE);
  await wait(ground.lagMs);
  const refreshed = (await linesOf(ground, draft.id)).some((line) => line.amount === 7);
  await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
  const { status } = await stripe.subscriptions.retrieve(id);
  const lines = await linesOf(ground, draft.id);
  const of = (price: string) =>
    lines.filter((line) => line.pricing?.price_details?.price === price);
  return {
    draftAfterMinutes: early ? 0 : 60,
    uncollectedIsPastDue: status === 'past_due',
    tieRounding: of(tie.price).some((line) => line.amount === 3) ? 'halfUp' : 'halfEven',
    zeroUnitLines: of(zero.price).length === 2,
    flatAtZero: of(flat.price).some((line) => line.amount === 9),
    meterEventAge: refused?.message.includes('future') ? 'realTime' : 'testClock',
    ...(refused ? {} : { earlyRefreshOfDrafts: refreshed }),
  };
}

const GRADUATED = { billing_scheme: 'tiered', tiers_mode: 'graduated' } as const;
const TWO_TIERS = [
  { up_to: 10, unit_amount: 1 },
  { up_to: 'inf' as const, unit_amount: 2 },
];
const FLAT_TIER = [{ up_to: 'inf' as const, unit_amount: 2, flat_amount: 9 }];

async function draftOf(ground: Ground, customer: string): Promise<Stripe.Invoice | null> {
  const invoices = await invoicesOf(ground, customer);
  return invoices.find((invoice) => invoice.status === 'draft') ?? null;
}

/** Whether a period without base and usage, and the start of a trial, make an empty invoice. */
export async function emptyPositions(ground: Ground): Promise<Partial<Switches>> {
  const { stripe } = ground;
  const { clock, customer } = await customerOnClock(ground);
  const { price } = await meteredPrice(ground, 'empty', { unit_amount: 1 });
  const subscribed = { customer, billing_mode: { type: 'flexible' as const } };
  const only = await stripe.subscriptions.create({ ...subscribed, items: [{ price }] });
  const end = only.items.data[0]?.current_period_end ?? 0;
  await advance(ground, clock, end + 2 * HOUR);
  const empty = await invoicesOf(ground, customer);
  const base = await basePrice(ground, 1000);
  await stripe.subscriptions.create({
    ...subscribed,
    items: [{ price: base }],
    trial_period_days: 7,
  });
  const withTrial = await invoicesOf(ground, customer);
  return {
    emptyInvoices: empty.some((invoice) => invoice.billing_reason === 'subscription_cycle'),
    trialInvoices: withTrial.length > empty.length,
  };
}

/** What becomes of an invoice of 0.20. */
export async function minimumPosition(ground: Ground): Promise<Partial<Switches>> {
  const { stripe } = ground;
  const { customer } = await customerOnClock(ground);
  const { id } = await stripe.invoices.create({ customer, auto_advance: false, currency: 'usd' });
  await stripe.invoiceItems.create({ customer, invoice: id, amount: 20, currency: 'usd' });
  const invoice = await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
  return { minimumCharge: invoice.amount_due === 0 };
}

/** What two meter events at once, and one of an unknown customer, get for an answer. */
export async function meterEventPositions(ground: Ground): Promise<Partial<Switches>> {
  const { customer } = await customerOnClock(ground);
  const { eventName } = await meteredPrice(ground, 'events', { unit_amount: 1 });
  const now = ground.startSeconds;
  const send = () => report(ground, eventName, customer, '1', now);
  const answers = await Promise.all([send(), send(), send(), send()]);
  const statuses = answers.map((error) => error?.statusCode);
  const stranger = await report(ground, eventName, 'cus_positions_nobody', '1', now);
  return {
    concurrentMeterEvents: statuses.includes(409) ? '409' : statuses.includes(429) ? '429' : 'free',
    meterEventFaults: stranger ? 'sync' : 'async',
  };
}

/** Every position at once. */
export async function allPositions(ground: Ground): Promise<Partial<Switches>> {
  return {
    ...(await cyclePositions(ground)),
    ...(await emptyPositions(ground)),
    ...(await minimumPosition(ground)),
    ...(await meterEventPositions(ground)),
  };
}
