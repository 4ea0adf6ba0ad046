import { missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';

function retrieve(call: Call): object {
  const event = call.account.store.get('event', idAt(call, 0));
  if (!event) throw missing('event', idAt(call, 0));
  return event;
}

function list(call: Call): object {
  const { account, params } = call;
  const type = params.text('type');
  const types = params.texts('types') ?? (type ? [type] : null);
  const delivered = params.flag('delivery_success');
  const created = createdFilter(params);
  const rows = account.store
    .all('event')
    .filter((event) => !types || types.includes(event.type))
    .filter((event) => delivered === undefined || (event.pending_webhooks === 0) === delivered)
    .filter((event) => created(event.created));
  return page(call, newestFirst(rows), pageRequest(params), (row) => row);
}

/** Endpoints of events. */
export const eventRoutes: readonly Route[] = [
  ['GET', '/v1/events', list],
  ['GET', '/v1/events/:id', retrieve],
];
