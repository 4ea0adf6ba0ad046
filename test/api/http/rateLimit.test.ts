import { World } from '../world.js';

/** DURABILL_RATE_LIMIT: requests a second and key. */

let world: World;

beforeAll(async () => {
  world = await World.start({ requestsPerSecond: 2 });
});

afterAll(() => world.stop());

test('over the limit of a key: 429 with when to come back, other keys unharmed', async () => {
  const hot = await world.keyOf('test', 'secret');
  const ask = (key: string | null) => world.ask('GET', '/v1/plans', { key });
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(hot)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(5);
  expect(refused[0]?.body).toMatchObject({ code: 'rate_limited', retryable: true, action: 'wait' });
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(refused[0]?.headers.get('ratelimit-policy')).toBe('"key";q=2;w=1');
  expect(refused[0]?.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d+$/);
  expect((await ask(world.key)).status).toBe(200);
  expect((await ask(null)).status).toBe(200);
});
