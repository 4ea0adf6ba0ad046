import { missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { newestFirst } from '../http/pages.js';

function retrieve(call: Call): object {
  const event = call.account.store.get('thinEvent', idAt(call, 0));
  if (!event) throw missing('event', idAt(call, 0));
  return event;
}

/** Newest first, one page: a sandbox has few of them. */
function list(call: Call): object {
  const types = call.params.texts('types');
  const about = call.params.text('object_id');
  const limit = call.params.integer('limit') ?? 20;
  const rows = newestFirst(call.account.store.all('thinEvent'))
    .filter((event) => !types || types.includes(event.type))
    .filter((event) => !about || event.related_object?.id === about);
  return { data: rows.slice(0, limit), next_page_url: null, previous_page_url: null };
}

/** Endpoints of thin events, of API v2. */
export const thinEventRoutes: readonly Route[] = [
  ['GET', '/v2/core/events', list],
  ['GET', '/v2/core/events/:id', retrieve],
];
