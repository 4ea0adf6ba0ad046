import { World } from '../world.js';

/** CloudEvents 1.0: the same event is the same source and id. */

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.customer('acme');
});

afterAll(() => world.stop());

const cloudEvent = (id: string, change: Readonly<Record<string, unknown>> = {}) => ({
  specversion: '1.0',
  id,
  source: '/gateway/1',
  type: 'input_tokens',
  subject: 'acme',
  time: new Date().toISOString(),
  traceparent: 'ignored',
  data: { quantity: 7, user: 'u1', model: 'large' },
  ...change,
});

const single = { 'Content-Type': 'application/cloudevents+json; charset=utf-8' };
const batch = { 'Content-Type': 'application/cloudevents-batch+json' };
const send = (headers: Record<string, string>, body: unknown) =>
  world.ask('POST', '/v1/events', { headers, body });

test('one CloudEvent is one event: type is the meter, subject the customer', async () => {
  const sent = cloudEvent('x y/1');
  const first = await send(single, sent);
  expect([first.status, first.body]).toEqual([200, { id: 'x y/1', status: 'recorded' }]);
  expect((await send(single, sent)).body).toMatchObject({ status: 'duplicate' });
  const elsewhere = await send(single, { ...sent, source: '/gateway/2' });
  expect(elsewhere.body).toMatchObject({ status: 'recorded' });
  const { body } = await world.ask('GET', '/v1/events?customer=acme&property.model=large');
  const [, stands] = body['data'] as unknown as Record<string, unknown>[];
  expect(stands).toMatchObject({
    user: 'u1',
    quantities: { input_tokens: 7 },
    properties: { model: 'large' },
    timestamp: sent.time,
  });
  const id = encodeURIComponent(String(stands?.['id']));
  expect((await world.ask('GET', `/v1/events/${id}?customer=acme`)).body).toEqual(stands);
});

test('a batch may hold several meters in one event, and rejects one fault alone', async () => {
  const { status, body } = await send(batch, [
    cloudEvent('b1', { data: { quantities: { input_tokens: 1, output_tokens: 2 } } }),
    cloudEvent('b2', { specversion: '0.3' }),
    cloudEvent('b3', { data: { quantity: '5' } }),
    cloudEvent('b4', { data: { quantity: 1, nested: { a: 1 } } }),
    cloudEvent('b5', { subject: undefined }),
    cloudEvent('b6', { type: 'tokens' }),
  ]);
  expect(status).toBe(200);
  const results = body['results'] as unknown as Record<string, unknown>[];
  expect(results.map(({ id, status: what }) => `${String(id)} ${String(what)}`)).toEqual([
    'b1 recorded',
    'b2 rejected',
    'b3 rejected',
    'b4 rejected',
    'b5 rejected',
    'b6 rejected',
  ]);
  expect(results.at(-1)).toMatchObject({ code: 'unknown_meter' });
});

test('the envelope is refused as a whole where it is no list', async () => {
  expect((await send(batch, cloudEvent('c1'))).body).toMatchObject({ code: 'invalid_request' });
  expect((await send(single, [cloudEvent('c1')])).body).toMatchObject({ code: 'invalid_request' });
});
