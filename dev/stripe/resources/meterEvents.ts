import type { Account } from '../account.js';
import { StripeFailure, badParameter } from '../http/failure.js';
import type { Call, Route } from '../http/call.js';
import { newId } from '../state/ids.js';
import type { Kinds, MeterEventRecord } from '../state/records.js';
import { refreshDrafts } from '../cycle/usageLines.js';
import { type CheckedEvent, EventFault, activeMeter, checkEvent } from './meterEventRules.js';

const IDENTIFIER_LENGTH_MAX = 100;
const REMEMBERED_SECONDS = 24 * 3600;

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

/** One event as it was asked for. */
interface AskedEvent {
  readonly eventName: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly timestamp: number | undefined;
  readonly identifier: string;
}

function create(call: Call): object {
  const { account, params } = call;
  const eventName = params.needText('event_name', 100);
  const given = params.child('payload');
  if (!given) throw badParameter('payload', 'Missing required param: payload.');
  const asked: AskedEvent = {
    eventName,
    payload: Object.fromEntries(given.keys().map((key) => [key, given.needText(key)])),
    timestamp: params.integer('timestamp'),
    identifier: params.text('identifier', IDENTIFIER_LENGTH_MAX) ?? newId('mtr_ev'),
  };
  try {
    const checked = checkEvent(account, eventName, asked.payload, asked.timestamp);
    refuseDuplicate(account, asked.identifier, checked.customer);
    if (call.fault?.kind !== 'meterError') return accept(account, asked, checked);
    return reportLater(account, asked, faultAskedFor(call, checked));
  } catch (error) {
    if (!(error instanceof EventFault)) throw error;
    if (account.switches.meterEventFaults === 'sync') throw error.failure;
    return reportLater(account, asked, error);
  }
}

function accept(account: Account, asked: AskedEvent, checked: CheckedEvent): object {
  const { meter, customer, value, timestamp, now } = checked;
  const event: MeterEventRecord = {
    id: newId('mev'),
    meter: meter.id,
    customer,
    identifier: asked.identifier,
    value,
    timestamp,
    accepted: now,
    receivedMs: account.nowMs(),
    cancelled: false,
  };
  account.store.put('meterEvent', event);
  if (account.switches.earlyRefreshOfDrafts) refreshDrafts(account, customer);
  return shown(asked, timestamp, now);
}

/** The fault panel's: an event that was fine comes back in a report all the same. */
function faultAskedFor({ fault }: Call, { meter }: CheckedEvent): EventFault {
  const code = fault?.code ?? 'meter_event_customer_not_found';
  const failure = badParameter('payload', `The event was not processed (${code}).`, code);
  return new EventFault(code, failure, code === 'no_meter' ? null : meter.id);
}

/** Taken with a 2xx and counted nowhere: an error report tells it (docs: recording-usage). */
function reportLater(account: Account, asked: AskedEvent, fault: EventFault): object {
  account.store.put('meterFault', {
    id: newId('mfault'),
    meter: fault.meter,
    code: fault.code,
    message: fault.message,
    // The request's Idempotency-Key (V2/Core/Events.d.ts `sample_errors`).
    identifier: account.request.idempotency_key ?? asked.identifier,
    receivedMs: account.nowMs(),
  });
  const now = account.realSeconds();
  return shown(asked, asked.timestamp ?? now, now);
}

function shown(asked: AskedEvent, timestamp: number, created: number): object {
  return {
    object: 'billing.meter_event',
    created,
    event_name: asked.eventName,
    identifier: asked.identifier,
    livemode: false,
    payload: asked.payload,
    timestamp,
  };
}

function meterForAdjustment(account: Account, eventName: string): Kinds['meter'] {
  try {
    return activeMeter(account, eventName);
  } catch (error) {
    throw error instanceof EventFault ? error.failure : error;
  }
}

/** Cancels one event within 24 hours of its acceptance. */
function adjust({ account, params }: Call): object {
  const meter = meterForAdjustment(account, params.needText('event_name', 100));
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
