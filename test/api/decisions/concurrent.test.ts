import { World } from '../world.js';
import { DECISION_PLANS } from './plans.js';
import { counted, made, poster } from './scene.js';

/** Concurrent reservations never exceed a hard limit, and are told why not. */

let world: World;

beforeAll(async () => {
  world = await World.start({ catalogue: DECISION_PLANS });
});

afterAll(() => world.stop());

test('20 at once of 75 against 500: 6 granted; the others held, later reached', async () => {
  await made(world, 'crowd');
  const post = poster(world);
  const ask = () => post('reservations', { customer: 'crowd', quantities: { tokens: 75 } });
  const first = await Promise.all(Array.from({ length: 20 }, ask));
  expect(counted(first)).toEqual({ 201: 6, held_by_concurrent_requests: 14 });
  const granted = first.filter(({ status }) => status === 201);
  const commits = await Promise.all(
    granted.map(({ body: { id, token } }) => post(`reservations/${String(id)}/commit`, { token })),
  );
  expect(commits.map(({ status, body }) => [status, body['status'], body['committed']])).toEqual(
    granted.map(() => [200, 'committed', { tokens: 75 }]),
  );
  const second = await Promise.all(Array.from({ length: 14 }, ask));
  expect(counted(second)).toEqual({ limit_reached: 14 });
  const { body } = await world.ask('GET', '/v1/customers/crowd');
  expect(body).toMatchObject({ usage: { tokens: { quantity: 450, held: 0 } } });
});
