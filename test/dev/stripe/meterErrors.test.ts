import type Stripe from 'stripe';
import { startEndpoint } from './endpoint.js';
import {
  START,
  type World,
  customerOnClock,
  refusal,
  report,
  startWorld,
  sumMeter,
  until,
} from './world.js';

/**
 * Faults of meter events that are told later, by thin events:
 * docs.stripe.com/billing/subscriptions/usage-based/recording-usage;
 * V2/Core/Events.d.ts; docs.stripe.com/api/v2/core/events. Whether v1 refuses at once is not
 * documented for each of them: a switch.
 */

const SECRET = 'whsec_sandbox';
const THIN_SECRET = 'whsec_thin';

let world: World;
let stripe: Stripe;
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
beforeEach(async () => {
  endpoint = await startEndpoint();
  const webhook = { url: endpoint.url, secret: SECRET };
  const thinWebhook = { url: `${endpoint.url}/thin`, secret: THIN_SECRET };
  world = await startWorld({ webhook, thinWebhook, switches: { errorReportMs: 20 } });
  stripe = world.stripe;
});
afterEach(async () => {
  await world.sandbox.stop();
  await endpoint.close();
});

/** The thin notifications that came; every other webhook has `object: event`. */
function notifications() {
  return endpoint.received
    .filter(({ body }) => (JSON.parse(body) as { object: string }).object === 'v2.core.event')
    .map(({ body, signature }) => stripe.parseEventNotification(body, signature, THIN_SECRET));
}

async function firstNotification() {
  await until(() => notifications().length > 0);
  const [notification] = notifications();
  if (!notification) throw new Error('none came');
  return notification;
}

describe('a faulty meter event taken asynchronously', () => {
  it('is reported by a thin event of its meter, whose data is fetched', async () => {
    world.sandbox.controls.switch({ meterEventFaults: 'async' });
    const meter = await sumMeter(stripe, 'tokens');
    const event = {
      event_name: 'tokens',
      identifier: 'dbl_1',
      payload: { stripe_customer_id: 'cus_nobody', value: '5' },
    };
    await stripe.billing.meterEvents.create(event, { idempotencyKey: 'dbl_1~0' });
    const notification = await firstNotification();
    if (notification.type !== 'v1.billing.meter.error_report_triggered') {
      throw new Error(notification.type);
    }
    expect(notification).not.toHaveProperty('data');
    expect(notification.related_object.id).toBe(meter.id);
    expect((await notification.fetchRelatedObject()).event_name).toBe('tokens');
    const { data } = await notification.fetchEvent();
    expect(data.developer_message_summary).toBe('There is 1 invalid event');
    const [type] = data.reason.error_types;
    expect(type).toMatchObject({ code: 'meter_event_customer_not_found', error_count: 1 });
    expect(type?.sample_errors[0]?.request.identifier).toBe('dbl_1~0');
    expect(Date.parse(data.validation_end)).toBeGreaterThan(Date.parse(data.validation_start));
    const listed = await stripe.v2.core.events.list({ object_id: meter.id });
    expect(listed.data.map(({ id }) => id)).toEqual([notification.id]);
  });

  it('of no known meter makes no_meter_found, without a related object', async () => {
    world.sandbox.controls.switch({ meterEventFaults: 'async' });
    const { customer } = await customerOnClock(stripe);
    await report(stripe, 'unknown', customer.id, '5');
    const notification = await firstNotification();
    expect(notification.type).toBe('v1.billing.meter.no_meter_found');
    expect(JSON.parse(JSON.stringify(notification))).not.toHaveProperty('related_object');
  });

  it('many are one report with counts by code and some samples', async () => {
    world.sandbox.controls.switch({ meterEventFaults: 'async', errorReportMs: 200 });
    const { customer } = await customerOnClock(stripe);
    await sumMeter(stripe, 'tokens');
    for (let count = 0; count < 7; count += 1) await report(stripe, 'tokens', 'cus_nobody', '1');
    await report(stripe, 'tokens', customer.id, '1234567890123456', START);
    const notification = await firstNotification();
    if (notification.type !== 'v1.billing.meter.error_report_triggered') {
      throw new Error(notification.type);
    }
    const { reason } = (await notification.fetchEvent()).data;
    const counts = reason.error_types.map(({ code, error_count }) => [code, error_count]);
    expect(counts).toEqual([
      ['meter_event_customer_not_found', 7],
      ['meter_event_value_too_many_digits', 1],
    ]);
    expect(reason.error_count).toBe(8);
    expect(reason.error_types[0]?.sample_errors).toHaveLength(5);
  });

  it('is reported to the endpoint of all events where thin ones have none', async () => {
    world.sandbox.controls.setWebhook({ url: endpoint.url, secret: SECRET });
    world.sandbox.controls.switch({ meterEventFaults: 'async' });
    const { customer } = await customerOnClock(stripe);
    await report(stripe, 'unknown', customer.id, '5');
    const isThin = ({ body }: { body: string }) => body.includes('v1.billing.meter.no_meter_found');
    await until(() => endpoint.received.some(isThin));
    const message = endpoint.received.find(isThin);
    if (!message) throw new Error('none came');
    const { body, signature } = message;
    const { type } = stripe.parseEventNotification(body, signature, SECRET);
    expect(type).toBe('v1.billing.meter.no_meter_found');
  });

  it('is counted nowhere', async () => {
    world.sandbox.controls.fault({ kind: 'meterError', path: 'meter_events' });
    const { customer } = await customerOnClock(stripe);
    await sumMeter(stripe, 'tokens');
    await report(stripe, 'tokens', customer.id, '5', START);
    await report(stripe, 'tokens', customer.id, '7', START);
    await firstNotification();
    expect(world.sandbox.controls.meterTotals().map((row) => row.total)).toEqual(['7']);
  });
});

describe('an archived meter', () => {
  it('refuses events at once, or takes and reports them, as the switch says', async () => {
    const { customer } = await customerOnClock(stripe);
    const meter = await sumMeter(stripe, 'tokens');
    await stripe.billing.meters.deactivate(meter.id);
    const refused = await refusal(report(stripe, 'tokens', customer.id, '5', START));
    expect(refused).toMatchObject({ statusCode: 400, code: 'archived_meter' });
    world.sandbox.controls.switch({ meterEventFaults: 'async' });
    await report(stripe, 'tokens', customer.id, '5', START);
    expect((await firstNotification()).type).toBe('v1.billing.meter.error_report_triggered');
    expect(world.sandbox.controls.meterTotals()).toEqual([]);
    world.sandbox.controls.switch({ meterEventFaults: 'sync' });
    await stripe.billing.meters.reactivate(meter.id);
    await report(stripe, 'tokens', customer.id, '5', START);
    expect(world.sandbox.controls.meterTotals()[0]?.total).toBe('5');
  });
});

describe('the age of an event of a customer on a test clock', () => {
  it('is measured by the clock, or by real time where the switch says so', async () => {
    const { customer } = await customerOnClock(stripe);
    await sumMeter(stripe, 'tokens');
    const real = Math.floor(Date.now() / 1000);
    const ahead = await refusal(report(stripe, 'tokens', customer.id, '5', real));
    expect(ahead.code).toBe('timestamp_in_future');
    world.sandbox.controls.switch({ meterEventAge: 'realTime' });
    await report(stripe, 'tokens', customer.id, '5', real);
    const old = await refusal(report(stripe, 'tokens', customer.id, '5', START));
    expect(old.code).toBe('timestamp_too_far_in_past');
  });
});
