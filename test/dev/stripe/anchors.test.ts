import {
  START,
  type World,
  advance,
  basePrice,
  customerOnClock,
  startWorld,
  subscribe,
} from './world.js';

/** docs.stripe.com/billing/subscriptions/billing-cycle; SubscriptionItems.d.ts. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.sandbox.stop());

const seconds = (text: string) => Date.parse(text) / 1000;

/** Starts of a subscription's first periods, each reached by its clock. */
async function periodStarts(start: string, interval: string, count: number): Promise<string[]> {
  const { stripe } = world;
  const { clock, customer } = await customerOnClock(stripe, seconds(start));
  const base = await basePrice(stripe, 100, interval);
  const { id } = await subscribe(stripe, customer.id, base.id);
  const starts: string[] = [];
  for (let period = 0; period < count; period += 1) {
    const [item] = (await stripe.subscriptions.retrieve(id)).items.data;
    if (!item) throw new Error('the subscription has no item');
    starts.push(new Date(item.current_period_start * 1000).toISOString().slice(0, 19));
    await advance(stripe, clock.id, item.current_period_end);
  }
  return starts;
}

describe('a billing cycle', () => {
  it.each([
    [
      'a month end keeps its day where the month has it',
      '2026-01-31T10:20:30Z',
      'month',
      ['2026-01-31T10:20:30', '2026-02-28T10:20:30', '2026-03-31T10:20:30', '2026-04-30T10:20:30'],
    ],
    [
      'a leap year has a 29 February',
      '2028-01-30T00:00:01Z',
      'month',
      ['2028-01-30T00:00:01', '2028-02-29T00:00:01', '2028-03-30T00:00:01'],
    ],
    [
      'a year from 29 February ends on the 28th and comes back to the 29th',
      '2028-02-29T23:59:59Z',
      'year',
      ['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29'].map(
        (day) => `${day}T23:59:59`,
      ),
    ],
    [
      'weeks are seven days',
      '2026-12-28T05:00:00Z',
      'week',
      ['2026-12-28T05:00:00', '2027-01-04T05:00:00', '2027-01-11T05:00:00'],
    ],
    [
      'days are days',
      '2026-02-27T05:06:07Z',
      'day',
      ['2026-02-27T05:06:07', '2026-02-28T05:06:07', '2026-03-01T05:06:07'],
    ],
  ])('%s', async (_, start, interval, expected) => {
    expect(await periodStarts(start, interval, expected.length)).toEqual(expected);
  });

  it("starts at the second of the customer's clock, real or test", async () => {
    const { stripe } = world;
    const base = await basePrice(stripe, 100);
    const { customer } = await customerOnClock(stripe);
    const onClock = await subscribe(stripe, customer.id, base.id);
    expect(onClock.start_date).toBe(START);
    expect(onClock.items.data[0]?.current_period_start).toBe(START);
    const card = 'pm_card_visa';
    const settings = { invoice_settings: { default_payment_method: card } };
    const inRealTime = await stripe.customers.create({ payment_method: card, ...settings });
    const before = Math.floor(Date.now() / 1000);
    const now = await subscribe(stripe, inRealTime.id, base.id);
    expect(now.start_date).toBeGreaterThanOrEqual(before);
    expect(now.start_date).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
  });
});
