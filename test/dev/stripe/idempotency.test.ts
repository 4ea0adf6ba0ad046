import Stripe from 'stripe';
import { START, type World, customerOnClock, refusal, sdk, startWorld, sumMeter } from './world.js';

/** docs.stripe.com/api/idempotent_requests, and what the SDK 23.1.0 does with each reply. */

const DAY_MS = 24 * 3600 * 1000;
let nowMs = START * 1000;
let world: World;
beforeEach(async () => {
  world = await startWorld({ nowMs: () => nowMs });
});
afterEach(() => world.sandbox.stop());

const create = (name: string, idempotencyKey: string, stripe = world.stripe) =>
  stripe.customers.create({ name }, { idempotencyKey });

const names = async () => {
  const { data } = await world.stripe.customers.list({ limit: 100 });
  return data.map((customer) => customer.name);
};

describe('a request under a key that was used', () => {
  it('gets the saved reply and does nothing again', async () => {
    const first = await create('Ada', 'key-1');
    const second = await create('Ada', 'key-1');
    expect(second.id).toBe(first.id);
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await names()).toEqual(['Ada']);
  });

  it('is refused with other parameters', async () => {
    await create('Ada', 'key-1');
    const error = await refusal(create('Grace', 'key-1'));
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(await names()).toEqual(['Ada']);
  });

  it('is a new request after 24 hours', async () => {
    const first = await create('Ada', 'key-1');
    nowMs += DAY_MS - 1;
    expect((await create('Ada', 'key-1')).id).toBe(first.id);
    nowMs += 1;
    expect((await create('Ada', 'key-1')).id).not.toBe(first.id);
  });

  it('gets a saved 500 again, with its effect or without', async () => {
    const fault = { method: 'POST', path: '^/v1/customers$' };
    world.sandbox.controls.fault({ ...fault, kind: 'errorAfter' });
    expect((await refusal(create('Ada', 'after'))).statusCode).toBe(500);
    expect((await refusal(create('Ada', 'after'))).statusCode).toBe(500);
    world.sandbox.controls.fault({ ...fault, kind: 'errorBefore', status: 503 });
    expect((await refusal(create('Grace', 'before'))).statusCode).toBe(503);
    expect((await refusal(create('Grace', 'before'))).statusCode).toBe(503);
    expect(await names()).toEqual(['Ada']);
    await create('Grace', 'before~1');
    expect(await names()).toEqual(['Grace', 'Ada']);
  });

  it('may be sent again when its parameters were refused', async () => {
    const key = { idempotencyKey: 'key-1' };
    const wrong = world.stripe.customers.create({ test_clock: 'clock_none' }, key);
    expect((await refusal(wrong)).statusCode).toBe(400);
    expect((await create('Ada', 'key-1')).name).toBe('Ada');
  });

  it('is a 409 while the first is under way', async () => {
    world.sandbox.controls.fault({ kind: 'delay', delayMs: 100, path: '^/v1/customers$' });
    const outcomes = await Promise.allSettled([create('Ada', 'key-1'), create('Ada', 'key-1')]);
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused.map((error) => error.statusCode)).toEqual([409]);
    expect(await names()).toEqual(['Ada']);
  });
});

describe('a connection that breaks', () => {
  it('after the effect leaves it, and the repeat under the key finds it', async () => {
    const fault = { kind: 'resetAfter', path: '^/v1/customers$', times: 2 } as const;
    world.sandbox.controls.fault(fault);
    const error = await refusal(create('Ada', 'key-1'));
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(await names()).toEqual(['Ada']);
    expect((await create('Ada', 'key-1')).name).toBe('Ada');
    expect(await names()).toEqual(['Ada']);
  });

  it('before the effect leaves nothing', async () => {
    const fault = { kind: 'resetBefore', path: '^/v1/customers$', times: 2 } as const;
    world.sandbox.controls.fault({ ...fault, method: 'POST' });
    await refusal(create('Ada', 'key-1'));
    expect(await names()).toEqual([]);
  });

  it('is retried once by the SDK itself, under one key (stripe 23.1.0)', async () => {
    const fault = { kind: 'resetAfter', path: '^/v1/customers$' } as const;
    world.sandbox.controls.fault(fault);
    await world.stripe.customers.create({ name: 'Ada' });
    expect(await names()).toEqual(['Ada']);
  });
});

describe('a rate limit', () => {
  it('carries Retry-After when asked to, is not saved and not retried by itself', async () => {
    const stripe = sdk(world.sandbox.url, 2);
    const fault = { kind: 'rateLimit', path: '^/v1/customers$' } as const;
    world.sandbox.controls.fault({ ...fault, retryAfterSeconds: 3 });
    const error = await refusal(create('Ada', 'key-1', stripe));
    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(error.headers?.['retry-after']).toBe('3');
    world.sandbox.controls.fault(fault);
    const bare = await refusal(create('Ada', 'key-1', stripe));
    expect(bare.headers?.['retry-after']).toBeUndefined();
    expect((await create('Ada', 'key-1', stripe)).name).toBe('Ada');
  });
});

describe('both keys of a meter event', () => {
  it('protect on their own: the HTTP key replays, the identifier refuses', async () => {
    const { stripe } = world;
    const { customer } = await customerOnClock(stripe);
    await sumMeter(stripe, 'tokens');
    const send = (idempotencyKey: string) =>
      stripe.billing.meterEvents.create(
        {
          event_name: 'tokens',
          identifier: 'report-1',
          payload: { stripe_customer_id: customer.id, value: '5' },
        },
        { idempotencyKey },
      );
    world.sandbox.controls.fault({ kind: 'errorAfter', path: 'meter_events' });
    expect((await refusal(send('report-1~0'))).statusCode).toBe(500);
    const error = await refusal(send('report-1~1'));
    expect(error.message).toBe('An event already exists with identifier report-1.');
    expect(world.sandbox.controls.meterTotals()).toMatchObject([{ total: '5', events: 1 }]);
  });
});
