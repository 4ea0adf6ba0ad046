import Stripe from 'stripe';
import {
  START,
  type World,
  advance,
  customerOnClock,
  refusal,
  report,
  startWorld,
  sumMeter,
} from './world.js';

const DAY = 86_400;

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.sandbox.stop());

async function metered() {
  const { stripe } = world;
  const { clock, customer } = await customerOnClock(stripe);
  const meter = await sumMeter(stripe, 'tokens');
  const send = (identifier: string, value = '1', timestamp?: number) =>
    stripe.billing.meterEvents.create({
      event_name: 'tokens',
      identifier,
      payload: { stripe_customer_id: customer.id, value },
      ...(timestamp === undefined ? {} : { timestamp }),
    });
  const total = () => world.sandbox.controls.meterTotals()[0]?.total ?? '0';
  return { stripe, clock, customer, meter, send, total };
}

describe('a repeated identifier', () => {
  it('is a 400 without a code that must not be retried (langfuse PR 16292)', async () => {
    const { send, total } = await metered();
    await send('report-1', '5');
    const error = await refusal(send('report-1', '5'));
    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(error.message).toBe('An event already exists with identifier report-1.');
    expect(error.code).toBeUndefined();
    expect(error.headers?.['stripe-should-retry']).toBe('false');
    expect(total()).toBe('5');
  });

  it("is taken again after 24 hours of the customer's clock (MeterEvents.d.ts)", async () => {
    const { stripe, clock, send, total } = await metered();
    await send('report-1', '5');
    await advance(stripe, clock.id, START + DAY - 1);
    await refusal(send('report-1', '5'));
    await advance(stripe, clock.id, START + DAY);
    await send('report-1', '5');
    expect(total()).toBe('10');
  });
});

describe('an event', () => {
  it("may be 35 days old and 5 minutes ahead by the customer's clock", async () => {
    const { send } = await metered();
    await send('oldest', '1', START - 35 * DAY);
    await send('newest', '1', START + 300);
    const old = await refusal(send('older', '1', START - 35 * DAY - 1));
    expect(old.message).toContain('cannot be more than 35 days in past');
    expect(old.statusCode).toBe(400);
    const ahead = await refusal(send('newer', '1', START + 301));
    expect(ahead.message).toContain('5 minutes in the future');
  });

  it('defaults to now of the clock', async () => {
    const { send } = await metered();
    expect((await send('plain')).timestamp).toBe(START);
  });

  it('has at most 15 significant digits (changelog dahlia 2026-04-22)', async () => {
    const { send, total } = await metered();
    await send('fifteen', '123456789012345');
    const error = await refusal(send('sixteen', '1234567890123456'));
    expect(error).toMatchObject({ statusCode: 400, code: 'meter_event_value_too_many_digits' });
    expect(total()).toBe('123456789012345');
  });

  it.each(['1e3', 'many', '0x10', '+1', '.5'])('refuses the value %s', async (value) => {
    const { send } = await metered();
    expect((await refusal(send('odd', value))).statusCode).toBe(400);
  });

  it('sums decimals and negatives exactly (recording-usage-api, 2026-05-05)', async () => {
    const { send, total } = await metered();
    await send('a', '0.1');
    await send('b', '0.2');
    await send('c', '-0.05');
    expect(total()).toBe('0.25');
  });

  it('needs a known event name, an active meter and a known customer', async () => {
    const { stripe, customer, meter } = await metered();
    const unknown = await refusal(report(stripe, 'nothing', customer.id, '1'));
    expect(unknown.param).toBe('event_name');
    expect((await refusal(report(stripe, 'tokens', 'cus_nobody', '1'))).statusCode).toBe(400);
    await stripe.billing.meters.deactivate(meter.id);
    const archived = await refusal(report(stripe, 'tokens', customer.id, '1'));
    expect(archived.code).toBe('archived_meter');
    await stripe.billing.meters.reactivate(meter.id);
    await report(stripe, 'tokens', customer.id, '1');
  });

  it('has an identifier of at most 100 characters', async () => {
    const { send } = await metered();
    await send('x'.repeat(100));
    expect((await refusal(send('x'.repeat(101)))).param).toBe('identifier');
  });

  it('can be cancelled within 24 hours of its acceptance (API adjustments)', async () => {
    const { stripe, clock, send, total } = await metered();
    await send('keep', '2');
    await send('drop', '5');
    const cancel = (identifier: string) =>
      stripe.billing.meterEventAdjustments.create({
        event_name: 'tokens',
        type: 'cancel',
        cancel: { identifier },
      });
    expect((await cancel('drop')).status).toBe('complete');
    expect(total()).toBe('2');
    await advance(stripe, clock.id, START + DAY);
    expect((await refusal(cancel('keep'))).statusCode).toBe(400);
    expect(total()).toBe('2');
  });
});

describe('concurrent events of one customer and meter', () => {
  it('pass when the switch is free', async () => {
    const { send, total } = await metered();
    await Promise.all([send('a'), send('b'), send('c')]);
    expect(total()).toBe('3');
  });

  it.each(['409', '429'] as const)('get %s by the switch (docs rate-limits)', async (at) => {
    const { send, total } = await metered();
    world.sandbox.controls.switch({ concurrentMeterEvents: at, meterEventMs: 50 });
    const outcomes = await Promise.allSettled([send('a'), send('b'), send('c')]);
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused.map((error) => String(error.statusCode))).toEqual([at, at]);
    expect(total()).toBe('1');
  });
});
