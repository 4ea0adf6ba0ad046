import {
  START,
  type World,
  customerOnClock,
  refusal,
  report,
  startWorld,
  sumMeter,
} from './world.js';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Midnight, UTC, of the day before START. */
const MIDNIGHT = START - (START % DAY) - DAY;

/** Real time of the sandbox, ms: it stands still unless a test moves it. */
let nowMs = START * 1000;

let world: World;
beforeEach(async () => {
  world = await startWorld({ nowMs: () => nowMs });
});
afterEach(() => world.sandbox.stop());

async function metered() {
  const { stripe } = world;
  const { customer } = await customerOnClock(stripe);
  const meter = await sumMeter(stripe, 'tokens');
  const summary = async (start_time: number, end_time: number) => {
    const range = { customer: customer.id, start_time, end_time };
    const { data } = await stripe.billing.meters.listEventSummaries(meter.id, range);
    return data.map((row) => row.aggregated_value);
  };
  return { stripe, customer, meter, summary };
}

describe('an event summary', () => {
  it('is half-open: the start counts, the end does not (MeterEventSummaries.d.ts)', async () => {
    const { stripe, customer, summary } = await metered();
    await report(stripe, 'tokens', customer.id, '1', MIDNIGHT);
    await report(stripe, 'tokens', customer.id, '10', MIDNIGHT + MINUTE - 1);
    await report(stripe, 'tokens', customer.id, '100', MIDNIGHT + MINUTE);
    expect(await summary(MIDNIGHT, MIDNIGHT + MINUTE)).toEqual([11]);
    expect(await summary(MIDNIGHT + MINUTE, MIDNIGHT + 2 * MINUTE)).toEqual([100]);
  });

  it('accepts whole minutes, hours or days only, as its window says (Meters.d.ts)', async () => {
    const { stripe, customer, meter } = await metered();
    const ask = (start_time: number, end_time: number, value_grouping_window?: 'hour' | 'day') =>
      stripe.billing.meters.listEventSummaries(meter.id, {
        customer: customer.id,
        start_time,
        end_time,
        ...(value_grouping_window ? { value_grouping_window } : {}),
      });
    expect((await refusal(ask(MIDNIGHT + 1, MIDNIGHT + MINUTE))).param).toBe('start_time');
    expect((await refusal(ask(MIDNIGHT, MIDNIGHT + 61))).param).toBe('end_time');
    expect((await refusal(ask(MIDNIGHT, MIDNIGHT + MINUTE, 'hour'))).param).toBe('end_time');
    expect((await refusal(ask(MIDNIGHT, MIDNIGHT + HOUR, 'day'))).param).toBe('end_time');
    expect((await ask(MIDNIGHT, MIDNIGHT + HOUR, 'hour')).data).toHaveLength(1);
  });

  it('comes in pages of 10 and at most 100 (API)', async () => {
    const { stripe, customer, meter } = await metered();
    await report(stripe, 'tokens', customer.id, '7', MIDNIGHT + HOUR);
    const params = {
      customer: customer.id,
      start_time: MIDNIGHT,
      end_time: MIDNIGHT + DAY,
      value_grouping_window: 'hour',
    } as const;
    const first = await stripe.billing.meters.listEventSummaries(meter.id, params);
    expect([first.data.length, first.has_more]).toEqual([10, true]);
    const rows = await stripe.billing.meters
      .listEventSummaries(meter.id, params)
      .autoPagingToArray({ limit: 100 });
    expect(rows).toHaveLength(24);
    expect(rows.reduce((sum, row) => sum + row.aggregated_value, 0)).toBe(7);
    const tooMany = stripe.billing.meters.listEventSummaries(meter.id, { ...params, limit: 101 });
    expect((await refusal(Promise.resolve(tooMany))).param).toBe('limit');
  });

  it('lags behind what was accepted (meters are eventually consistent)', async () => {
    const { stripe, customer, summary } = await metered();
    world.sandbox.controls.switch({ summaryLagMs: 100 });
    await report(stripe, 'tokens', customer.id, '7', MIDNIGHT);
    nowMs += 99;
    expect(await summary(MIDNIGHT, MIDNIGHT + MINUTE)).toEqual([0]);
    nowMs += 1;
    expect(await summary(MIDNIGHT, MIDNIGHT + MINUTE)).toEqual([7]);
  });
});
