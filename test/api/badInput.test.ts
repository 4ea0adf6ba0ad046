import { World, type Ask } from './world.js';

/** Hostile and wrong input: the right code, every fault named, nothing stored. */

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.customer('acme');
});

afterAll(() => world.stop());

const good = { id: 'e1', customer: 'acme', quantities: { input_tokens: 5 } };

interface Row {
  readonly name: string;
  readonly ask: Ask;
  readonly status: number;
  readonly code: string;
  readonly place?: string;
}

const event = (change: Readonly<Record<string, unknown>>): Ask => ({
  body: { ...good, ...change },
});
const used = (quantity: unknown): Ask => event({ quantities: { input_tokens: quantity } });
const text = (raw: string): Ask => ({ raw });
const many = (length: number): unknown[] =>
  Array.from({ length }, (_, at) => ({ ...good, id: `b${at}` }));
const properties = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`p${at}`, 1]));

type Case = readonly [name: string, ask: Ask, place?: string];

/** Refused with 400 `invalid_request`. */
const INVALID: readonly Case[] = [
  ['an unknown field', event({ used: 7 }), '/used'],
  ['quantity 1.5', used(1.5), '/quantities/input_tokens'],
  ['quantity -1', used(-1), '/quantities/input_tokens'],
  ['quantity "1e3"', used('1e3'), '/quantities/input_tokens'],
  ['quantity 2^53', used(2 ** 53), '/quantities/input_tokens'],
  ['quantity -0', text('{"id":"z","customer":"acme","quantities":{"images":-0}}')],
  ['quantity 1e400', text('{"id":"z","customer":"acme","quantities":{"images":1e400}}')],
  ['an id of 300 characters', event({ id: 'x'.repeat(300) }), '/id'],
  ['{"$ne": null} as id', event({ id: { $ne: null } }), '/id'],
  ['{"$ne": null} as customer', event({ customer: { $ne: null } }), '/customer'],
  ['a slash in an id', event({ id: 'command/first' }), '/id'],
  ['a line feed in an id', event({ id: 'a\nb' }), '/id'],
  ['NUL in an id', event({ id: 'a\0' }), '/id'],
  ['no meter', event({ quantities: {} }), '/quantities'],
  ['__proto__ as a field', text('{"__proto__":{"polluted":1},"id":"p"}'), '/__proto__'],
  ['__proto__ as a meter', text('{"id":"p","customer":"acme","quantities":{"__proto__":1}}')],
  ['constructor as a property', event({ properties: { constructor: 'x' } })],
  ['a property that is an object', event({ properties: { model: { $gt: '' } } })],
  ['a property of 513 characters', event({ properties: { model: 'x'.repeat(513) } })],
  ['21 properties', event({ properties }), '/properties'],
  ['a day that does not exist', event({ timestamp: '2026-02-30T00:00:00Z' }), '/timestamp'],
  ['no JSON', text('id=e1')],
  ['an empty body', text('')],
  ['bytes that are not UTF-8', { raw: new Uint8Array([0x22, 0xff, 0x22]) }],
  ['a million levels', text('['.repeat(1_000_000))],
  ['no events', { body: { events: [] } }, '/events'],
  ['1,001 events', { body: { events: many(1001) } }, '/events'],
  ['another field beside events', { body: { events: [good], mode: 'live' } }, '/mode'],
  ['another media type', { raw: 'x', headers: { 'Content-Type': 'text/plain' } }],
];

/** Refused with a code of its own. */
const OTHERS: readonly (readonly [name: string, ask: Ask, status: number, code: string])[] = [
  ['a meter nobody has', event({ quantities: { sausages: 1 } }), 400, 'unknown_meter'],
  ['a derived meter', event({ quantities: { tokens: 1 } }), 400, 'unknown_meter'],
  ['a customer nobody has', event({ customer: 'nobody' }), 404, 'unknown_customer'],
  ['a body of 2 MB', event({ pad: 'x'.repeat(2_000_000) }), 413, 'payload_too_large'],
  ['a wrong key', { ...event({}), key: `dbk_test_${'x'.repeat(43)}` }, 401, 'unauthorized'],
  ['no key', { ...event({}), key: null }, 401, 'unauthorized'],
];

const ROWS: readonly Row[] = [
  ...INVALID.map(([name, ask, place]) => ({
    name,
    ask,
    status: 400,
    code: 'invalid_request',
    place,
  })),
  ...OTHERS.map(([name, ask, status, code]) => ({ name, ask, status, code })),
];

test.each(ROWS)('refused, nothing stored: $name', async ({ ask, status, code, place }) => {
  const before = await world.entries('acme');
  const startedAt = performance.now();
  const answer = await world.ask('POST', '/v1/events', ask);
  const tookMs = performance.now() - startedAt;
  expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({
    type: `${world.origin}/errors/${code}`,
    status,
    retryable: false,
    instance: answer.headers.get('request-id'),
    detail: expect.stringMatching(/\S/) as string,
  });
  if (place !== undefined) {
    expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer: place }));
  }
  expect(await world.entries('acme')).toBe(before);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(tookMs).toBeLessThan(500);
});

test('all faults of one event come at once', async () => {
  const body = { id: '', customer: 'a b', quantities: { input_tokens: -1 }, x: 1, timestamp: 5 };
  const answer = await world.ask('POST', '/v1/events', { body });
  const errors = answer.body['errors'] as unknown as { pointer: string }[];
  expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
    '/customer',
    '/id',
    '/quantities/input_tokens',
    '/timestamp',
    '/x',
  ]);
});

test('a live key finds nothing of test mode, and test keys nothing of live mode', async () => {
  const live = await world.keyOf('live', 'secret');
  await world.ask('POST', '/v1/events', { body: good });
  const paths = [
    '/v1/customers/acme',
    '/v1/events/e1?customer=acme',
    '/v1/customers/acme/invoices',
    '/v1/customers/acme/invoice-preview',
    '/v1/usage?customer=acme',
  ];
  for (const path of paths) {
    expect((await world.ask('GET', path, { key: live })).status).toBe(404);
    expect((await world.ask('GET', path)).status).toBe(200);
  }
  const list = await world.ask('GET', '/v1/customers', { key: live });
  expect(list.body['data']).toEqual([]);
  const sent = await world.ask('POST', '/v1/events', { key: live, body: good });
  expect(sent.body['code']).toBe('unknown_customer');
});
