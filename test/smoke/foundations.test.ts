import { setTimeout as wait } from 'node:timers/promises';
import Stripe from 'stripe';
import {
  advance,
  basePrice,
  customerOnClock,
  type Ground,
  groundAt,
  invoicesOf,
  linesOf,
  meteredPrice,
} from '../dev/stripe/positions/ground.js';
import { stripeTarget } from './settings.js';
import { pastAnchorMs } from './smokeCustomer.js';

/**
 * What the money path rests on, asked of Stripe itself (or of what STRIPE_API_BASE names) without
 * anything of ours between: the engine would put right, or hide, what goes wrong here.
 */

jest.setTimeout(1_800_000);

const target = stripeTarget();
const SKIPPED = 'skipped: STRIPE_SECRET_KEY is no sk_test_ key';
if (!target) process.stderr.write(`foundations at Stripe ${SKIPPED}\n`);
const ask = target ? test : test.skip;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const BASE_MINOR = 1_000;

/** A month of one subscription, as it was seen. */
interface Month {
  readonly start: number;
  readonly end: number;
  readonly base: string;
  readonly metered: string;
  /** Lines of the first invoice, and whether it was paid at once. */
  readonly first: { readonly paid: boolean; readonly lines: readonly Line[] };
  /** What a second report under one identifier was answered. */
  readonly repeated: number | undefined;
  /** What Stripe says was used while only that was reported, once for one, twice for two. */
  readonly summed: number;
  /** Right after it was finalised uncollected; three days later; once it was to be paid. */
  readonly finalised: Stripe.Invoice;
  readonly standing: Stripe.Invoice;
  readonly paid: Stripe.Invoice;
  readonly lines: readonly Line[];
  /** Amounts of usage on the next invoice. */
  readonly next: readonly Line[];
}

interface Line {
  readonly price: string;
  readonly amount: number;
  readonly start: number;
  readonly end: number;
}

/** Sends a report; its status where it is refused. */
async function report(
  { stripe }: Ground,
  event: { readonly name: string; readonly customer: string; readonly identifier: string },
  value: number,
  timestamp: number,
): Promise<number | undefined> {
  const { name, customer, identifier } = event;
  const payload = { stripe_customer_id: customer, value: String(value) };
  try {
    const asked = { event_name: name, identifier, payload, timestamp };
    await stripe.billing.meterEvents.create(asked);
    return undefined;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error.statusCode;
    throw error;
  }
}

async function shownLines(ground: Ground, invoice: string): Promise<Line[]> {
  const lines = await linesOf(ground, invoice);
  return lines.map(({ pricing, amount, period }) => {
    const price = pricing?.price_details?.price ?? '';
    return { price: typeof price === 'string' ? price : price.id, amount, ...period };
  });
}

/** The draft of a period that has ended; Stripe may take an hour to make it. */
async function draftAfter(ground: Ground, clock: string, customer: string, end: number) {
  for (const seconds of [MINUTE, HOUR + MINUTE]) {
    await advance(ground, clock, end + seconds);
    const draft = (await invoicesOf(ground, customer)).find(({ status }) => status === 'draft');
    if (draft) return draft;
  }
  throw new Error('no draft an hour after the end of the period');
}

/** A customer on a base and a metered price, and its first invoice. */
async function subscribed(ground: Ground) {
  const { clock, customer } = await customerOnClock(ground);
  const base = await basePrice(ground, BASE_MINOR);
  const metered = await meteredPrice(ground, 'rests', { unit_amount: 1 });
  const { id: subscription, items } = await ground.stripe.subscriptions.create({
    customer,
    items: [{ price: base }, { price: metered.price }],
    billing_mode: { type: 'flexible' },
  });
  const [only] = await invoicesOf(ground, customer);
  const lines = await shownLines(ground, only?.id ?? '');
  const first = { paid: only?.status === 'paid', lines };
  const end = items.data[0]?.current_period_end ?? 0;
  return { clock, customer, base, metered, subscription, end, first };
}

/** Reports once and once more under one identifier; what Stripe says was used then. */
async function repeatedReport(ground: Ground, customer: string, name: string, meter: string) {
  const { stripe, startSeconds: start, run, lagMs } = ground;
  const event = { name, customer, identifier: `${run}-once` };
  await report(ground, event, 5, start + MINUTE);
  const repeated = await report(ground, event, 5, start + MINUTE);
  await wait(lagMs);
  const minute = start - (start % MINUTE);
  const window = { customer, start_time: minute, end_time: minute + 10 * MINUTE };
  const { data } = await stripe.billing.meters.listEventSummaries(meter, window);
  return { repeated, summed: data.reduce((sum, one) => sum + one.aggregated_value, 0) };
}

async function month(ground: Ground): Promise<Month> {
  const { stripe, startSeconds: start, run, lagMs } = ground;
  const begun = await subscribed(ground);
  const { clock, customer, base, metered, subscription, end, first } = begun;
  const { eventName: name, meter, price } = metered;
  const counted = await repeatedReport(ground, customer, name, meter);
  const draft = await draftAfter(ground, clock, customer, end);
  await stripe.invoices.update(draft.id, { auto_advance: false });
  const before = { name, customer, identifier: `${run}-before` };
  await report(ground, before, 7, end - MINUTE);
  await wait(lagMs);
  const finalised = await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
  const lines = await shownLines(ground, draft.id);
  const after = { name, customer, identifier: `${run}-after` };
  await report(ground, after, 9, end - 2 * MINUTE);
  await advance(ground, clock, end + 3 * DAY);
  const standing = await stripe.invoices.retrieve(draft.id);
  const paid = await stripe.invoices.pay(draft.id).catch(() => standing);
  const running = await stripe.subscriptions.retrieve(subscription);
  const nextEnd = running.items.data[0]?.current_period_end ?? 0;
  const later = await draftAfter(ground, clock, customer, nextEnd);
  const next = (await shownLines(ground, later.id)).filter((line) => line.price === price);
  const bills = { first, lines, next, finalised, standing, paid };
  return { start, end, base, metered: price, ...counted, ...bills };
}

let seen: Month;

beforeAll(async () => {
  if (!target) return;
  // So that reports are young enough, and of the past, by either clock.
  seen = await month(groundAt(target, pastAnchorMs(Date.now()) / 1000));
});

const of = (lines: readonly Line[], price: string) =>
  lines.filter((line) => line.price === price && line.amount !== 0);

describe(target ? 'at Stripe' : `at Stripe (${SKIPPED})`, () => {
  ask('a base is billed in advance: at once for the period that begins', () => {
    const { first, base, start, end } = seen;
    expect(first.paid).toBe(true);
    expect(of(first.lines, base)).toEqual([{ price: base, amount: BASE_MINOR, start, end }]);
  });

  ask('an invoice of the cycle holds the usage that was and the base that comes', () => {
    const { lines, base, metered, start, end } = seen;
    expect(of(lines, metered)).toMatchObject([{ start, end }]);
    expect(of(lines, base)).toMatchObject([{ amount: BASE_MINOR, start: end }]);
  });

  ask('a report counts once by its identifier; its repeat is refused', () => {
    expect([seen.repeated, seen.summed]).toEqual([400, 5]);
  });

  ask('finalising counts what was stamped in the period until then, to the unit', () => {
    expect(of(seen.lines, seen.metered).map(({ amount }) => amount)).toEqual([12]);
  });

  ask('usage that comes after that is billed nowhere', () => {
    expect(of(seen.next, seen.metered)).toEqual([]);
  });

  ask('what is finalised uncollected is not charged, for days, until it is to be paid', () => {
    const uncharged = { status: 'open', amount_paid: 0, attempt_count: 0, auto_advance: false };
    expect(seen.finalised).toMatchObject(uncharged);
    expect(seen.standing).toMatchObject(uncharged);
    expect(seen.paid).toMatchObject({ status: 'paid', amount_paid: BASE_MINOR + 12 });
  });
});
