import type { Account } from '../account.js';
import { exactText, parseExact, significantDigits } from '../arithmetic.js';
import { type StripeFailure, badParameter, badRequest, missing } from '../http/failure.js';
import type { Kinds } from '../state/records.js';

/** What Stripe refuses about a meter event, with the codes of its error reports. */

const AGE_MAX_SECONDS = 35 * 86_400;
const AHEAD_MAX_SECONDS = 5 * 60;
const SIGNIFICANT_DIGITS_MAX = 15;

type Meter = Kinds['meter'];

/** A faulty event: the reply of v1 where it is refused at once, the code of a later report. */
export class EventFault extends Error {
  readonly code: string;
  readonly failure: StripeFailure;
  readonly meter: string | null;

  constructor(code: string, failure: StripeFailure, meter: string | null) {
    super(failure.message);
    this.code = code;
    this.failure = failure;
    this.meter = meter;
  }
}

/** An event that holds the rules. */
export interface CheckedEvent {
  readonly meter: Meter;
  readonly customer: string;
  /** Plain decimal. */
  readonly value: string;
  readonly timestamp: number;
  /** The customer's time, Unix seconds. */
  readonly now: number;
}

/** The active meter of an event name. @throws EventFault for none and for an archived one. */
export function activeMeter(account: Account, eventName: string): Meter {
  const meter = account.store.group('meter', eventName)[0];
  if (!meter) {
    const message = `No active meter found for event name ${eventName}.`;
    throw new EventFault('no_meter', badParameter('event_name', message, 'resource_missing'), null);
  }
  if (meter.status === 'active') return meter;
  const code = 'archived_meter';
  const archived = badParameter('event_name', `The meter ${meter.id} is archived.`, code);
  throw new EventFault(code, archived, meter.id);
}

/** Checks an event. @throws EventFault for the first rule it breaks. */
export function checkEvent(
  account: Account,
  eventName: string,
  payload: Readonly<Record<string, string>>,
  stamp: number | undefined,
): CheckedEvent {
  const meter = activeMeter(account, eventName);
  const customer = customerOf(account, meter, payload);
  const now = account.now(customer);
  const timestamp = stamp ?? now;
  const real = account.switches.meterEventAge === 'realTime';
  refuseAge(meter, timestamp, real ? account.realSeconds() : now);
  return { meter, customer, value: valueOf(meter, payload), timestamp, now };
}

function customerOf(
  account: Account,
  meter: Meter,
  payload: Readonly<Record<string, string>>,
): string {
  const key = meter.customer_mapping.event_payload_key;
  const customer = payload[key];
  if (!customer) {
    const failure = badRequest(`Customer mapping key ${key} not found in payload.`);
    throw new EventFault('meter_event_no_customer_defined', failure, meter.id);
  }
  if (account.store.get('customer', customer)) return customer;
  const failure = missing('customer', customer, 'payload');
  throw new EventFault('meter_event_customer_not_found', failure, meter.id);
}

/** At most 35 days old and 5 minutes ahead (MeterEvents.d.ts `timestamp`). */
function refuseAge(meter: Meter, timestamp: number, now: number): void {
  if (timestamp < now - AGE_MAX_SECONDS) {
    const message = 'The event timestamp cannot be more than 35 days in past.';
    const code = 'timestamp_too_far_in_past';
    throw new EventFault(code, badParameter('timestamp', message, code), meter.id);
  }
  if (timestamp > now + AHEAD_MAX_SECONDS) {
    const message = 'The event timestamp cannot be more than 5 minutes in the future.';
    const code = 'timestamp_in_future';
    throw new EventFault(code, badParameter('timestamp', message, code), meter.id);
  }
}

/** A plain decimal of at most 15 significant digits (docs, changelog 2026-04-22.dahlia). */
function valueOf(meter: Meter, payload: Readonly<Record<string, string>>): string {
  const key = meter.value_settings.event_payload_key;
  const param = `payload[${key}]`;
  const text = payload[key];
  if (text === undefined) {
    if (meter.default_aggregation.formula === 'count') return '1';
    const failure = badRequest(`Value key ${key} not found in payload.`);
    throw new EventFault('meter_event_value_not_found', failure, meter.id);
  }
  const value = parseExact(text);
  if (!value) {
    const failure = badParameter(param, `Invalid value for payload key ${key}.`);
    throw new EventFault('meter_event_invalid_value', failure, meter.id);
  }
  if (significantDigits(value) <= SIGNIFICANT_DIGITS_MAX) return exactText(value);
  const message = `The value may have at most ${SIGNIFICANT_DIGITS_MAX} significant digits.`;
  const code = 'meter_event_value_too_many_digits';
  throw new EventFault(code, badParameter(param, message, code), meter.id);
}
