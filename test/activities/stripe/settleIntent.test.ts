import { EVENTS, Reporting } from './reporting.js';
import { startWorld, type World } from './world.js';

let world: World;
let tokens: Reporting;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
beforeEach(async () => {
  tokens = new Reporting(world, await world.subscriber());
});
afterEach(() => {
  world.sandbox.controls.clearFaults();
  world.aheadMs = 0;
});

const HOUR_MS = 3_600_000;

describe('a report in doubt for longer than Stripe remembers it', () => {
  /** Taken in, and the worker killed before it knew. */
  async function takenInUnknown(): Promise<void> {
    await tokens.killedBefore('accepted').reportUsage(tokens.inputOf(900)).catch(() => undefined);
    expect(tokens.atStripe().total).toBe('900');
  }

  it('is settled by its receipt and not sent again', async () => {
    await takenInUnknown();
    await tokens.passHours(40);
    world.aheadMs = 30 * HOUR_MS;
    expect(await tokens.report(900)).toMatchObject({ accepted: 900 });
    expect(tokens.atStripe()).toMatchObject({ total: '900', events: 1 });
  });

  it('by the customer’s clock too', async () => {
    await takenInUnknown();
    // Without a day of real time Stripe would still replay the reply under the old HTTP key.
    const [intent] = await tokens.intents();
    await world.ledger.intents.update(intent?.id ?? '', { replies5xx: 1 });
    const nowMs = await tokens.passHours(40);
    const totals = await world.acts.reportUsage(tokens.inputOf(900, { nowMs }));
    expect(totals).toMatchObject({ accepted: 900 });
    expect(tokens.atStripe()).toMatchObject({ total: '900', events: 1 });
  });

  it('is sent again when its minute holds nothing', async () => {
    world.sandbox.controls.fault({ ...EVENTS, kind: 'resetBefore', times: 2 });
    await world.acts.reportUsage(tokens.inputOf(900));
    world.aheadMs = 30 * HOUR_MS;
    expect(await tokens.report(900)).toMatchObject({ accepted: 900 });
    expect(tokens.atStripe()).toMatchObject({ total: '900', events: 1 });
  });
});

describe('a report that can never be billed', () => {
  it('that Stripe refuses for good is a dead letter', async () => {
    const eventNames = { tokens: 'durabill_nothing' };
    const stripe = { ...tokens.who.stripe, eventNames };
    const totals = await world.acts.reportUsage(tokens.inputOf(50, { stripe }));
    expect(totals).toMatchObject({ intended: 50, accepted: 0, deadLetter: 50 });
    expect((await tokens.intents())[0]?.reason).toBeTruthy();
  });

  it('under an identifier that stands already without us is a dead letter', async () => {
    await tokens.report(10);
    const [first] = await tokens.intents();
    const taken = String(first?.id).replace(/_1$/, '_2');
    await world.stripe.billing.meterEvents.create({
      event_name: 'durabill_tokens',
      identifier: taken,
      timestamp: tokens.who.segment.startSeconds + 60,
      payload: { stripe_customer_id: tokens.who.stripe.customer, value: '1' },
    });
    const totals = await world.acts.reportUsage(tokens.inputOf(30));
    expect(totals).toMatchObject({ intended: 30, accepted: 10, deadLetter: 20 });
  });

  it('of a segment older than Stripe takes events for is a dead letter, unsent', async () => {
    const nowMs = (tokens.who.segment.endSeconds + 35 * 86_400) * 1000;
    const totals = await world.acts.reportUsage(tokens.inputOf(40, { nowMs }));
    expect(totals).toMatchObject({ intended: 40, deadLetter: 40 });
    expect(tokens.atStripe().events).toBe(0);
  });

  it('before the segment’s first whole minute waits', async () => {
    const nowMs = (tokens.who.segment.startSeconds - 3600) * 1000;
    const totals = await world.acts.reportUsage(tokens.inputOf(40, { nowMs }));
    expect(totals).toMatchObject({ intended: 0 });
  });
});

