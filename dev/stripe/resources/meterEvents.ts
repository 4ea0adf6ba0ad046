import type { Account } from '../account.js';
import { exactText, parseExact, significantDigits } from '../arithmetic.js';
import { StripeFailure, badParameter, badRequest, missing } from '../http/failure.js';
import type { Call, Route } from '../http/call.js';
import { newId } from '../state/ids.js';
import type { Kinds, MeterEventRecord } from '../state/records.js';
import { refreshDrafts } from '../cycle/usageLines.js';

const IDENTIFIER_LENGTH_MAX = 100;
const AGE_MAX_SECONDS = 35 * 86_400;
const AHEAD_MAX_SECONDS = 5 * 60;
const REMEMBERED_SECONDS = 24 * 3600;
const SIGNIFICANT_DIGITS_MAX = 15;

type Meter = Kinds['meter'];

function meterFor(account: Account, eventName: string): Meter {
  const meter = account.store.group('meter', eventName)[0];
  if (!meter) {
    const message = `No active meter found for event name ${eventName}.`;
    throw badParameter('event_name', message, 'resource_missing');
  }
  if (meter.status === 'active') return meter;
  throw badParameter('event_name', `The meter ${meter.id} is archived.`, 'archived_meter');
}

/** A plain decimal of at most 15 significant digits (docs, changelog 2026-04-22.dahlia). */
function valueOf(text: string, key: string): string {
  const value = parseExact(text);
  if (!value) throw badParameter(`payload[${key}]`, `Invalid value for payload key ${key}.`);
  if (significantDigits(value) <= SIGNIFICANT_DIGITS_MAX) return exactText(value);
  const message = `The value may have at most ${SIGNIFICANT_DIGITS_MAX} significant digits.`;
  throw badParameter(`payload[${key}]`, message, 'meter_event_value_too_many_digits');
}

/** At most 35 days old and 5 minutes ahead (MeterEvents.d.ts), by the customer's clock. */
function refuseAge(timestamp: number, now: number): void {
  if (timestamp < now - AGE_MAX_SECONDS) {
    const message = 'The event timestamp cannot be more than 35 days in past.';
    throw badParameter('timestamp', message, 'timestamp_too_far_in_past');
  }
  if (timestamp > now + AHEAD_MAX_SECONDS) {
    const message = 'The event timestamp cannot be more than 5 minutes in the future.';
    throw badParameter('timestamp', message, 'timestamp_in_future');
  }
}

/** The v1 reply to a repeated identifier, as seen by others: 400, no code, not to be retried. */
function refuseDuplicate(account: Account, identifier: string, customer: string): void {
  const now = account.now(customer);
  const remembered = account.store.group('meterEvent', `identifier ${identifier}`).some((event) => {
    const age =
      event.customer === customer
        ? now - event.accepted
        : account.realSeconds() - Math.floor(event.receivedMs / 1000);
    return age < REMEMBERED_SECONDS;
  });
  if (!remembered) return;
  const message = `An event already exists with identifier ${identifier}.`;
  throw new StripeFailure(400, message, {}, { headers: { 'stripe-should-retry': 'false' } });
}

function create({ account, params }: Call): object {
  const meter = meterFor(account, params.needText('event_name', 100));
  const given = params.child('payload');
  if (!given) throw badParameter('payload', 'Missing required param: payload.');
  const payload = Object.fromEntries(given.keys().map((key) => [key, given.needText(key)]));
  const customerKey = meter.customer_mapping.event_payload_key;
  const customerId = payload[customerKey];
  if (!customerId) throw badRequest(`Customer mapping key ${customerKey} not found in payload.`);
  if (!account.store.get('customer', customerId)) throw missing('customer', customerId, 'payload');
  const now = account.now(customerId);
  const timestamp = params.integer('timestamp') ?? now;
  refuseAge(timestamp, now);
  const identifier = params.text('identifier', IDENTIFIER_LENGTH_MAX) ?? newId('mtr_ev');
  const value = payloadValue(meter, payload);
  refuseDuplicate(account, identifier, customerId);
  const event: MeterEventRecord = {
    id: newId('mev'),
    meter: meter.id,
    customer: customerId,
    identifier,
    value,
    timestamp,
    accepted: now,
    receivedMs: account.nowMs(),
    cancelled: false,
  };
  account.store.put('meterEvent', event);
  if (account.switches.earlyRefreshOfDrafts) refreshDrafts(account, customerId);
  return shown(meter, event, payload, now);
}

function payloadValue(meter: Meter, payload: Readonly<Record<string, string>>): string {
  const key = meter.value_settings.event_payload_key;
  const text = payload[key];
  if (text !== undefined) return valueOf(text, key);
  if (meter.default_aggregation.formula === 'count') return '1';
  throw badRequest(`Value key ${key} not found in payload.`);
}

function shown(
  meter: Meter,
  event: MeterEventRecord,
  payload: Readonly<Record<string, string>>,
  created: number,
): object {
  return {
    object: 'billing.meter_event',
    created,
    event_name: meter.event_name,
    identifier: event.identifier,
    livemode: false,
    payload,
    timestamp: event.timestamp,
  };
}

/** Cancels one event within 24 hours of its acceptance. */
function adjust({ account, params }: Call): object {
  const meter = meterFor(account, params.needText('event_name', 100));
  params.needChoice('type', ['cancel']);
  const identifier = params.child('cancel')?.needText('identifier') ?? '';
  const event = account.store
    .group('meterEvent', `identifier ${identifier}`)
    .findLast((candidate) => candidate.meter === meter.id);
  if (!event) throw badParameter('cancel[identifier]', `No event ${identifier} was found.`);
  if (account.now(event.customer) - event.accepted >= REMEMBERED_SECONDS) {
    throw badParameter('cancel[identifier]', 'The event is more than 24 hours old.');
  }
  account.store.patch('meterEvent', event.id, { cancelled: true });
  return {
    object: 'billing.meter_event_adjustment',
    cancel: { identifier },
    event_name: meter.event_name,
    livemode: false,
    status: 'complete',
    type: 'cancel',
  };
}

/** Endpoints of meter events. */
export const meterEventRoutes: readonly Route[] = [
  ['POST', '/v1/billing/meter_events', create],
  ['POST', '/v1/billing/meter_event_adjustments', adjust],
];
