import type { ReportTotals } from '../../../billing/state.js';
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

function sumOf(totals: ReportTotals): number {
  return totals.accepted + totals.inDoubt + totals.deadLetter;
}

describe('bringing Stripe up to a target', () => {
  it('tells the growth, each time under a minute and a name of its own', async () => {
    await tokens.report(1200);
    const totals = await tokens.report(2000);
    expect(totals).toMatchObject({ intended: 2000, accepted: 2000, inDoubt: 0, deadLetter: 0 });
    expect(tokens.atStripe()).toMatchObject({ total: '2000', events: 2 });
    const stored = await tokens.intents();
    expect(stored.map(({ value }) => value)).toEqual([1200, 800]);
    expect(new Set(stored.map(({ stampSeconds }) => stampSeconds)).size).toBe(2);
    expect(stored.map(({ id }) => id.replace(/^dbl_[0-9a-f]{40}_/, ''))).toEqual(['1', '2']);
    expect(stored[0]?.requestId).toMatch(/^req_/);
  });

  it('says nothing when Stripe has the target, nor when it has more', async () => {
    await tokens.report(1200);
    await tokens.report(1200);
    expect(await tokens.report(1000)).toMatchObject({ intended: 1200, accepted: 1200 });
    expect(tokens.atStripe()).toMatchObject({ total: '1200', events: 1 });
  });

  it('splits what has more than 15 digits', async () => {
    const nowSeconds = tokens.who.segment.startSeconds + 3600;
    const testClock = tokens.who.stripe.testClock ?? '';
    await world.acts.advanceTestClock({ mode: 'test', testClock, toSeconds: nowSeconds });
    const times = { nowMs: nowSeconds * 1000, newestSeconds: nowSeconds - 60 };
    const totals = await world.acts.reportUsage(tokens.inputOf(2 ** 53 - 1, times));
    expect(totals.accepted).toBe(2 ** 53 - 1);
    expect(tokens.atStripe()).toMatchObject({ total: String(2 ** 53 - 1), events: 10 });
  });

  it('several at once (a paused worker came back) tell Stripe once', async () => {
    await Promise.allSettled([500, 700, 900, 900].map((target) => tokens.report(target)));
    await tokens.report(900);
    expect(tokens.atStripe().total).toBe('900');
    expect((await tokens.intents()).reduce((sum, { value }) => sum + value, 0)).toBe(900);
  });
});

describe('a place that another worker took first', () => {
  it('is sent as it stands there, and the rest follows', async () => {
    const { intents: real } = world.ledger;
    let rivals = 0;
    const contested = tokens.actsWith({
      insert: async (intent) => {
        rivals += 1;
        if (rivals === 1) await real.insert({ ...intent, value: 500 });
        return real.insert(intent);
      },
    });
    expect(await tokens.report(900, contested)).toMatchObject({ accepted: 900 });
    expect(tokens.atStripe()).toMatchObject({ total: '900', events: 2 });
    expect((await tokens.intents()).map(({ value }) => value)).toEqual([500, 400]);
  });
});

describe('whatever goes wrong, Stripe ends with the target', () => {
  it.each(['sent', 'accepted'] as const)('killed before %s is noted', async (state) => {
    const acts = tokens.killedBefore(state);
    const totals = await tokens.report(1200, acts);
    expect(totals).toMatchObject({ intended: 1200, accepted: 1200 });
    expect(tokens.atStripe()).toMatchObject({ total: '1200', events: 1 });
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
    const totals = await tokens.report(1200);
    expect(totals).toMatchObject({ intended: 1200, accepted: 1200, deadLetter: 0 });
    expect(sumOf(totals)).toBe(totals.intended);
    expect(tokens.atStripe()).toMatchObject({ total: '1200', events: 1 });
    expect(await tokens.report(1500)).toMatchObject({ accepted: 1500 });
    expect(tokens.atStripe().total).toBe('1500');
  });

  it('a 429 is thrown with the delay that Stripe asked for', async () => {
    world.sandbox.controls.fault({ ...EVENTS, kind: 'rateLimit', retryAfterSeconds: 4 });
    const first = world.acts.reportUsage(tokens.inputOf(10));
    await expect(first).rejects.toMatchObject({ type: 'rate_limit', nextRetryDelay: 4000 });
  });

  it('without an answer it is in doubt, and so it says', async () => {
    world.sandbox.controls.fault({ ...EVENTS, kind: 'resetBefore', times: 2 });
    const totals = await world.acts.reportUsage(tokens.inputOf(10));
    expect(totals).toMatchObject({ intended: 10, accepted: 0, inDoubt: 10 });
  });
});

describe('Stripe’s summary of a segment', () => {
  it('is the sum of what was accepted in its whole minutes', async () => {
    await tokens.report(1200);
    await tokens.report(1500);
    await world.passPeriod(tokens.who);
    const { key, stripe, segment } = tokens.who;
    const nowMs = segment.endMs;
    const input = { key, stripe, segment, nowMs, meter: 'tokens' };
    expect(await world.acts.readSummary(input)).toEqual({ value: 1500 });
    expect(await world.acts.readSummary({ ...input, meter: 'images' })).toEqual({ value: 0 });
  });
});
