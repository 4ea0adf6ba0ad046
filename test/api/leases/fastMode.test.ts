import { secondInstance, type Instance } from '../decisions/instance.js';
import { DECISION_PLANS } from '../decisions/plans.js';
import { counted, made, poster, type Post } from '../decisions/scene.js';
import { until } from '../../until.js';
import type { CustomerKey } from '../../../billing/log.js';
import { World, type Reply } from '../world.js';

/** Reservations out of leases, over HTTP, at two API processes that always lease. */

const CAP = 5_000;

const PLANS = {
  ...DECISION_PLANS,
  plans: {
    ...DECISION_PLANS.plans,
    capped: {
      version: 1,
      name: 'Capped',
      interval: 'month',
      limits: [{ id: 'cap', meters: ['tokens'], max: CAP, window: 'period', scope: 'customer' }],
    },
  },
} as const;

let world: World;
let other: Instance;
let both: readonly Post[];

beforeAll(async () => {
  world = await World.start({ catalogue: PLANS, leaseMode: 'always' });
  other = await secondInstance(world, 'always');
  both = [poster(world), other.post];
});

afterAll(async () => {
  await other.stop();
  await world.stop();
});

const at = (n: number): Post => both[n % 2] as Post;

const isLeased = ({ body }: Reply): boolean => String(body['token']).startsWith('l.');

const reserve = (n: number, customer: string, tokens: number): Promise<Reply> =>
  at(n)('reservations', { customer, quantities: { tokens } });

async function usageOf(customer: string) {
  const { body } = await world.ask('GET', `/v1/customers/${customer}`);
  return (body['usage'] as Record<string, { quantity: number; held: number }>)['tokens'];
}

/** Asks one by one until a lease serves. */
async function leased(customer: string): Promise<Reply> {
  let found: Reply | null = null;
  await until(async () => {
    const reply = await reserve(0, customer, 1);
    found = reply.status === 201 && isLeased(reply) ? reply : null;
    return found !== null;
  }, 'a reservation out of a lease', 10_000);
  return found as unknown as Reply;
}

it('out of a lease: ended at any process, by token or by id and customer', async () => {
  await made(world, 'any');
  const used: number[] = [];
  for (const [n, way] of ['token', 'customer', 'token', 'customer'].entries()) {
    const { body } = await leased('any');
    const whose = way === 'token' ? { token: body['token'] } : { customer: 'any' };
    const path = `reservations/${String(body['id'])}/commit`;
    for (const again of [n, n + 1, n]) {
      const done = await at(again)(path, { ...whose, quantities: { tokens: 1 } });
      expect([done.status, done.body['committed']]).toEqual([200, { tokens: 1 }]);
    }
    used.push(1);
    const released = await at(n + 1)(`reservations/${String(body['id'])}/release`, whose);
    expect([released.status, released.body['code']]).toEqual([409, 'reservation_committed']);
  }
  expect(await usageOf('any')).toMatchObject({ quantity: used.length });
});

it('released at one process and committed at another at once: one of them wins', async () => {
  await made(world, 'two-ends');
  let committed = 0;
  for (let round = 0; round < 10; round += 1) {
    const { body } = await leased('two-ends');
    const id = String(body['id']);
    const ends = await Promise.all([
      at(round)(`reservations/${id}/commit`, { customer: 'two-ends' }),
      at(round + 1)(`reservations/${id}/release`, { token: body['token'] }),
    ]);
    expect(counted(ends)[200]).toBe(1);
    if (ends[0].status === 200) committed += 1;
  }
  expect(await usageOf('two-ends')).toMatchObject({ quantity: committed });
});

it('64 clients that ask for more than there is: never over the cap, to the unit', async () => {
  await made(world, 'crowd');
  let out = 0;
  let used = 0;
  let most = 0;
  let served = 0;
  const client = async (n: number): Promise<void> => {
    for (let round = 0; round < 12; round += 1) {
      const tokens = 1 + ((7 * n + round) % 20);
      const reply = await reserve(n + round, 'crowd', tokens);
      if (reply.status !== 201) continue;
      if (isLeased(reply)) served += 1;
      out += tokens;
      most = Math.max(most, out + used);
      const spent = round % 3 === 0 ? 0 : tokens - (round % 2);
      const path = `reservations/${String(reply.body['id'])}/commit`;
      const whose = { customer: 'crowd', quantities: { tokens: spent } };
      const done = await at(n + (round % 5))(path, whose);
      expect([done.status, done.body['writeOff']]).toEqual([200, null]);
      out -= tokens;
      used += spent;
    }
  };
  await Promise.all(Array.from({ length: 64 }, (_, n) => client(n)));
  expect(most).toBeLessThanOrEqual(CAP);
  expect(served).toBeGreaterThan(50);
  expect((await usageOf('crowd'))?.quantity).toBe(used);
}, 60_000);

it('what is leased and unused comes back by itself: the whole cap can be used', async () => {
  await made(world, 'rest');
  await leased('rest');
  const key: CustomerKey = { mode: 'test', customer: 'rest', life: 1 };
  await until(async () => {
    await world.engine.pass(key);
    const { held = 0 } = (await usageOf('rest')) ?? {};
    return held <= 10;
  }, 'leased quota that came back', 10_000);
  const reply = await at(1)('reservations', {
    id: 'mine',
    customer: 'rest',
    quantities: { tokens: CAP - 10 },
  });
  expect(reply.status).toBe(201);
});
