import { creditEntryBody } from '../../../billing/credits/body.js';
import type { World } from '../world.js';
import { decision, join, startOperated, use } from './operator.js';

/** Credits are given once, act before the answer, and every entry can be read. */

let world: World;

beforeAll(async () => {
  world = await startOperated();
});

afterAll(() => world.stop());

const KEY = { mode: 'test', life: 1 } as const;

const give = (customer: string, body: unknown) =>
  world.ask('POST', `/v1/customers/${customer}/credits`, { body });

type Entry = Readonly<Record<string, unknown>>;

async function entries(customer: string, query = ''): Promise<readonly Entry[]> {
  const { status, body } = await world.ask('GET', `/v1/customers/${customer}/credits${query}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body['data'] as unknown as Entry[];
}

/** Closes a period as its customer's workflow does where it bills. */
async function close(customer: string, segment: number): Promise<void> {
  const key = { ...KEY, customer };
  const fence = { type: 'closed', segment } as const;
  const id = `fence/closed-${segment}`;
  await world.ledger.writer.append(key, [{ kind: 'fence', id, fence, hash: id }]);
  const head = await world.ledger.log.head(key);
  await world.engine.tell(key, { ranges: [], sums: [], catalogue: 0, head });
}

test('a decision made after the 201 can use the credits; the same id gives once', async () => {
  await join(world, 'once', 'points');
  expect(await decision(world, 'once', 202)).toBe('credits_exhausted');
  const asked = { id: 'order-1', amount: '50.5', kind: 'purchase' };
  const first = await give('once', asked);
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({
    id: 'credit/order-1',
    kind: 'purchase',
    amount: '50.5',
    balanceAfter: '150.5',
    because: { operator: 'order-1' },
  });
  expect(await decision(world, 'once', 202)).toBe('granted');
  const written = await world.entries('once');
  const again = await give('once', { ...asked, amount: '50.500' });
  expect([again.status, again.body]).toEqual([201, first.body]);
  const expiresAt = '2099-01-01T00:00:00Z';
  for (const other of [{ amount: '51' }, { kind: 'refund' }, { expiresAt }]) {
    const answer = await give('once', { ...asked, ...other });
    expect([answer.status, answer.body['code']]).toEqual([409, 'conflict']);
  }
  expect(await world.entries('once')).toBe(written);
});

test('many requests that give the same credits at once give them once', async () => {
  await join(world, 'race', 'points');
  const asked = { id: 'c', amount: '7', kind: 'promotion' };
  const answers = await Promise.all(Array.from({ length: 10 }, () => give('race', asked)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
  const { body } = await world.ask('GET', '/v1/customers/race');
  expect(body['credits']).toMatchObject({ balance: '107' });
  expect(await world.entries('race')).toBe(2);
});

test.each([
  ['nothing', { amount: '0' }, '/amount'],
  ['less than nothing', { amount: '-1' }, '/amount'],
  ['a seventh decimal', { amount: '0.0000001' }, '/amount'],
  ['a number', { amount: 5 }, '/amount'],
  ['more than an account holds', { amount: '9007199255' }, '/amount'],
  ['an end that is over', { expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
  ['a kind of its own', { kind: 'grant' }, '/kind'],
  ['a name with a slash', { id: 'a/b' }, '/id'],
])('refused and nothing written: %s', async (_name, change, pointer) => {
  const known = await world.ask('GET', '/v1/customers/refused');
  if (known.status === 404) await join(world, 'refused', 'points');
  const written = await world.entries('refused');
  const answer = await give('refused', { id: 'x', amount: '1', kind: 'purchase', ...change });
  expect([answer.status, answer.body['errors']]).toMatchObject([400, [{ pointer }]]);
  expect(await world.entries('refused')).toBe(written);
});

test('credits may be given on a plan that does not pay in them', async () => {
  await join(world, 'later', 'team');
  expect((await give('later', { id: 'x', amount: '5', kind: 'purchase' })).status).toBe(201);
  await world.ask('PUT', '/v1/customers/later', { body: { plan: 'points' } });
  const { body } = await world.ask('GET', '/v1/customers/later');
  expect(body['credits']).toMatchObject({ balance: '105' });
});

test('the statement has every entry of the log, each balance after the one before', async () => {
  const anchor = '2026-10-01T00:00:00Z';
  await join(world, 'year', 'points', anchor);
  const event = (id: string, minute: number, tokens: number) =>
    use(world, {
      id,
      customer: 'year',
      quantities: { input_tokens: tokens },
      timestamp: new Date(Date.parse(anchor) + minute * 60_000).toISOString(),
    });
  await event('a', 0, 20);
  await event('b', 0, 10);
  await event('c', 1, 2);
  const expiresAt = '2026-10-01T12:00:00Z';
  await give('year', { id: 'p', amount: '3', kind: 'promotion', expiresAt });
  await world.ask('POST', '/v1/events/c/void', { body: { customer: 'year', reason: 'wrong' } });
  await close('year', 0);
  const found = await entries('year');
  const shown = found.map(({ id, amount, balanceAfter }) => [id, amount, balanceAfter]);
  const minute = Date.parse(anchor) / 1000;
  expect(shown.toReversed()).toEqual([
    ['grant/0', '100', '100'],
    [`burn/0/${minute}`, '-15', '85'],
    [`burn/0/${minute + 60}`, '-1', '84'],
    ['credit/p', '3', '87'],
    ['refund/period-0', '1', '88'],
    ['grant/1', '100', '188'],
    ['expiry/credit/p', '-3', '185'],
    ['expiry/grant/0', '-84', '101'],
    ['rollover/1', '50', '151'],
  ]);
  const state = await world.engine.standing({ ...KEY, customer: 'year' });
  expect(found.toReversed()).toEqual(state?.credits.entries.map(creditEntryBody));
});

test('more entries than the state keeps are all read, in pages', async () => {
  const anchor = '2026-10-01T00:00:00Z';
  await join(world, 'long', 'points', anchor);
  const before = await entries('long');
  expect(before).toMatchObject([{ kind: 'grant' }]);
  const to = '2026-10-01T02:00:00Z';
  await world.ask('POST', '/v1/test/clock', { body: { customer: 'long', to } });
  const minutes = Array.from({ length: 70 }, (_, minute) => ({
    id: `m${minute}`,
    customer: 'long',
    quantities: { input_tokens: 1 },
    timestamp: new Date(Date.parse(anchor) + minute * 60_000).toISOString(),
  }));
  await world.ask('POST', '/v1/events', { body: { events: minutes } });
  await use(world, { ...minutes[0], id: 'late' });
  const state = await world.engine.standing({ ...KEY, customer: 'long' });
  expect(state?.credits.entries.length ?? 0).toBeLessThanOrEqual(50);
  const all = await entries('long');
  expect(all).toHaveLength(71);
  expect(all[0]).toMatchObject({ kind: 'burn', amount: '-0.5', balanceAfter: '64.5' });
  expect(all.at(-2)).toMatchObject({ kind: 'burn', amount: '-1', balanceAfter: '99' });
  expect(await paged('long', 30)).toEqual(all);
});

async function paged(customer: string, limit: number): Promise<unknown[]> {
  const rows: unknown[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 20; page += 1) {
    const query: string = `limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`;
    const { body } = await world.ask('GET', `/v1/customers/${customer}/credits?${query}`);
    rows.push(...(body['data'] as unknown as unknown[]));
    cursor = body['nextCursor'] as string | null;
    if (cursor === null) return rows;
  }
  throw new Error('the pages have no end');
}

test('of a customer that does not exist nothing is given or read', async () => {
  const asked = { id: 'x', amount: '1', kind: 'purchase' };
  expect((await give('nobody', asked)).status).toBe(404);
  expect((await world.ask('GET', '/v1/customers/nobody/credits')).status).toBe(404);
  const wrong = await world.ask('GET', '/v1/customers/once/credits?cursor=zz');
  expect(wrong.body['errors']).toMatchObject([{ parameter: 'cursor' }]);
});
