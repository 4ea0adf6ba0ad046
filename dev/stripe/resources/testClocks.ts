import { badParameter, badRequest, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { newestFirst, page, pageRequest } from '../http/pages.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { boundarySeconds } from '../calendar.js';
import { intervalOf } from './prices.js';
import { itemsOf } from './subscriptionItems.js';
import { removeCustomer } from './customers.js';

const LIFE_SECONDS = 30 * 86_400;
const YEAR = { interval: 'year', count: 1 } as const;

type Clock = Kinds['testClock'];

function clockOf(call: Call): Clock {
  const clock = call.account.store.get('testClock', idAt(call, 0));
  if (!clock) throw missing('test clock', idAt(call, 0));
  return clock;
}

function create({ account, params }: Call): Clock {
  const now = account.realSeconds();
  const clock = account.store.put('testClock', {
    id: newId('clock'),
    object: 'test_helpers.test_clock',
    created: now,
    deletes_after: now + LIFE_SECONDS,
    frozen_time: params.needInteger('frozen_time'),
    livemode: false,
    name: params.text('name', 300) ?? null,
    status: 'ready',
    status_details: {},
  });
  account.emit('test_helpers.test_clock.created', clock, now);
  return clock;
}

function list(call: Call): object {
  const request = pageRequest(call.params);
  return page(call, newestFirst(call.account.store.all('testClock')), request, (row) => row);
}

/** Starts an advance; ClockAdvance carries it out, step by step. */
function advance(call: Call): Clock {
  const clock = clockOf(call);
  const target = call.params.needInteger('frozen_time');
  if (clock.status === 'advancing') {
    const message = 'The test clock is already advancing.';
    throw badRequest(message, 'test_clocks_advance_in_progress');
  }
  if (target <= clock.frozen_time) {
    const message = 'The new frozen time must be after the current frozen time.';
    throw badParameter('frozen_time', message, 'test_clock_invalid');
  }
  refuseTooFar(call, clock, target);
  const advancing = call.account.store.patch('testClock', clock.id, {
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: target } },
  });
  call.account.emit('test_helpers.test_clock.advancing', advancing, call.account.realSeconds());
  return advancing;
}

/** At most two intervals of the shortest subscription at once (TestClocks.d.ts, docs). */
function refuseTooFar({ account }: Call, clock: Clock, target: number): void {
  const intervals = account.store
    .group('customer', clock.id)
    .flatMap((customer) => account.store.group('subscription', customer.id))
    .filter((subscription) => subscription.ended_at === null)
    .flatMap((subscription) => itemsOf(account, subscription.id))
    .map((item) => intervalOf(account.store.need('price', item.price)));
  const reach = (intervals.length > 0 ? intervals : [YEAR]).map((interval) =>
    boundarySeconds(clock.frozen_time, interval, 2),
  );
  const furthest = Math.min(...reach);
  if (target <= furthest) return;
  const message =
    'You can only advance a test clock up to two intervals of its shortest subscription at ' +
    `a time, here to ${furthest}.`;
  throw badParameter('frozen_time', message, 'test_clock_invalid');
}

function remove(call: Call): object {
  const clock = clockOf(call);
  const { account } = call;
  if (clock.status === 'advancing') throw badRequest('The test clock is advancing.');
  for (const customer of account.store.group('customer', clock.id)) {
    removeCustomer(account, customer);
  }
  account.store.remove('testClock', clock.id);
  account.emit('test_helpers.test_clock.deleted', clock, account.realSeconds());
  return { id: clock.id, object: 'test_helpers.test_clock', deleted: true };
}

/** Endpoints of test clocks. */
export const testClockRoutes: readonly Route[] = [
  ['POST', '/v1/test_helpers/test_clocks', create],
  ['GET', '/v1/test_helpers/test_clocks', list],
  ['GET', '/v1/test_helpers/test_clocks/:id', clockOf],
  ['POST', '/v1/test_helpers/test_clocks/:id/advance', advance],
  ['DELETE', '/v1/test_helpers/test_clocks/:id', remove],
];
