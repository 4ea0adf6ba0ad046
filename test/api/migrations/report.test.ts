import type { World } from '../world.js';
import { migration, publishRegional, startMigrating, subscribed, used } from './migrating.js';

/** What another version would cost each customer, to the cent. */

let world: World;

beforeAll(async () => {
  world = await startMigrating();
  // 40 days: one whole period, and one that is open.
  await subscribed(world, 'a-old', 'team@1', 40);
  await used(world, 'a-old', 150, 20);
  await used(world, 'a-old', 7000, 1);
  await subscribed(world, 'b-young', 'team@1', 5);
  await used(world, 'b-young', 60, 2);
  await used(world, 'b-young', 30, 6);
  await subscribed(world, 'c-there', 'team@2', 5);
  await subscribed(world, 'd-idle', 'team@1', 5);
});

afterAll(() => world.stop());

test('each customer of the older versions with both bills; nobody who is there', async () => {
  const { status, rows, body } = await migration(world, {});
  expect(status).toBe(200);
  expect(rows.map((row) => [row.customer, row.oldAmountMinor, row.newAmountMinor])).toEqual([
    ['a-old', 1000 + 150, 2000 + 100],
    ['b-young', 1000 + 90, 2000],
    ['d-idle', 1000, 2000],
  ]);
  expect(rows.map(({ periods, applied, reason }) => [periods, applied, reason])).toEqual(
    Array.from({ length: 3 }, () => [1, false, null]),
  );
  expect(body).toMatchObject({
    to: { id: 'team', version: 2 },
    currency: 'usd',
    percentiles: { tokens: { p50: 90, p75: 150, p90: 150, p95: 150, p99: 150, max: 150 } },
    totals: {
      customers: 3,
      oldAmountMinor: 3240,
      newAmountMinor: 6100,
      up: { customers: 3, amountMinor: 2860 },
      down: { customers: 0, amountMinor: 0 },
    },
    nextCursor: null,
  });
});

test('a period that has ended is told with its bounds', async () => {
  const { body } = await migration(world, { customers: ['a-old'] });
  const [row] = body['data'] as readonly { readonly from: string; readonly until: string }[];
  expect(Date.parse(row!.until)).toBeLessThan(Date.now());
  expect(Date.parse(row!.until)).toBeGreaterThan(Date.parse(row!.from));
});

test('a report changes nothing', async () => {
  const before = await world.entries('a-old');
  await migration(world, {});
  const { body } = await world.ask('GET', '/v1/customers/a-old');
  expect([await world.entries('a-old'), body['scheduled']]).toEqual([before, null]);
});

test('one version, and customers by their names in that order', async () => {
  const one = await migration(world, { plan: 'team@1', to: 'team@2' });
  expect(one.rows.map(({ customer }) => customer)).toEqual(['a-old', 'b-young', 'd-idle']);
  const back = await migration(world, { plan: 'team@2', to: 1 });
  expect(back.rows).toMatchObject([
    { customer: 'c-there', oldAmountMinor: 2000, newAmountMinor: 1000, reason: null },
  ]);
  const named = await migration(world, { customers: ['d-idle', 'c-there', 'd-idle'] });
  expect(named.rows).toMatchObject([
    { customer: 'd-idle', reason: null },
    { customer: 'c-there', oldAmountMinor: 2000, newAmountMinor: 2000, reason: 'alreadyThere' },
  ]);
});

test('page by page it is the same customers', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 10; page += 1) {
    const { rows, body } = await migration(world, { limit: 2, cursor });
    seen.push(...rows.map(({ customer }) => customer));
    if (body['nextCursor'] === null) break;
    cursor = body['nextCursor'] as string;
  }
  expect(seen).toEqual(['a-old', 'b-young', 'd-idle']);
});

test.each([
  ['no such plan', { plan: 'gold' }, '/plan'],
  ['no such version of it', { plan: 'team@7' }, '/plan'],
  ['nowhere to go', { to: 9 }, '/to'],
  ['a version of another plan', { to: 'pro@1' }, '/to'],
  ['where they are', { plan: 'team@2' }, '/to'],
  ['no version', { to: 'soon' }, '/to'],
  ['no mode', { mode: undefined }, '/mode'],
  ['nobody', { customers: [] }, '/customers'],
  ['a page of named customers', { customers: ['a-old'], limit: 1 }, '/limit'],
])('refused: %s', async (_name, asked, pointer) => {
  const { status, body } = await migration(world, asked);
  expect([status, body['code']]).toEqual([400, 'invalid_request']);
  expect(body['errors']).toContainEqual(expect.objectContaining({ pointer }));
});

test('all that are named and not there are told at once, and nobody is moved', async () => {
  const customers = ['a-old', 'x-1', 'x-2'];
  const before = await world.entries('a-old');
  const { status, body } = await migration(world, { customers, mode: 'apply' });
  expect([status, body['code']]).toEqual([404, 'unknown_customer']);
  expect(body['detail']).toMatch(/"x-1", "x-2"/);
  expect(await world.entries('a-old')).toBe(before);
});

test('usage is counted by what the version names, also where it was recorded before', async () => {
  await subscribed(world, 'e-region', 'team@1', 5);
  await used(world, 'e-region', 11, 2, { region: 'eu' });
  await used(world, 'e-region', 22, 2, { region: 'us' });
  await publishRegional(world);
  await used(world, 'e-region', 33, 1, { region: 'eu' });
  const { rows } = await migration(world, { to: 3, customers: ['e-region'] });
  expect(rows).toMatchObject([
    { oldAmountMinor: 1000 + 66, newAmountMinor: 1000 + 10 * (11 + 33) + 2 * 100 },
  ]);
});
