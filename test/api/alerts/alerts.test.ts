import type { StoredAlert } from '../../../ledger/stores/alertStore.js';
import { World } from '../world.js';

/** GET /v1/alerts and /v1/customers/{id}/alerts. */

const RAISED_MS = Date.UTC(2026, 10, 11, 12);

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.customer('acme');
  await world.customer('other');
  const raised = [alert(1, 'acme'), alert(2, 'other'), alert(3, 'acme')];
  await world.ledger.alerts.raise([...raised, { ...alert(4, 'acme'), mode: 'live' }]);
});

afterAll(() => world.stop());

function alert(serial: number, customer: string): StoredAlert {
  const delivery = { channel: 'webhook' as const, to: 'https://example.com/hook', attempts: 1 };
  const waiting = { ...delivery, channel: 'slack' as const, to: 'slack' };
  return {
    id: `al_${serial}`,
    mode: 'test',
    customer,
    life: 1,
    type: 'limit.approaching',
    timestampMs: RAISED_MS - 1_000,
    raisedAtMs: RAISED_MS + serial,
    details: { limit: 'day', percent: 80, key: null },
    invoice: null,
    deliveries: [
      { ...delivery, status: 'delivered', lastAtMs: RAISED_MS, nextAttemptAtMs: null },
      { ...waiting, status: 'pending', lastAtMs: null, nextAttemptAtMs: 9 },
    ],
  };
}

async function ids(path: string, key?: string): Promise<[string[], unknown]> {
  const { status, body } = await world.ask('GET', path, key === undefined ? {} : { key });
  if (status !== 200) throw new Error(JSON.stringify(body));
  const data = body['data'] as { id: string }[];
  return [data.map(({ id }) => id), body['nextCursor']];
}

test('a customer’s alerts, newest first, with where they went', async () => {
  const { body } = await world.ask('GET', '/v1/customers/acme/alerts');
  const [newest] = body['data'] as unknown[];
  expect(newest).toEqual({
    id: 'al_3',
    type: 'limit.approaching',
    customer: 'acme',
    timestamp: '2026-11-11T11:59:59.000Z',
    details: { limit: 'day', percent: 80, key: null },
    deliveries: [
      {
        to: 'https://example.com/hook',
        status: 'delivered',
        attempts: 1,
        lastAt: '2026-11-11T12:00:00.000Z',
      },
      { to: 'slack', status: 'pending', attempts: 1, lastAt: null },
    ],
  });
  expect(await ids('/v1/customers/acme/alerts')).toEqual([['al_3', 'al_1'], null]);
});

test('the alerts of all customers of the key’s mode, page by page', async () => {
  const [first, cursor] = await ids('/v1/alerts?limit=2');
  expect(first).toEqual(['al_3', 'al_2']);
  expect(await ids(`/v1/alerts?limit=2&cursor=${String(cursor)}`)).toEqual([['al_1'], null]);
  const live = await world.keyOf('live', 'secret');
  expect(await ids('/v1/alerts', live)).toEqual([['al_4'], null]);
});

test('what can’t be asked for', async () => {
  const codeOf = async (path: string, key?: string) => {
    const { status, body } = await world.ask('GET', path, key === undefined ? {} : { key });
    return [status, body['code']];
  };
  expect(await codeOf('/v1/customers/nobody/alerts')).toEqual([404, 'not_found']);
  expect(await codeOf('/v1/alerts?limit=0')).toEqual([400, 'invalid_request']);
  expect(await codeOf('/v1/alerts?cursor=bm9uc2Vuc2U')).toEqual([400, 'invalid_request']);
  expect(await codeOf('/v1/alerts', await world.keyOf('test', 'ingest'))).toEqual([
    403,
    'forbidden',
  ]);
});
