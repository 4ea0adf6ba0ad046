import type { World } from '../world.js';
import { decision, join, startOperated, use } from './operator.js';

/** PUT of one key's own ceiling. */

let world: World;

beforeAll(async () => {
  world = await startOperated();
});

afterAll(() => world.stop());

const put = (id: string, limit: string, key: string, max: unknown) =>
  world.ask('PUT', `/v1/customers/${id}/limits/${limit}/${encodeURIComponent(key)}`, {
    body: { max },
  });

test('one user gets its own ceiling, the others keep the plan; null gives it back', async () => {
  await join(world, 'own', 'team');
  const raised = await put('own', 'user', 'auth0|1', 150);
  expect(raised.status).toBe(200);
  expect(raised.body).toMatchObject({
    id: 'own',
    limit: { id: 'user', scope: 'user', key: 'auth0|1', max: 150, used: 0, remaining: 150 },
  });
  expect(await decision(world, 'own', 150, { user: 'auth0|1' })).toBe('granted');
  expect(await decision(world, 'own', 150, { user: 'other' })).toBe('limit_reached');
  const back = await put('own', 'user', 'auth0|1', null);
  expect(back.body['limit']).toMatchObject({ max: 100 });
  expect(await decision(world, 'own', 101, { user: 'auth0|1' })).toBe('limit_reached');
});

test('a team gets its own ceiling, whatever its name', async () => {
  await join(world, 'teams', 'team');
  const answer = await put('teams', 'team', 'a/b c?%', 10);
  expect(answer.body['limit']).toMatchObject({ scope: 'property:team', key: 'a/b c?%', max: 10 });
  expect(await decision(world, 'teams', 11, { user: 'u', team: 'a/b c?%' })).toBe('limit_reached');
  expect(await decision(world, 'teams', 11, { user: 'u', team: 'a' })).toBe('granted');
});

test('null names usage without a user; a user called null stands in quotes', async () => {
  await join(world, 'nulls', 'team');
  const without = await put('nulls', 'user', 'null', 5);
  expect(without.body['limit']).toMatchObject({ key: null, max: 5 });
  expect(await decision(world, 'nulls', 6)).toBe('limit_reached');
  expect(await decision(world, 'nulls', 6, { user: 'null' })).toBe('granted');
  const called = await put('nulls', 'user', '"null"', 1);
  expect(called.body['limit']).toMatchObject({ key: 'null', max: 1 });
  expect(await decision(world, 'nulls', 2, { user: 'null' })).toBe('limit_reached');
  expect(await decision(world, 'nulls', 5)).toBe('granted');
});

test('it counts what was used before it', async () => {
  await join(world, 'before', 'team');
  const quantities = { input_tokens: 40 };
  await use(world, { id: 'b1', customer: 'before', user: 'u', quantities });
  const { body } = await put('before', 'user', 'u', 50);
  expect(body['limit']).toMatchObject({ max: 50, used: 40, remaining: 10 });
});

test('what changes nothing is not written', async () => {
  await join(world, 'same', 'team');
  await put('same', 'user', 'u', 7);
  const entries = await world.entries('same');
  expect((await put('same', 'user', 'u', 7)).status).toBe(200);
  expect((await put('same', 'user', 'v', null)).status).toBe(200);
  expect(await world.entries('same')).toBe(entries);
});

test('a limit that is not there is not found; one of the whole customer has no keys', async () => {
  await join(world, 'wrong', 'team');
  const entries = await world.entries('wrong');
  expect((await put('wrong', 'nonsense', 'u', 7)).status).toBe(404);
  const whole = await put('wrong', 'whole', 'u', 7);
  expect([whole.status, whole.body['errors']]).toMatchObject([400, [{ parameter: 'limit' }]]);
  expect(String(whole.body['detail'])).toMatch(/limits\.whole/);
  for (const max of [-1, 1.5, '7', undefined]) {
    const { body } = await put('wrong', 'user', 'u', max);
    expect(body['errors']).toMatchObject([{ pointer: '/max' }]);
  }
  expect(await world.entries('wrong')).toBe(entries);
});
