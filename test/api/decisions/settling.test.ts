import fc from 'fast-check';
import { World } from '../world.js';
import { secondInstance, type Instance } from './instance.js';
import { DECISION_PLANS } from './plans.js';
import { made, poster, type Post } from './scene.js';

/** A reservation ends once, whoever ends it, wherever and however often. */

let world: World;
let other: Instance;
let post: Post;

beforeAll(async () => {
  world = await World.start({ catalogue: DECISION_PLANS });
  other = await secondInstance(world);
  post = poster(world);
});

afterAll(async () => {
  await other.stop();
  await world.stop();
});

const usage = async (customer: string): Promise<unknown> => {
  const { body } = await world.ask('GET', `/v1/customers/${customer}`);
  return (body['usage'] as Record<string, unknown>)['tokens'];
};

test('a repeated reservation is answered as it stands, another body is a conflict', async () => {
  await made(world, 'repeats');
  const asked = { id: 'job-1', customer: 'repeats', quantities: { tokens: 100 } };
  const first = await post('reservations', asked);
  const again = await other.post('reservations', asked);
  expect([first.status, again.status]).toEqual([201, 201]);
  expect({ ...again.body, limits: null }).toEqual({ ...first.body, limits: null });
  const changed = await post('reservations', { ...asked, quantities: { tokens: 99 } });
  expect([changed.status, changed.body['code']]).toEqual([409, 'conflict']);
  expect(await usage('repeats')).toEqual({ quantity: 0, held: 100 });
  const used = { customer: 'repeats', quantities: { tokens: 40 } };
  await other.post('reservations/job-1/commit', used);
  const after = await post('reservations', asked);
  expect([after.status, after.body['status']]).toEqual([201, 'committed']);
  expect(after.body).toMatchObject({ quantities: { tokens: 100 }, committed: { tokens: 40 } });
  const late = await post('reservations', { ...asked, quantities: { tokens: 99 } });
  expect(late.body['code']).toBe('conflict');
  expect(await usage('repeats')).toEqual({ quantity: 40, held: 0 });
});

test('commit gives back the rest, and a repeat gives the first answer', async () => {
  await made(world, 'rest');
  const { body } = await post('reservations', { customer: 'rest', quantities: { tokens: 300 } });
  const path = `reservations/${String(body['id'])}/commit`;
  const asked = { customer: 'rest', quantities: { tokens: 120 } };
  const first = await post(path, asked);
  const committed = { status: 'committed', committed: { tokens: 120 }, writeOff: null };
  expect(first.body).toMatchObject(committed);
  const elsewhere = await other.post(path, { ...asked, quantities: { tokens: 300 } });
  expect(elsewhere.body).toMatchObject({ status: 'committed', committed: { tokens: 120 } });
  expect(await usage('rest')).toEqual({ quantity: 120, held: 0 });
});

test('a cache hit counts nothing and keeps its meters', async () => {
  await made(world, 'cached');
  const { body } = await post('reservations', { customer: 'cached', quantities: { tokens: 300 } });
  const path = `reservations/${String(body['id'])}/commit`;
  const hit = await post(path, { token: body['token'], cacheHit: true });
  expect(hit).toMatchObject({ status: 200, body: { status: 'committed', committed: {} } });
  expect(await usage('cached')).toEqual({ quantity: 0, held: 0 });
});

test('more than reserved is taken where it fits, and written off where it does not', async () => {
  await made(world, 'more');
  const grant = async (): Promise<string> => {
    const { body } = await post('reservations', { customer: 'more', quantities: { tokens: 100 } });
    return String(body['id']);
  };
  const fits = await post(`reservations/${await grant()}/commit`, {
    customer: 'more',
    quantities: { tokens: 350 },
  });
  expect(fits.body).toMatchObject({ committed: { tokens: 350 }, writeOff: null });
  const beyond = await post(`reservations/${await grant()}/commit`, {
    customer: 'more',
    quantities: { tokens: 180 },
  });
  expect(beyond.body).toMatchObject({ committed: { tokens: 100 }, writeOff: { tokens: 80 } });
  expect(await usage('more')).toEqual({ quantity: 450, held: 0 });
});

test('commit after release and release after commit are refused; repeats are not', async () => {
  await made(world, 'ends');
  const grant = async (): Promise<string> => {
    const { body } = await post('reservations', { customer: 'ends', quantities: { tokens: 10 } });
    return `reservations/${String(body['id'])}`;
  };
  const end = async (at: Post, path: string): Promise<unknown[]> => {
    const { status, body } = await at(path, { customer: 'ends' });
    return [status, body['code'] ?? body['status']];
  };
  const released = await grant();
  expect(await end(post, `${released}/release`)).toEqual([200, 'released']);
  expect(await end(other.post, `${released}/release`)).toEqual([200, 'released']);
  expect(await end(other.post, `${released}/commit`)).toEqual([409, 'reservation_released']);
  expect(await end(post, `${released}/extend`)).toEqual([409, 'reservation_released']);
  const committed = await grant();
  expect(await end(other.post, `${committed}/commit`)).toEqual([200, 'committed']);
  expect(await end(post, `${committed}/release`)).toEqual([409, 'reservation_committed']);
  expect(await end(post, `${committed}/extend`)).toEqual([409, 'reservation_committed']);
  expect(await end(other.post, `reservations/nobody/commit`)).toEqual([404, 'not_found']);
});

test('commits and releases at two processes in any order: one wins, counted once', async () => {
  const action = fc.record({
    here: fc.boolean(),
    commit: fc.boolean(),
    byToken: fc.boolean(),
    used: fc.integer({ min: 0, max: 20 }),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 2, maxLength: 6 }), async (actions) => {
      const customer = `race-${(run += 1)}`;
      await made(world, customer);
      const { body } = await post('reservations', { customer, quantities: { tokens: 20 } });
      const path = `reservations/${String(body['id'])}`;
      const ends = actions.map(({ here, commit, byToken, used }) => {
        const whose = byToken ? { token: body['token'] } : { customer };
        const what = commit ? { ...whose, quantities: { tokens: used } } : whose;
        return (here ? post : other.post)(`${path}/${commit ? 'commit' : 'release'}`, what);
      });
      const replies = await Promise.all(ends);
      const good = replies.filter(({ status }) => status === 200).map((reply) => reply.body);
      const ended = good.map((end) => JSON.stringify([end['status'], end['committed']]));
      const outcomes = new Set(ended);
      expect(outcomes.size).toBe(1);
      const bad = replies.filter(({ status }) => status !== 200);
      expect(bad.every(({ status }) => status === 409)).toBe(true);
      const committed = good[0]?.['committed'] as { readonly tokens: number } | null;
      expect(await usage(customer)).toEqual({ quantity: committed?.tokens ?? 0, held: 0 });
      expect(await world.entries(customer)).toBe(3);
    }),
    { numRuns: 8 },
  );
});
