import type { World } from '../world.js';
import { decision, join, startOperated } from './operator.js';

/** PATCH of controls acts before it answers, and is written once. */

let world: World;

beforeAll(async () => {
  world = await startOperated();
});

afterAll(() => world.stop());

const patch = (id: string, body: unknown, headers?: Record<string, string>) =>
  world.ask('PATCH', `/v1/customers/${id}/controls`, { body, headers });

const SOFT_9 = { softAmountMinor: 9 };

test('a decision made after the 200 sees the new controls', async () => {
  await join(world, 'seen', 'team');
  expect(await decision(world, 'seen', 10)).toBe('granted');
  const frozen = await patch('seen', { frozen: true, reason: 'loop' });
  expect([frozen.status, frozen.body['status']]).toEqual([200, 'frozen']);
  expect(frozen.body['controls']).toMatchObject({ frozen: true, reason: 'loop' });
  expect(await decision(world, 'seen', 10)).toBe('customer_frozen');
  const lifted = await patch('seen', { frozen: false, limits: { whole: 5 } });
  expect(lifted.body).toMatchObject({ status: 'active', controls: { limits: { whole: 5 } } });
  expect(await decision(world, 'seen', 10)).toBe('limit_reached');
  await patch('seen', { limits: { whole: null } });
  expect(await decision(world, 'seen', 10)).toBe('granted');
});

test('the customer shows own ceilings in its limits, and own spend in its controls', async () => {
  await join(world, 'shown', 'team');
  const spend = { softAmountMinor: 100, hardAmountMinor: 500 };
  await patch('shown', { overage: 'block', spend, limits: { whole: 300 }, grandfathered: true });
  const { body } = await world.ask('GET', '/v1/customers/shown');
  expect(body['limits']).toMatchObject([{ id: 'whole', max: 300, remaining: 300 }]);
  expect(body['controls']).toMatchObject({ overage: 'block', spend, grandfathered: true });
  await patch('shown', { spend: { softAmountMinor: null } });
  const after = await world.ask('GET', '/v1/customers/shown');
  expect(after.body['controls']).toMatchObject({ spend: { hardAmountMinor: 500 } });
  expect(after.body).not.toHaveProperty('controls.spend.softAmountMinor');
});

test('what changes nothing is not written', async () => {
  await join(world, 'same', 'team');
  await patch('same', { overage: 'block', frozen: true });
  const entries = await world.entries('same');
  const limits = { whole: null };
  for (const body of [{}, { overage: 'block' }, { frozen: true, reason: 'other' }, { limits }]) {
    expect((await patch('same', body)).status).toBe(200);
  }
  expect(await world.entries('same')).toBe(entries);
});

test('under one Idempotency-Key it is written once, even when an answer was lost', async () => {
  await join(world, 'once', 'team');
  const before = await world.entries('once');
  const key = { 'Idempotency-Key': 'freeze-1' };
  const tell = world.engine.tell.bind(world.engine);
  let lost = 0;
  world.engine.tell = async (...told) => {
    if (lost++ > 0) return tell(...told);
    world.engine.away = true;
    return tell(...told);
  };
  const first = await patch('once', { frozen: true }, key);
  expect([first.status, first.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
  world.engine.away = false;
  const second = await patch('once', { frozen: true }, key);
  world.engine.tell = tell;
  expect([second.status, second.body['status']]).toEqual([200, 'frozen']);
  expect(await world.entries('once')).toBe(before + 1);
  const other = await patch('once', { frozen: false }, key);
  expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
});

test.each([
  ['a limit the plan has not', { limits: { nonsense: 5 } }, '/limits/nonsense'],
  ['a limit emptied that was never set', { limits: { nonsense: null } }, '/limits/nonsense'],
  ['half a unit', { limits: { whole: 1.5 } }, '/limits/whole'],
  ['a ceiling below zero', { limits: { whole: -1 } }, '/limits/whole'],
  ['hard below soft', { spend: { ...SOFT_9, hardAmountMinor: 8 } }, '/spend/hardAmountMinor'],
  ['another switch', { overage: 'maybe' }, '/overage'],
  ['a reason for nothing', { reason: 'why' }, '/reason'],
  ['an unknown field', { paused: true }, '/paused'],
])('refused and nothing written: %s', async (_name, body, pointer) => {
  const known = await world.ask('GET', '/v1/customers/refused');
  if (known.status === 404) await join(world, 'refused', 'team');
  const entries = await world.entries('refused');
  const answer = await patch('refused', { ...body, grandfathered: true });
  expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
  expect(answer.body['errors']).toMatchObject([{ pointer }]);
  expect(await world.entries('refused')).toBe(entries);
});

test('a soft amount above the hard one that stands is refused', async () => {
  await join(world, 'order', 'team');
  await patch('order', { spend: { hardAmountMinor: 100 } });
  const answer = await patch('order', { spend: { softAmountMinor: 101 } });
  expect(answer.body['errors']).toMatchObject([{ pointer: '/spend/softAmountMinor' }]);
  expect((await patch('order', { spend: { softAmountMinor: 100 } })).status).toBe(200);
});

test('a customer that does not exist, or of the other mode, is not found', async () => {
  await join(world, 'mine', 'team');
  expect((await patch('nobody', { frozen: true })).status).toBe(404);
  const key = await world.keyOf('live', 'secret');
  const other = await world.ask('PATCH', '/v1/customers/mine/controls', {
    key,
    body: { frozen: true },
  });
  expect(other.status).toBe(404);
});
