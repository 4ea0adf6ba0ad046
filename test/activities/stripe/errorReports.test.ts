import { EventWorld, intent, NOW_MS } from './eventWorld.js';

/**
 * Reports that Stripe took and refused afterwards become dead letters, by what it says of them
 * (docs.stripe.com/billing/subscriptions/usage-based/recording-usage, error events).
 */

const MINUTE_MS = 60_000;
const SUMMARIES = '/v1/billing/meters/mtr_1/event_summaries';
const EVENT = { object: 'event', id: 'evt_1' } as const;

let world: EventWorld;
beforeEach(async () => {
  world = new EventWorld();
  await world.start();
});
afterEach(() => world.stop());

interface Refusal {
  readonly code?: string;
  readonly names: readonly string[];
  /** Refused in all; default: those that are named. */
  readonly count?: number;
}

/** The event as fetched, in the shape of the API reference. */
function errorReport(refusals: readonly Refusal[], change: object = {}) {
  const error_types = refusals.map(({ code = 'archived_meter', names, count }) => ({
    code,
    error_count: count ?? names.length,
    sample_errors: names.map((identifier) => ({ error_message: 'no', request: { identifier } })),
  }));
  const error_count = error_types.reduce((sum, one) => sum + one.error_count, 0);
  const url = '/v1/billing/meters/mtr_1';
  world.answers.set('/v2/core/events/evt_1', {
    id: 'evt_1',
    object: 'v2.core.event',
    type: 'v1.billing.meter.error_report_triggered',
    livemode: false,
    related_object: { id: 'mtr_1', type: 'billing.meter', url },
    data: {
      developer_message_summary: 'There are invalid events',
      reason: { error_count, error_types },
      validation_start: new Date(NOW_MS - 70_000).toISOString(),
      validation_end: new Date(NOW_MS - 50_000).toISOString(),
    },
    ...change,
  });
}

/** What Stripe's summaries show of every minute. */
function counted(value: number): void {
  const data = value === 0 ? [] : [{ aggregated_value: value }];
  world.answers.set(SUMMARIES, { object: 'list', data, has_more: false });
}

function add(...intents: readonly ReturnType<typeof intent>[]): void {
  for (const one of intents) world.intents.set(one.id, one);
}

const stateOf = (id: string) => world.intents.get(id)?.state;
const recounts = () => world.told.map(({ workflow, news }) => ({ workflow, ...news }));

test('a named report goes from accepted to dead letter, and its customer is told', async () => {
  add(intent('dbl_a_1'), intent('dbl_a_2'));
  counted(0);
  errorReport([{ code: 'meter_event_customer_not_found', names: ['dbl_a_1~0'] }]);
  expect(await world.work(EVENT)).toBe('handed ');
  expect(world.intents.get('dbl_a_1')).toMatchObject({
    state: 'deadLetter',
    reason: 'meter_event_customer_not_found: no',
  });
  expect(stateOf('dbl_a_2')).toBe('accepted');
  const recount = [{ segment: 3, meter: 'tokens' }];
  expect(recounts()).toEqual([{ workflow: 'billing/test/acme', event: 'evt_1', recount }]);
});

test('the receipt is read in the minute that is the report’s own', async () => {
  add(intent('dbl_a_1'));
  counted(0);
  errorReport([{ names: ['dbl_a_1'] }]);
  await world.work(EVENT);
  const [, summary = ''] = world.asked;
  const query = new URLSearchParams(summary.split('?')[1]);
  expect(Object.fromEntries(query)).toEqual({
    customer: 'cus_acme',
    start_time: '1799999940',
    end_time: '1800000000',
  });
});

test('one that Stripe has counted stays: another attempt of it went well', async () => {
  add(intent('dbl_a_1'));
  counted(500);
  errorReport([{ names: ['dbl_a_1~0'] }]);
  expect(await world.work(EVENT)).toBe('ignored none of the refused reports is ours');
  expect([stateOf('dbl_a_1'), world.told]).toEqual(['accepted', []]);
});

test('where Stripe has no summary any more, the customer being gone, it is refused', async () => {
  add(intent('dbl_a_1'));
  world.answers.set(SUMMARIES, 400);
  errorReport([{ names: ['dbl_a_1~2'] }]);
  expect(await world.work(EVENT)).toBe('handed ');
  expect(stateOf('dbl_a_1')).toBe('deadLetter');
});

test('no meter found: nothing to ask, all that are named are refused', async () => {
  add(intent('dbl_a_1'), intent('dbl_b_1', { customer: 'bolt', meter: 'images' }));
  world.lives.set('bolt', 1);
  const type = 'v1.billing.meter.no_meter_found';
  const change = { type, related_object: undefined };
  errorReport([{ code: 'no_meter', names: ['dbl_a_1~0', 'dbl_b_1~0'] }], change);
  expect(await world.work(EVENT)).toBe('handed ');
  expect([stateOf('dbl_a_1'), stateOf('dbl_b_1')]).toEqual(['deadLetter', 'deadLetter']);
  expect(recounts().map(({ workflow }) => workflow)).toEqual([
    'billing/test/acme',
    'billing/test/bolt',
  ]);
  expect(world.asked).toEqual(['/v2/core/events/evt_1']);
});

test('killed between dead letter and signal: the repeat signals', async () => {
  add(intent('dbl_a_1'));
  counted(0);
  errorReport([{ names: ['dbl_a_1~0'] }]);
  world.signalFails = true;
  await expect(world.work(EVENT)).rejects.toThrow('away');
  expect([stateOf('dbl_a_1'), world.rows.get('evt_1')?.state]).toEqual(['deadLetter', 'received']);
  world.signalFails = false;
  const asked = world.asked.length;
  expect(await world.again()).toBe('handed ');
  expect(recounts()).toHaveLength(1);
  expect(world.asked.slice(asked)).toEqual(['/v2/core/events/evt_1']);
});

test('a customer that was made anew since is not told of a former life', async () => {
  add(intent('dbl_a_1'));
  world.lives.set('acme', 2);
  counted(0);
  errorReport([{ names: ['dbl_a_1~0'] }]);
  expect(await world.work(EVENT)).toBe('handed ');
  expect([stateOf('dbl_a_1'), world.told]).toEqual(['deadLetter', []]);
});

describe('refusals that the report does not name', () => {
  beforeEach(() => {
    world.answers.set('/v1/billing/meters/mtr_1', { id: 'mtr_1', event_name: 'durabill_tokens' });
    add(
      intent('dbl_a_1'),
      intent('dbl_old_1', { firstSentAtMs: NOW_MS - 10 * MINUTE_MS }),
      intent('dbl_img_1', { eventName: 'durabill_images' }),
    );
    errorReport([{ names: [], count: 1 }]);
  });

  test('are left waiting while summaries may lag', async () => {
    counted(0);
    world.nowMs = NOW_MS + 13 * MINUTE_MS;
    expect(await world.work(EVENT)).toBe('received ');
    expect([stateOf('dbl_a_1'), world.told]).toEqual(['accepted', []]);
  });

  test('are those of the meter and window that Stripe does not count', async () => {
    counted(0);
    world.nowMs = NOW_MS + 15 * MINUTE_MS;
    expect(await world.work(EVENT)).toBe('handed ');
    const states = ['dbl_a_1', 'dbl_old_1', 'dbl_img_1'].map(stateOf);
    expect(states).toEqual(['deadLetter', 'accepted', 'accepted']);
    expect(recounts()).toHaveLength(1);
  });

  test('are none where Stripe counts everything that was sent', async () => {
    counted(500);
    world.nowMs = NOW_MS + 15 * MINUTE_MS;
    expect(await world.work(EVENT)).toBe('ignored none of the refused reports is ours');
    expect(stateOf('dbl_a_1')).toBe('accepted');
  });
});

test.each([
  ['an identifier of nobody', () => errorReport([{ names: ['other~0'] }]), 'none of the'],
  ['data of another shape', () => errorReport([], { data: { reason: 7 } }), 'its data can’t'],
  ['an event of live mode', () => errorReport([], { livemode: true }), 'it is of the other mode'],
  ['an event that is gone', () => undefined, 'stripe_refused: status 404'],
])('%s is ignored, and why is kept', async (_name, arrange, reason) => {
  add(intent('dbl_a_1'));
  counted(0);
  arrange();
  expect(await world.work(EVENT)).toContain(`ignored ${reason}`);
  expect([stateOf('dbl_a_1'), world.told]).toEqual(['accepted', []]);
});

test('Stripe away: nothing ends, it is tried again', async () => {
  world.answers.set('/v2/core/events/evt_1', 500);
  await expect(world.work(EVENT)).rejects.toMatchObject({ nonRetryable: false });
  expect(world.rows.get('evt_1')?.state).toBe('received');
});
