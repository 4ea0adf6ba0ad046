import type Stripe from 'stripe';
import {
  START,
  type World,
  advance,
  allLines,
  basePrice,
  customerOnClock,
  meteredPrice,
  newestInvoice,
  report,
  startWorld,
  subscribe,
  sumMeter,
} from './world.js';

/** Both positions of each switch: what Stripe does not document must be tried both ways. */

const HOUR = 3600;
const DAY = 86_400;

/** Real time of the sandbox, ms: it stands still unless a test moves it. */
let nowMs = START * 1000;
let world: World;
let stripe: Stripe;
beforeEach(async () => {
  world = await startWorld({ nowMs: () => nowMs });
  stripe = world.stripe;
});
afterEach(() => world.sandbox.stop());

/** Base of 10.00 and tokens at one cent, 40 of them used in the first hour. */
async function used() {
  const { clock, customer } = await customerOnClock(stripe);
  const meter = await sumMeter(stripe, 'tokens');
  const base = await basePrice(stripe, 1000);
  const usage = await meteredPrice(stripe, meter.id, { unit_amount: 1 });
  const { items } = await subscribe(stripe, customer.id, base.id, usage.id);
  await report(stripe, 'tokens', customer.id, '40', START + 60);
  return { clock, customer, end: items.data[0]?.current_period_end ?? 0 };
}

describe('a position that Stripe does not document', () => {
  it('draft at 60 minutes: until then there is none, and it is final an hour later', async () => {
    world.sandbox.controls.switch({ draftAfterMinutes: 60 });
    const { clock, customer, end } = await used();
    await advance(stripe, clock.id, end + HOUR - 1);
    expect((await newestInvoice(stripe, customer.id)).billing_reason).toBe('subscription_create');
    await advance(stripe, clock.id, end + HOUR);
    const draft = await newestInvoice(stripe, customer.id);
    expect(draft).toMatchObject({ status: 'draft', total: 1040, created: end + HOUR });
    expect(draft.automatically_finalizes_at).toBe(end + 2 * HOUR);
  });

  it('early refresh: a draft follows later events', async () => {
    world.sandbox.controls.switch({ earlyRefreshOfDrafts: true });
    const { clock, customer, end } = await used();
    await advance(stripe, clock.id, end + 60);
    await report(stripe, 'tokens', customer.id, '2', end - 1);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(1042);
  });

  it('empty invoices and zero-unit lines: made or left out', async () => {
    const { clock, customer } = await customerOnClock(stripe);
    const meter = await sumMeter(stripe, 'images');
    const tiers = [
      { up_to: 5, unit_amount: 1 },
      { up_to: 'inf' as const, unit_amount: 2, flat_amount: 9 },
    ];
    const tiered = { billing_scheme: 'tiered', tiers_mode: 'graduated', tiers } as const;
    const usage = await meteredPrice(stripe, meter.id, tiered);
    const { items } = await subscribe(stripe, customer.id, usage.id);
    const end = items.data[0]?.current_period_end ?? 0;
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toEqual([]);
    world.sandbox.controls.switch({ emptyInvoices: true });
    await advance(stripe, clock.id, end + 33 * DAY);
    const empty = await newestInvoice(stripe, customer.id);
    expect(empty).toMatchObject({ status: 'paid', total: 0 });
    expect(await allLines(stripe, empty.id)).toHaveLength(2);
    world.sandbox.controls.switch({ zeroUnitLines: false });
    await report(stripe, 'images', customer.id, '3', end + 33 * DAY);
    await advance(stripe, clock.id, end + 63 * DAY);
    const lines = await allLines(stripe, (await newestInvoice(stripe, customer.id)).id);
    expect(lines.map((line) => line.quantity)).toEqual([3]);
  });

  it.each([
    [99, 1000],
    [100, 1040],
  ])('finalisation with a lag of 100 ms: usage of %d ms ago makes %d', async (ageMs, total) => {
    world.sandbox.controls.switch({ summaryLagMs: 100, finalisationLags: true });
    const { clock, customer, end } = await used();
    nowMs += ageMs;
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(total);
  });

  it.each([true, false])('an open invoice that nobody tried to pay: past due is %s', async (on) => {
    world.sandbox.controls.switch({ uncollectedIsPastDue: on });
    const { clock, customer, end } = await used();
    await advance(stripe, clock.id, end + 60);
    const { id } = await newestInvoice(stripe, customer.id);
    await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
    const status = async () =>
      (await stripe.subscriptions.list({ customer: customer.id })).data[0]?.status;
    expect(await status()).toBe(on ? 'past_due' : 'active');
    await stripe.invoices.pay(id);
    expect(await status()).toBe('active');
  });

  it('flat amount of the first tier without usage: due or not', async () => {
    const { clock, customer } = await customerOnClock(stripe);
    const meter = await sumMeter(stripe, 'images');
    const tiers = [{ up_to: 'inf' as const, unit_amount: 2, flat_amount: 9 }];
    const tiered = { billing_scheme: 'tiered', tiers_mode: 'graduated', tiers } as const;
    const usage = await meteredPrice(stripe, meter.id, tiered);
    const base = await basePrice(stripe, 1000);
    const { items } = await subscribe(stripe, customer.id, base.id, usage.id);
    const end = items.data[0]?.current_period_end ?? 0;
    await advance(stripe, clock.id, end + 2 * HOUR);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(1000);
    world.sandbox.controls.switch({ flatAtZero: true });
    await advance(stripe, clock.id, end + 33 * DAY);
    expect((await newestInvoice(stripe, customer.id)).total).toBe(1009);
  });
});
