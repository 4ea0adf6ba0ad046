import { startWorld, type Subscriber, type World } from './world.js';

let world: World;
let who: Subscriber;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
beforeEach(async () => {
  who = await world.subscriber();
});
afterEach(() => world.sandbox.controls.clearFaults());

const DAY_SECONDS = 86_400;

async function advance(days: number): Promise<number> {
  const testClock = who.stripe.testClock ?? '';
  const toSeconds = who.segment.startSeconds + days * DAY_SECONDS;
  const { nowSeconds } = await world.acts.advanceTestClock({ mode: 'test', testClock, toSeconds });
  return (nowSeconds - who.segment.startSeconds) / DAY_SECONDS;
}

describe('a test clock', () => {
  it('is where it was asked to be, and ready, when the answer comes', async () => {
    world.sandbox.controls.switch({ advanceMs: 300 });
    expect(await advance(3)).toBe(3);
    const clock = await world.stripe.testHelpers.testClocks.retrieve(who.stripe.testClock ?? '');
    expect(clock.status).toBe('ready');
    world.sandbox.controls.switch({ advanceMs: 20 });
  });

  it('never goes back', async () => {
    await advance(3);
    expect(await advance(2)).toBe(3);
  });

  it('goes further than Stripe moves it at once: from period end to period end', async () => {
    expect(await advance(400)).toBe(400);
    const { subscription } = who.stripe;
    const { data } = await world.stripe.invoices.list({ subscription, limit: 100 });
    expect(data).toHaveLength(1 + 13);
  });

  it('is moved by two at once to where both want it', async () => {
    expect(await Promise.all([advance(5), advance(5)])).toEqual([5, 5]);
  });

  it('is moved once when the answer was lost', async () => {
    const fault = { method: 'POST', path: 'advance$', times: 2 };
    world.sandbox.controls.fault({ ...fault, kind: 'resetAfter' });
    await advance(6).catch(() => undefined);
    expect(await advance(6)).toBe(6);
  });
});
