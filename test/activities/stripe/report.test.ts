import type { StripeActivities } from '../../../activities/contract.js';
import { createStripeActivities } from '../../../activities/stripe/activities.js';
import type { Intent, IntentStore, Ledger } from '../../../ledger/contract.js';
import type { ReportTotals } from '../../../billing/state.js';
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
afterEach(() => {
  world.sandbox.controls.clearFaults();
  world.aheadMs = 0;
});

const HOUR_MS = 3_600_000;
const EVENTS = { method: 'POST', path: 'meter_events$' };

function inputOf(target: number, change: object = {}) {
  const nowMs = (who.segment.startSeconds + 600) * 1000;
  const newestSeconds = who.segment.startSeconds + 300;
  const { key, stripe, segment } = who;
  return { key, stripe, segment, nowMs, meter: 'tokens', target, newestSeconds, ...change };
}

/** As the workflow does: repeated while it throws or is in doubt. */
async function report(target: number, acts: StripeActivities = world.acts): Promise<ReportTotals> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const totals = await acts.reportUsage(inputOf(target));
      if (totals.inDoubt === 0 || attempt === 6) return totals;
    } catch (error) {
      if (attempt === 6) throw error;
    }
  }
}

/** What Stripe has of the customer's tokens. */
function atStripe(): { readonly total: string; readonly events: number } {
  const totals = world.sandbox.controls.meterTotals();
  const own = totals.find(
    ({ customer, eventName }) =>
      customer === who.stripe.customer && eventName === 'durabill_tokens',
  );
  return own ?? { total: '0', events: 0 };
}

function intents(): Promise<readonly Intent[]> {
  return world.ledger.intents.ofSegment(who.key, 0, 'tokens');
}

function sumOf(totals: ReportTotals): number {
  return totals.accepted + totals.inDoubt + totals.deadLetter;
}

/** A worker killed when it is about to note `state`. */
function killedBefore(state: Intent['state']): StripeActivities {
  const { intents: real } = world.ledger;
  let killed = false;
  const dying: IntentStore = {
    ofSegment: (...input) => real.ofSegment(...input),
    stamps: (...input) => real.stamps(...input),
    insert: (intent) => real.insert(intent),
    totals: (...input) => real.totals(...input),
    update: (id, change) => {
      if (killed || change.state !== state) return real.update(id, change);
      killed = true;
      return Promise.reject(new Error('killed'));
    },
  };
  const ledger: Ledger = { ...world.ledger, intents: dying };
  const { stripe, now } = world;
  return createStripeActivities({ ledger, stripe: { test: stripe, live: null }, now });
}

describe('bringing Stripe up to a target', () => {
  it('tells the growth, each time under a minute and a name of its own', async () => {
    await report(1200);
    const totals = await report(2000);
    expect(totals).toMatchObject({ intended: 2000, accepted: 2000, inDoubt: 0, deadLetter: 0 });
    expect(atStripe()).toMatchObject({ total: '2000', events: 2 });
    const stored = await intents();
    expect(stored.map(({ value }) => value)).toEqual([1200, 800]);
    expect(new Set(stored.map(({ stampSeconds }) => stampSeconds)).size).toBe(2);
    expect(stored.map(({ id }) => id.replace(/^dbl_[0-9a-f]{40}_/, ''))).toEqual(['1', '2']);
    expect(stored[0]?.requestId).toMatch(/^req_/);
  });

  it('says nothing when Stripe has the target, nor when it has more', async () => {
    await report(1200);
    await report(1200);
    expect(await report(1000)).toMatchObject({ intended: 1200, accepted: 1200 });
    expect(atStripe()).toMatchObject({ total: '1200', events: 1 });
  });

  it('splits what has more than 15 digits', async () => {
    const nowSeconds = who.segment.startSeconds + 3600;
    const testClock = who.stripe.testClock ?? '';
    await world.acts.advanceTestClock({ mode: 'test', testClock, toSeconds: nowSeconds });
    const times = { nowMs: nowSeconds * 1000, newestSeconds: nowSeconds - 60 };
    const totals = await world.acts.reportUsage(inputOf(2 ** 53 - 1, times));
    expect(totals.accepted).toBe(2 ** 53 - 1);
    expect(atStripe()).toMatchObject({ total: String(2 ** 53 - 1), events: 10 });
  });

  it('two at once (a paused worker came back) tell Stripe once', async () => {
    await Promise.allSettled(Array.from({ length: 4 }, () => report(700)));
    await report(700);
    expect(atStripe().total).toBe('700');
    expect((await intents()).reduce((sum, { value }) => sum + value, 0)).toBe(700);
  });
});

describe('whatever goes wrong, Stripe ends with the target', () => {
  it.each(['sent', 'accepted'] as const)('killed before %s is noted', async (state) => {
    const acts = killedBefore(state);
    const totals = await report(1200, acts);
    expect(totals).toMatchObject({ intended: 1200, accepted: 1200 });
    expect(atStripe()).toMatchObject({ total: '1200', events: 1 });
  });

  it.each([
    ['a reset before it was taken in', { kind: 'resetBefore', times: 2 }],
    ['a reset after it was taken in', { kind: 'resetAfter', times: 2 }],
    ['a 500 that took no effect', { kind: 'errorBefore', times: 1 }],
    ['a 500 that took effect', { kind: 'errorAfter', times: 1 }],
    ['two saved 500', { kind: 'errorBefore', times: 2 }],
    ['a 429', { kind: 'rateLimit', times: 1 }],
  ] as const)('%s', async (_name, fault) => {
    world.sandbox.controls.fault({ ...EVENTS, ...fault });
    const totals = await report(1200);
    expect(totals).toMatchObject({ intended: 1200, accepted: 1200, deadLetter: 0 });
    expect(sumOf(totals)).toBe(totals.intended);
    expect(atStripe()).toMatchObject({ total: '1200', events: 1 });
    expect(await report(1500)).toMatchObject({ accepted: 1500 });
    expect(atStripe().total).toBe('1500');
  });

  it('a 429 is thrown with the delay that Stripe asked for', async () => {
    world.sandbox.controls.fault({ ...EVENTS, kind: 'rateLimit', retryAfterSeconds: 4 });
    const first = world.acts.reportUsage(inputOf(10));
    await expect(first).rejects.toMatchObject({ type: 'rate_limit', nextRetryDelay: 4000 });
  });

  it('without an answer it is in doubt, and so it says', async () => {
    world.sandbox.controls.fault({ ...EVENTS, kind: 'resetBefore', times: 2 });
    const totals = await world.acts.reportUsage(inputOf(10));
    expect(totals).toMatchObject({ intended: 10, accepted: 0, inDoubt: 10 });
  });
});

describe('a report in doubt for longer than Stripe remembers it', () => {
  /** Taken in, and the worker killed before it knew. */
  async function takenInUnknown(): Promise<void> {
    await killedBefore('accepted').reportUsage(inputOf(900)).catch(() => undefined);
    expect(atStripe().total).toBe('900');
  }

  it('is settled by its receipt and not sent again', async () => {
    await takenInUnknown();
    world.aheadMs = 30 * HOUR_MS;
    expect(await report(900)).toMatchObject({ accepted: 900 });
    expect(atStripe()).toMatchObject({ total: '900', events: 1 });
  });

  it('by the customer’s clock too', async () => {
    await takenInUnknown();
    const seconds = who.segment.startSeconds + 40 * 3600;
    const testClock = who.stripe.testClock ?? '';
    await world.acts.advanceTestClock({ mode: 'test', testClock, toSeconds: seconds });
    const totals = await world.acts.reportUsage(inputOf(900, { nowMs: seconds * 1000 }));
    expect(totals).toMatchObject({ accepted: 900 });
    expect(atStripe()).toMatchObject({ total: '900', events: 1 });
  });

  it('is sent again when its minute holds nothing', async () => {
    world.sandbox.controls.fault({ ...EVENTS, kind: 'resetBefore', times: 2 });
    await world.acts.reportUsage(inputOf(900));
    world.aheadMs = 30 * HOUR_MS;
    expect(await report(900)).toMatchObject({ accepted: 900 });
    expect(atStripe()).toMatchObject({ total: '900', events: 1 });
  });
});

describe('a report that can never be billed', () => {
  it('that Stripe refuses for good is a dead letter', async () => {
    const eventNames = { tokens: 'durabill_nothing' };
    const stripe = { ...who.stripe, eventNames };
    const totals = await world.acts.reportUsage(inputOf(50, { stripe }));
    expect(totals).toMatchObject({ intended: 50, accepted: 0, deadLetter: 50 });
    expect((await intents())[0]?.reason).toBeTruthy();
  });

  it('under an identifier that stands already without us is a dead letter', async () => {
    const [before] = [await report(10), await intents()].slice(1) as [readonly Intent[]];
    const taken = `${before[0]?.id.replace(/_1$/, '')}_2`;
    await world.stripe.billing.meterEvents.create({
      event_name: 'durabill_tokens',
      identifier: taken,
      timestamp: who.segment.startSeconds + 60,
      payload: { stripe_customer_id: who.stripe.customer, value: '1' },
    });
    const totals = await world.acts.reportUsage(inputOf(30));
    expect(totals).toMatchObject({ intended: 30, accepted: 10, deadLetter: 20 });
  });

  it('of a segment older than Stripe takes events for is a dead letter, unsent', async () => {
    const nowMs = (who.segment.endSeconds + 35 * 86_400) * 1000;
    const totals = await world.acts.reportUsage(inputOf(40, { nowMs }));
    expect(totals).toMatchObject({ intended: 40, deadLetter: 40 });
    expect(atStripe().events).toBe(0);
  });

  it('before the segment’s first whole minute waits', async () => {
    const nowMs = (who.segment.startSeconds - 3600) * 1000;
    expect(await world.acts.reportUsage(inputOf(40, { nowMs }))).toMatchObject({ intended: 0 });
  });
});

describe('Stripe’s summary of a segment', () => {
  it('is the sum of what was accepted in its whole minutes', async () => {
    await report(1200);
    await report(1500);
    await world.passPeriod(who);
    const { key, stripe, segment } = who;
    const nowMs = segment.endMs;
    const input = { key, stripe, segment, nowMs, meter: 'tokens' };
    expect(await world.acts.readSummary(input)).toEqual({ value: 1500 });
    expect(await world.acts.readSummary({ ...input, meter: 'images' })).toEqual({ value: 0 });
  });
});
