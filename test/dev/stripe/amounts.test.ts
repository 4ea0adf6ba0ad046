import Stripe from 'stripe';
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

/** Test vectors V1 to V9 of the Stripe reference, as totals of cycle invoices. */

type PriceParams = Partial<Stripe.PriceCreateParams>;

const decimal = (text: string) => Stripe.Decimal.from(text);
const HOUR = 3600;
let meters = 0;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.sandbox.stop());

/** The cycle invoice of one period with this usage under this price, and its lines. */
async function billed(price: PriceParams, quantity: string, baseAmount?: number) {
  const { stripe } = world;
  const { clock, customer } = await customerOnClock(stripe);
  const eventName = `meter-${(meters += 1)}`;
  const meter = await sumMeter(stripe, eventName);
  const prices = [(await meteredPrice(stripe, meter.id, price)).id];
  if (baseAmount !== undefined) prices.unshift((await basePrice(stripe, baseAmount)).id);
  const subscription = await subscribe(stripe, customer.id, ...prices);
  await report(stripe, eventName, customer.id, quantity, START + 60);
  const end = subscription.items.data[0]?.current_period_end ?? 0;
  await advance(stripe, clock.id, end + 2 * HOUR);
  const invoice = await newestInvoice(stripe, customer.id);
  const lines = await allLines(stripe, invoice.id);
  return { invoice, lines };
}

async function total(price: PriceParams, quantity: string, baseAmount?: number): Promise<number> {
  return (await billed(price, quantity, baseAmount)).invoice.total;
}

const bands = (tiers_mode: 'graduated' | 'volume'): PriceParams => ({
  billing_scheme: 'tiered',
  tiers_mode,
  tiers: [
    { up_to: 5, unit_amount: 700 },
    { up_to: 10, unit_amount: 650 },
    { up_to: 'inf', unit_amount: 600 },
  ],
});

const freeMillion: PriceParams = {
  billing_scheme: 'tiered',
  tiers_mode: 'graduated',
  tiers: [
    { up_to: 1_000_000, unit_amount: 0 },
    { up_to: 'inf', unit_amount_decimal: decimal('0.0005') },
  ],
};

describe('an invoice total', () => {
  it('V1: a flat decimal price rounds its line (docs decimal-amounts)', async () => {
    expect(await total({ unit_amount_decimal: decimal('0.05') }, '30')).toBe(2);
  });

  it.each([
    ['1', 700],
    ['5', 3500],
    ['6', 3900],
    ['20', 12_000],
    ['25', 15_000],
  ])('V2: volume prices all %s units at one tier (docs tiered-pricing)', async (units, sum) => {
    expect(await total(bands('volume'), units)).toBe(sum);
  });

  it.each([
    ['5', 3500],
    ['6', 4150],
  ])('V3: graduated prices %s units tier by tier (docs tiered-pricing)', async (units, sum) => {
    expect(await total(bands('graduated'), units)).toBe(sum);
  });

  it('V4: base and overage beyond the included units (docs pricing-models)', async () => {
    const price: PriceParams = {
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 100_000, unit_amount: 0 },
        { up_to: 'inf', unit_amount_decimal: decimal('0.1') },
      ],
    };
    expect(await total(price, '250000', 20_000)).toBe(35_000);
  });

  it('V5: graduated over two tiers (test in GlitchTip)', async () => {
    const price: PriceParams = {
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 100, unit_amount: 10 },
        { up_to: 'inf', unit_amount: 5 },
      ],
    };
    expect(await total(price, '150')).toBe(1250);
  });

  it.each([
    ['10000', 500_000],
    ['10001', 400_040],
  ])('V6: a volume total can fall, at %s units (docs thresholds)', async (units, sum) => {
    const price: PriceParams = {
      billing_scheme: 'tiered',
      tiers_mode: 'volume',
      tiers: [
        { up_to: 10_000, unit_amount: 50 },
        { up_to: 'inf', unit_amount: 40 },
      ],
    };
    expect(await total(price, units)).toBe(sum);
  });

  it('V7: packages are rounded up (docs transform_quantity)', async () => {
    const transform = { divide_by: 60, round: 'up' } as const;
    const price = { unit_amount: 1000, transform_quantity: transform };
    const { invoice, lines } = await billed(price, '150');
    expect(invoice.total).toBe(3000);
    expect(lines.map((line) => String(line.quantity_decimal))).toEqual(['150']);
  });

  it('V7: packages are rounded down when the price says so (Prices.d.ts)', async () => {
    const transform = { divide_by: 60, round: 'down' } as const;
    expect(await total({ unit_amount: 1000, transform_quantity: transform }, '150')).toBe(2000);
  });

  it.each([
    ['1000000', 0],
    ['1000999', 0],
    ['1001001', 1],
  ])('V8: %s units around the free million (computed)', async (units, sum) => {
    expect(await total(freeMillion, units)).toBe(sum);
  });

  it('V9: an exact half of an odd cent goes up under both tie rules (computed)', async () => {
    expect(await total(freeMillion, '2999000')).toBe(1000);
  });
});

describe('lines', () => {
  it('are one per tier, each with its own unit amount and rounding', async () => {
    const { lines } = await billed(bands('graduated'), '6');
    const shown = lines.map((line) => [
      String(line.pricing?.unit_amount_decimal),
      String(line.quantity_decimal),
      line.amount,
    ]);
    expect(shown).toEqual([
      ['700', '5', 3500],
      ['650', '1', 650],
      ['600', '0', 0],
    ]);
  });

  it('name a flat amount apart, when a unit falls into its tier (gitpod fixture)', async () => {
    const price: PriceParams = {
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 10, unit_amount: 1, flat_amount: 500 },
        { up_to: 20, unit_amount: 1, flat_amount: 300 },
        { up_to: 'inf', unit_amount: 1, flat_amount: 200 },
      ],
    };
    const { invoice, lines } = await billed(price, '11');
    expect(invoice.total).toBe(10 + 500 + 1 + 300);
    const flat = lines.filter((line) => line.pricing?.unit_amount_decimal === null);
    expect(flat.map((line) => [line.quantity, line.amount])).toEqual([
      [0, 500],
      [0, 300],
    ]);
  });

  it('cut a decimal quantity in `quantity` and keep it in `quantity_decimal`', async () => {
    const { invoice, lines } = await billed({ unit_amount: 10 }, '2.75');
    expect(invoice.total).toBe(28);
    expect([lines[0]?.quantity, String(lines[0]?.quantity_decimal)]).toEqual([2, '2.75']);
  });

  it('bill a negative period total as quantity 0 (docs recording-usage-api)', async () => {
    const { invoice, lines } = await billed({ unit_amount: 10 }, '-5', 100);
    expect(invoice.total).toBe(100);
    expect(new Set(lines.map((line) => line.quantity))).toEqual(new Set([0, 1]));
  });

  it('say which price and item they are of (InvoiceLineItems.d.ts)', async () => {
    const { lines } = await billed({ unit_amount: 10 }, '3');
    const details = lines[0]?.parent?.subscription_item_details;
    const subscription = await world.stripe.subscriptions.retrieve(details?.subscription ?? '');
    const [item] = subscription.items.data;
    expect(details?.subscription_item).toBe(item?.id);
    expect(lines[0]?.pricing?.price_details?.price).toBe(item?.price.id);
  });
});

describe('tie rounding', () => {
  afterEach(() => world.sandbox.controls.switch({ tieRounding: 'halfUp' }));

  it.each([
    ['halfUp', 3],
    ['halfEven', 2],
  ] as const)('takes 2.5 cents to %s: %d (undocumented at Stripe)', async (position, sum) => {
    world.sandbox.controls.switch({ tieRounding: position });
    expect(await total({ unit_amount_decimal: decimal('0.5') }, '5')).toBe(sum);
  });
});
