import type { World } from '../world.js';
import { leave, migration, startMigrating, subscribed } from './migrating.js';

/** Who is asked to move at renewal, once. */

let world: World;

beforeAll(async () => {
  world = await startMigrating();
});

afterAll(() => world.stop());

const apply = (...customers: readonly string[]) => migration(world, { mode: 'apply', customers });
const scheduled = async (id: string) =>
  (await world.ask('GET', `/v1/customers/${id}`)).body['scheduled'];
const patch = (id: string, body: unknown) =>
  world.ask('PATCH', `/v1/customers/${id}/controls`, { body });

test('a customer moves at the end of its period; a repeat asks nothing new', async () => {
  await subscribed(world, 'moves', 'team@1', 5);
  const { body } = await world.ask('GET', '/v1/customers/moves');
  const { end } = body['period'] as { readonly end: string };
  const row = { customer: 'moves', applied: true, reason: null, at: end };
  expect((await apply('moves')).rows).toMatchObject([row]);
  expect(await scheduled('moves')).toEqual({
    action: 'plan', plan: { id: 'team', version: 2 }, at: end,
  });
  const entries = await world.entries('moves');
  expect((await apply('moves')).rows).toMatchObject([row]);
  expect(await world.entries('moves')).toBe(entries);
});

test('asked at the same time, it is asked once', async () => {
  await subscribed(world, 'twice', 'team@1', 5);
  const entries = await world.entries('twice');
  const answers = await Promise.all(Array.from({ length: 4 }, () => apply('twice')));
  expect(answers.map(({ rows }) => rows[0]?.applied)).toEqual([true, true, true, true]);
  expect(await world.entries('twice')).toBe(entries + 1);
});

test('all of a plan at once: who may not move is told why', async () => {
  for (const id of ['all-1', 'all-2', 'all-grand', 'all-other']) {
    await subscribed(world, id, 'team@1', 5);
  }
  expect((await patch('all-grand', { grandfathered: true })).status).toBe(200);
  const plan = { plan: 'pro', when: 'periodEnd' };
  const changed = await world.ask('POST', '/v1/customers/all-other/plan', { body: plan });
  expect(changed.status).toBe(200);
  const { rows } = await migration(world, { mode: 'apply' });
  const found = new Map(rows.map(({ customer, applied, reason }) => [customer, [applied, reason]]));
  expect(found.get('all-1')).toEqual([true, null]);
  expect(found.get('all-2')).toEqual([true, null]);
  expect(found.get('all-grand')).toEqual([false, 'grandfathered']);
  expect(found.get('all-other')).toEqual([false, 'changeScheduled']);
  expect(await scheduled('all-grand')).toBeNull();
  expect(await scheduled('all-other')).toMatchObject({ plan: { id: 'pro' } });
  const { rows: named } = await apply('all-grand');
  expect(named).toMatchObject([{ oldAmountMinor: 1000, newAmountMinor: 2000, at: null }]);
});

test('who is there already, or on another plan, stays', async () => {
  await subscribed(world, 'there', 'team@2', 5);
  await subscribed(world, 'else', 'pro@1', 5);
  const entries = [await world.entries('there'), await world.entries('else')];
  const { rows } = await apply('there', 'else');
  expect(rows.map(({ applied, reason }) => [applied, reason])).toEqual([
    [false, 'alreadyThere'],
    [false, 'otherPlan'],
  ]);
  expect([await world.entries('there'), await world.entries('else')]).toEqual(entries);
});

test('who has left is not asked, and billed nothing', async () => {
  await subscribed(world, 'left', 'team@1', 5);
  await leave(world, 'left');
  const { rows } = await migration(world, { mode: 'apply' });
  expect(rows.map(({ customer }) => customer)).not.toContain('left');
  expect((await apply('left')).rows).toMatchObject([
    { oldAmountMinor: 0, newAmountMinor: 0, applied: false, reason: 'canceled', at: null },
  ]);
});

test('undone by the customer, it can be asked again', async () => {
  await subscribed(world, 'undone', 'team@1', 5);
  await apply('undone');
  const resumed = await world.ask('POST', '/v1/customers/undone/resume', { body: {} });
  expect([resumed.status, resumed.body['scheduled']]).toEqual([200, null]);
  expect((await apply('undone')).rows).toMatchObject([{ applied: true }]);
  expect(await scheduled('undone')).toMatchObject({ plan: { version: 2 } });
});

test('where Temporal is away nothing is said to be done, and it can be asked again', async () => {
  await subscribed(world, 'away', 'team@1', 5);
  world.engine.away = true;
  const refused = await apply('away');
  world.engine.away = false;
  expect([refused.status, refused.body['code']]).toEqual([503, 'unavailable']);
  expect((await apply('away')).rows).toMatchObject([{ applied: true }]);
});

test('an Idempotency-Key answers a repeat as the first time', async () => {
  await subscribed(world, 'keyed', 'team@1', 5);
  const body = { plan: 'team', to: 2, mode: 'apply', customers: ['keyed'] };
  const ask = () =>
    world.ask('POST', '/v1/migrations', { body, headers: { 'idempotency-key': 'm1' } });
  const first = await ask();
  const again = await ask();
  expect([again.headers.get('idempotent-replayed'), again.body]).toEqual(['true', first.body]);
});
