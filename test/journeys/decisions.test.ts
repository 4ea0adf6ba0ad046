import { join } from 'node:path';
import * as fc from 'fast-check';
import { startStack, type TestStack } from '../stack.js';
import { until } from '../until.js';
import { ApiProcess } from './apiProcess.js';
import { byClients, DecisionApp, type Reply } from './decisionApp.js';
import { roundsLimitMs, roundsOf } from './settings.js';

/** Decisions hold: many clients, two API processes, in exact and in fast mode. */

const CATALOGUE = join(__dirname, 'decisions.catalogue.json');
const ROUNDS = roundsOf(3);

jest.setTimeout(roundsLimitMs(ROUNDS, 15_000));

const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

describe.each(['off', 'always'])('decisions with leases %s, at two API processes', (leases) => {
  let stack: TestStack;
  let other: ApiProcess;
  let app: DecisionApp;

  beforeAll(async () => {
    const environment = { DURABILL_CATALOGUE: CATALOGUE, DURABILL_LEASES: leases };
    stack = await startStack({ environment });
    other = await ApiProcess.start(stack, environment);
    app = new DecisionApp(() => [stack.api, other.url], stack.key);
  });

  afterAll(async () => {
    await other?.stop();
    await stack?.stop();
  });

  it('grants exactly 6 of 20 concurrent reservations of 75 against 500', async () => {
    await app.put('six', 'five-hundred');
    const asked = ids('r', 20).map((id, n) => app.reserve('six', 75, { id }, n));
    const replies = await Promise.all(asked);
    const granted = replies.filter(({ status }) => status === 201);
    const denied = replies.filter(({ status }) => status !== 201);
    expect([granted.length, denied.length]).toEqual([6, 14]);
    expect(new Set(denied.map(codeOf))).toEqual(new Set(['429 held_by_concurrent_requests']));
    await Promise.all(granted.map(({ body }, n) => app.commit('six', String(body['id']), {}, n)));
    // The commits of the other process are told within half a second.
    const isReached = async () => codeOf(await app.reserve('six', 75)) === '402 limit_reached';
    await until(isReached, 'limit_reached', 5_000);
    expect(await app.limit('six')).toEqual({ used: 450, held: 0 });
  });

  it.each([500, 1_000])('counts %i concurrent pairs of reserve and commit exactly', async (n) => {
    const customer = `pairs-${n}`;
    await app.put(customer, 'million');
    await byClients(ids('p', n), n, async (_, at) => {
      const { status, body } = await app.reserve(customer, 10, {}, at);
      expect(status).toBe(201);
      const quantities = { input_tokens: at % 11 };
      const done = await app.commit(customer, String(body['id']), { quantities }, at + 1);
      expect(done.status).toBe(200);
    });
    const used = ids('', n).reduce((sum, _, at) => sum + (at % 11), 0);
    expect(await settled(app, customer, used)).toEqual({ used, held: 0 });
  });

  it('never grants 1,001 of a cap of 1,000 to 64 clients that ask for 4,000', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const customer = `race-${round}`;
      await app.put(customer, 'thousand');
      let granted = 0;
      const asks = Array.from({ length: 800 }, (_, n) => 1 + (n % 9));
      await byClients(asks, 64, async (tokens, at) => {
        const { status, body } = await app.reserve(customer, tokens, {}, at);
        if (status !== 201) return;
        granted += tokens;
        expect(granted).toBeLessThanOrEqual(1_000);
        await app.commit(customer, String(body['id']), {}, at + 1);
      });
      expect(await settled(app, customer, granted)).toEqual({ used: granted, held: 0 });
      expect(granted).toBeGreaterThan(990);
    }
  });

  it('ends each reservation once, whatever ends it at which process, in any order', async () => {
    await app.put('ended', 'million');
    let used = 0;
    const way = fc.record({ isCommit: fc.boolean(), at: fc.nat({ max: 1 }) });
    const ways = fc.array(way, { minLength: 2, maxLength: 6 });
    const property = fc.asyncProperty(ways, fc.boolean(), async (ends, atOnce) => {
      const { body } = await app.reserve('ended', 7);
      const id = String(body['id']);
      const end = ({ isCommit, at }: { readonly isCommit: boolean; readonly at: number }) =>
        isCommit ? app.commit('ended', id, {}, at) : app.release('ended', id, at);
      const replies: Reply[] = [];
      if (atOnce) replies.push(...(await Promise.all(ends.map(end))));
      else for (const one of ends) replies.push(await end(one));
      const statuses = replies.flatMap((reply) => (reply.status === 200 ? [reply.body] : []));
      expect(new Set(statuses.map(({ status }) => status)).size).toBe(1);
      const isCommitted = statuses[0]?.['status'] === 'committed';
      const refused = isCommitted ? '409 reservation_committed' : '409 reservation_released';
      replies.forEach((reply, at) => {
        const isSame = ends[at]?.isCommit === isCommitted;
        expect(isSame ? '200 undefined' : refused).toBe(codeOf(reply));
      });
      if (isCommitted) used += 7;
    });
    await fc.assert(property, { numRuns: 15, seed: jest.getSeed(), endOnFailure: true });
    expect(await settled(app, 'ended', used)).toEqual({ used, held: 0 });
  });

  it('can not give 600 of 500 across midnight', async () => {
    await app.put('midnight', 'daily');
    const before = '2030-05-01T23:59:50.000Z';
    await app.ask('POST', '/v1/test/clock', { customer: 'midnight', to: before });
    const late = await app.reserve('midnight', 100, { id: 'late', ttlMs: 600_000 });
    expect(late.status).toBe(201);
    const after = '2030-05-02T00:00:01.000Z';
    await app.ask('POST', '/v1/test/clock', { customer: 'midnight', to: after });
    expect((await app.reserve('midnight', 500, { id: 'day' })).status).toBe(201);
    const { status, body } = await app.commit('midnight', 'late', {}, 1);
    expect([status, body['committed']]).toEqual([200, { input_tokens: 100 }]);
    expect(codeOf(await app.reserve('midnight', 1))).toBe('429 held_by_concurrent_requests');
    await app.commit('midnight', 'day');
    expect(await app.limit('midnight')).toEqual({ used: 500, held: 0 });
  });
});

function codeOf({ status, body }: Reply): string {
  return `${status} ${String(body['code'])}`;
}

/** The limit once leases have given back what they held. */
async function settled(app: DecisionApp, customer: string, used: number) {
  const overMs = Date.now() + 20_000;
  let seen = await app.limit(customer);
  while ((seen.held > 0 || seen.used < used) && Date.now() < overMs) {
    seen = await app.limit(customer);
  }
  return seen;
}
