import { World, type Ask, type Reply } from '../world.js';

/** The busiest operations answer the same with and without the router. */

jest.setTimeout(60_000);

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.customer('acme');
});

afterAll(() => world.stop());

const event = (id: string) => ({ id, customer: 'acme', quantities: { input_tokens: 3 } });

/** Each is sent twice, so ids that stand answer the same both times. */
const ASKS: Readonly<Record<string, Ask>> = {
  'an event that stands': { body: event('stands') },
  'a batch': { body: { events: [event('stands'), { ...event('bad'), quantities: {} }] } },
  'other content under an id': { body: { ...event('stands'), user: 'u1' } },
  'an unknown meter': { body: { ...event('e2'), quantities: { nothing: 1 } } },
  'an unknown customer': { body: { ...event('e3'), customer: 'nobody' } },
  'no JSON': { raw: '{"id":' },
  'nothing at all': { raw: '' },
  'too much': { raw: JSON.stringify({ events: ['x'.repeat(1_100_000)] }) },
  'another media type': { body: event('e4'), headers: { 'Content-Type': 'text/plain' } },
  'no key': { key: null, body: event('e5') },
  'a key that is none': { key: 'dbk_test_0000000000000000', body: event('e6') },
};

/** What two answers must have in common: all but when they were sent. */
function comparable({ status, headers, body }: Reply) {
  const { date: _date, ...others } = Object.fromEntries(headers);
  return { status, headers: others, body };
}

it.each(Object.keys(ASKS))('answers the same by the router and without it: %s', async (name) => {
  const headers = { 'Request-Id': 'req-same', ...ASKS[name]?.headers };
  await world.ask('POST', '/v1/events', { body: event('stands') });
  const thin = await world.ask('POST', '/v1/events', { ...ASKS[name], headers });
  const routed = await world.ask('POST', '/v1/events?', { ...ASKS[name], headers });
  expect(comparable(thin)).toEqual(comparable(routed));
  expect(thin.headers.get('request-id')).toBe('req-same');
  expect(thin.headers.get('content-security-policy')).toContain("default-src 'none'");
});

it('reads a body that comes encoded, by the router', async () => {
  const { gzipSync } = await import('node:zlib');
  const raw = gzipSync(JSON.stringify(event('encoded')));
  const asked = { raw, headers: { 'Content-Encoding': 'gzip' } };
  expect((await world.ask('POST', '/v1/events', asked)).body['status']).toBe('recorded');
});

it('counts and measures what it serves like the router', async () => {
  const { body } = await world.ask('GET', '/metrics', { key: null });
  const text = String(body['text']);
  expect(text).toMatch(/requests_total\{method="POST",route="\/v1\/events",status="409"\} [1-9]/);
  expect(text).toMatch(/durabill_http_requests_running\{method="POST"\} 0/);
});
