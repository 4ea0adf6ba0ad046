import { badParameter, badRequest, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { newestFirst, page, pageRequest } from '../http/pages.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';

const EVENT_NAME_LENGTH_MAX = 100;

type Meter = Kinds['meter'];

/** The meter in the path; 404 for an unknown one. */
export function meterOf(call: Call): Meter {
  const meter = call.account.store.get('meter', idAt(call, 0));
  if (!meter) throw missing('meter', idAt(call, 0));
  return meter;
}

function create({ account, params }: Call): Meter {
  const aggregation = params.child('default_aggregation');
  if (!aggregation) {
    const message = 'Missing required param: default_aggregation.';
    throw badParameter('default_aggregation', message, 'parameter_missing');
  }
  const mapping = params.child('customer_mapping');
  mapping?.needChoice('type', ['by_id']);
  const eventName = params.needText('event_name', EVENT_NAME_LENGTH_MAX);
  const taken = account.store.group('meter', eventName)[0];
  if (taken) {
    const message = `A meter with the event name ${eventName} already exists: ${taken.id}.`;
    throw badParameter('event_name', message, 'resource_already_exists');
  }
  const now = account.realSeconds();
  const valueKey = params.child('value_settings')?.needText('event_payload_key') ?? 'value';
  const meter = account.store.put('meter', {
    id: newId('mtr_test'),
    object: 'billing.meter',
    created: now,
    customer_mapping: {
      event_payload_key: mapping?.needText('event_payload_key') ?? 'stripe_customer_id',
      type: 'by_id',
    },
    default_aggregation: {
      formula: aggregation.needChoice('formula', ['sum', 'count', 'last']),
    },
    display_name: params.needText('display_name', 250),
    event_name: eventName,
    event_time_window: windowOf(params.choice('event_time_window', ['day', 'hour'])),
    livemode: false,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: now,
    value_settings: { event_payload_key: valueKey },
  });
  account.emit('billing.meter.created', meter, now);
  return meter;
}

function windowOf(window: 'day' | 'hour' | undefined): null {
  if (window === undefined) return null;
  throw badParameter('event_time_window', 'This sandbox has no pre-aggregated meters.');
}

function update(call: Call): Meter {
  const { account, params } = call;
  const meter = meterOf(call);
  const name = params.needText('display_name', 250);
  const updated = { display_name: name, updated: account.realSeconds() };
  const after = account.store.patch('meter', meter.id, updated);
  account.emit('billing.meter.updated', after, after.updated);
  return after;
}

function list(call: Call): object {
  const status = call.params.choice('status', ['active', 'inactive']);
  const rows = call.account.store.all('meter').filter((row) => !status || row.status === status);
  return page(call, newestFirst(rows), pageRequest(call.params), (row) => row);
}

function deactivate(call: Call): Meter {
  const meter = meterOf(call);
  if (meter.status !== 'active') throw badRequest('The meter is not active.');
  const now = call.account.realSeconds();
  const after = call.account.store.patch('meter', meter.id, {
    status: 'inactive',
    status_transitions: { deactivated_at: now },
    updated: now,
  });
  call.account.emit('billing.meter.deactivated', after, now);
  return after;
}

function reactivate(call: Call): Meter {
  const meter = meterOf(call);
  if (meter.status !== 'inactive') throw badRequest('The meter is active.');
  const now = call.account.realSeconds();
  const after = call.account.store.patch('meter', meter.id, {
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: now,
  });
  call.account.emit('billing.meter.reactivated', after, now);
  return after;
}

/** Endpoints of meters. */
export const meterRoutes: readonly Route[] = [
  ['POST', '/v1/billing/meters', create],
  ['GET', '/v1/billing/meters', list],
  ['GET', '/v1/billing/meters/:id', meterOf],
  ['POST', '/v1/billing/meters/:id', update],
  ['POST', '/v1/billing/meters/:id/deactivate', deactivate],
  ['POST', '/v1/billing/meters/:id/reactivate', reactivate],
];
