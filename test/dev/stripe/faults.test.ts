import type Stripe from 'stripe';
import {
  START,
  type World,
  customerOnClock,
  refusal,
  report,
  startWorld,
  sumMeter,
} from './world.js';

/**
 * The fault panel: which request is hit, and what stands after it. What Stripe says of keys:
 * docs.stripe.com/api/idempotent_requests; of limits: docs.stripe.com/rate-limits.
 */

let world: World;
let stripe: Stripe;
beforeEach(async () => {
  world = await startWorld();
  stripe = world.stripe;
});
afterEach(() => world.sandbox.stop());

const totals = () => world.sandbox.controls.meterTotals().map((row) => row.total);

describe('a fault', () => {
  it('lets as many requests through first as it is told', async () => {
    const { customer } = await customerOnClock(stripe);
    await sumMeter(stripe, 'tokens');
    world.sandbox.controls.fault({ kind: 'errorBefore', path: 'meter_events', after: 2 });
    const outcomes: (number | undefined)[] = [];
    for (let count = 0; count < 4; count += 1) {
      const sent = report(stripe, 'tokens', customer.id, '1', START);
      const failed = (error: Stripe.errors.StripeError) => error.statusCode;
      outcomes.push(await sent.then(() => 200, failed));
    }
    expect(outcomes).toEqual([200, 200, 500, 200]);
  });

  it('hits only the bodies that fit', async () => {
    world.sandbox.controls.fault({ kind: 'conflict', body: 'name=Grace', times: 2 });
    await stripe.customers.create({ name: 'Ada' });
    const error = await refusal(stripe.customers.create({ name: 'Grace' }));
    expect(error).toMatchObject({ statusCode: 409, code: 'lock_timeout' });
  });

  it('with a pattern that is none is refused', () => {
    expect(() => world.sandbox.controls.fault({ kind: 'delay', path: '(' })).toThrow('(');
    expect(() => world.sandbox.controls.fault({ kind: 'no' as 'delay' })).toThrow('kind: no');
  });
});

describe('the header of one request', () => {
  it('names a fault of that request alone', async () => {
    const { customer } = await customerOnClock(stripe);
    await sumMeter(stripe, 'tokens');
    const send = (fault: string) =>
      fetch(`${world.sandbox.url}/v1/billing/meter_events`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_1', 'x-sandbox-fault': fault },
        body: new URLSearchParams({
          event_name: 'tokens',
          'payload[stripe_customer_id]': customer.id,
          'payload[value]': '2',
        }),
      });
    expect((await send('conflict')).status).toBe(409);
    expect((await send('meterError=archived_meter')).status).toBe(200);
    expect(totals()).toEqual([]);
    expect((await send('')).status).toBe(200);
    expect(totals()).toEqual(['2']);
  });
});

describe('a 409', () => {
  it('does nothing and is not kept under its key', async () => {
    world.sandbox.controls.fault({ kind: 'conflict', path: 'customers' });
    const options = { idempotencyKey: 'one' };
    await refusal(stripe.customers.create({ name: 'Ada' }, options));
    expect((await stripe.customers.list()).data).toEqual([]);
    expect((await stripe.customers.create({ name: 'Ada' }, options)).name).toBe('Ada');
  });
});

describe('a delay after the work', () => {
  it('looks like a timeout to the caller, and the work is done', async () => {
    const { customer } = await customerOnClock(stripe);
    await sumMeter(stripe, 'tokens');
    const path = 'meter_events';
    world.sandbox.controls.fault({ kind: 'delayAfter', path, delayMs: 150 });
    const event = {
      event_name: 'tokens',
      identifier: 'one',
      payload: { stripe_customer_id: customer.id, value: '3' },
    };
    const slow = stripe.billing.meterEvents.create(event, { timeout: 50 });
    expect((await refusal(slow)).type).toBe('StripeConnectionError');
    expect(totals()).toEqual(['3']);
    const again = await refusal(stripe.billing.meterEvents.create(event));
    expect(again.message).toBe('An event already exists with identifier one.');
    expect(totals()).toEqual(['3']);
  });

  it('and a reset without the work leaves nothing done', async () => {
    const { customer } = await customerOnClock(stripe);
    await sumMeter(stripe, 'tokens');
    const path = 'meter_events';
    world.sandbox.controls.fault({ kind: 'resetBefore', path, delayMs: 100 });
    const event = {
      event_name: 'tokens',
      identifier: 'one',
      payload: { stripe_customer_id: customer.id, value: '3' },
    };
    const slow = stripe.billing.meterEvents.create(event, { timeout: 50 });
    expect((await refusal(slow)).type).toBe('StripeConnectionError');
    // Longer under way than the lost one would have been.
    world.sandbox.controls.fault({ kind: 'delay', path, delayMs: 150 });
    await stripe.billing.meterEvents.create({ ...event, identifier: 'two' });
    expect(totals()).toEqual(['3']);
  });
});
