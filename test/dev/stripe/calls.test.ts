import type { CallCount } from '../../../dev/stripe/http/tally.js';
import { type World, customerOnClock, refusal, startWorld } from './world.js';

/** How often a program calls, and what: `GET /_sandbox/calls`. */

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.sandbox.stop());

async function calls(): Promise<Record<string, CallCount>> {
  const answer = await fetch(`${world.sandbox.url}/_sandbox/calls`);
  return (await answer.json()) as Record<string, CallCount>;
}

describe('the count of calls', () => {
  it('is by method and endpoint, whatever the id', async () => {
    const { stripe } = world;
    const { clock, customer } = await customerOnClock(stripe);
    const other = await stripe.customers.create({ test_clock: clock.id });
    await stripe.customers.retrieve(customer.id);
    await stripe.customers.retrieve(other.id);
    expect(await calls()).toEqual({
      'GET /v1/customers/:id': { calls: 2, failed: 0 },
      'POST /v1/customers': { calls: 2, failed: 0 },
      'POST /v1/test_helpers/test_clocks': { calls: 1, failed: 0 },
    });
  });

  it('tells refused and broken off ones apart; a replay by key is a call, too', async () => {
    const { stripe, sandbox } = world;
    await refusal(Promise.resolve(stripe.customers.retrieve('cus_none')));
    await refusal(Promise.resolve(stripe.quotes.list()));
    const key = { idempotencyKey: 'once' };
    await stripe.customers.create({}, key);
    await stripe.customers.create({}, key);
    sandbox.controls.fault({ kind: 'rateLimit', path: '/v1/prices' });
    await refusal(Promise.resolve(stripe.prices.list()));
    expect(await calls()).toEqual({
      'GET /v1/customers/:id': { calls: 1, failed: 1 },
      'GET /v1/prices': { calls: 1, failed: 1 },
      'POST /v1/customers': { calls: 2, failed: 0 },
      other: { calls: 1, failed: 1 },
    });
  });
});
