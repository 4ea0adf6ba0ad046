import { DecisionQueue } from '../../../api/decisions/queue.js';
import { unavailable } from '../../../api/errors/problem.js';
import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import type { Denial } from '../../../billing/limits/context.js';
import type { CustomerKey } from '../../../billing/log.js';
import { ASKS_MAX, type DecideRequest } from '../../../workflows/messages.js';

/** Asks collect per customer, one Update in flight; what is unknown is asked for again. */

const KEY: CustomerKey = { mode: 'test', customer: 'acme', life: 1 };
const GRANTED: HoldAnswer = {
  type: 'granted',
  hold: 'r#1@1',
  quantities: {},
  grantedAtMs: 0,
  expiresAtMs: 1,
  since: 0,
  limits: [],
};
const LATER: HoldAnswer = { type: 'later', reason: 'the test says so' };

function held(byLeases: boolean): HoldAnswer {
  const denial: Denial = {
    code: 'held_by_concurrent_requests',
    retryable: true,
    detail: '',
    message: '',
    action: 'wait',
    limits: [],
    retryAtMs: null,
    ...(byLeases ? { byLeases: true } : {}),
  };
  return { type: 'denied', denial };
}

function ask(id: string): HoldAsk {
  return { type: 'extend', id };
}

type Answering = (request: DecideRequest, updateId: string) => readonly HoldAnswer[];

/** A workflow that answers as it is told; `open` lets Updates through. */
class Workflow {
  readonly updates: { readonly asks: readonly string[]; readonly id: string }[] = [];
  readonly rides: string[] = [];
  readonly givenBack: CustomerKey[] = [];
  mostInFlight = 0;
  open: Promise<void> = Promise.resolve();
  answering: Answering = ({ asks }) => asks.map(() => GRANTED);
  folded = true;
  private inFlight = 0;

  readonly queue = new DecisionQueue({
    engine: {
      decide: async (_key, request, id) => {
        this.updates.push({ asks: request.asks.map((one) => ('id' in one ? one.id : '')), id });
        this.inFlight += 1;
        this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
        await this.open;
        await new Promise((resolve) => setImmediate(resolve));
        this.inFlight -= 1;
        const answers = this.answering(request, id);
        return { answers, nowMs: 7, mark: 1, folded: this.folded };
      },
    },
    notifier: {
      takeAlong: () => ({
        message: { ranges: [], sums: [], catalogue: 0, head: 0 },
        done: (outcome) => void this.rides.push(outcome),
      }),
    },
    giveBack: async (key) => void this.givenBack.push(key),
  });

  many(count: number): Promise<unknown>[] {
    return Array.from({ length: count }, (_, at) => this.queue.decide(KEY, [ask(`a${at}`)]));
  }
}

let workflow: Workflow;

beforeEach(() => {
  workflow = new Workflow();
});

test('asks collect while an Update is in flight, 200 at most in one, in their order', async () => {
  await Promise.all(workflow.many(450));
  expect(workflow.mostInFlight).toBe(1);
  expect(workflow.updates.map(({ asks }) => asks.length)).toEqual([ASKS_MAX, ASKS_MAX, 50]);
  expect(workflow.updates.flatMap(({ asks }) => asks)[449]).toBe('a449');
});

test('each caller gets the answers to its own asks', async () => {
  workflow.answering = ({ asks }) =>
    asks.map((one) => ({ ...GRANTED, hold: 'id' in one ? one.id : '' }) as HoldAnswer);
  const [two, one] = await Promise.all([
    workflow.queue.decide(KEY, [ask('x'), ask('y')]),
    workflow.queue.decide(KEY, [ask('z')]),
  ]);
  expect(two.answers).toMatchObject([{ hold: 'x' }, { hold: 'y' }]);
  expect(one.answers).toMatchObject([{ hold: 'z' }]);
  expect(one.nowMs).toBe(7);
});

test('an unknown outcome is asked for again under the same id, and not for ever', async () => {
  let failures = 2;
  workflow.answering = ({ asks }) => {
    failures -= 1;
    if (failures >= 0) throw unavailable('away');
    return asks.map(() => GRANTED);
  };
  await workflow.queue.decide(KEY, [ask('a')]);
  expect(new Set(workflow.updates.map(({ id }) => id)).size).toBe(1);
  expect(workflow.updates).toHaveLength(3);
  failures = Infinity;
  await expect(workflow.queue.decide(KEY, [ask('b')])).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(workflow.updates.length).toBeLessThanOrEqual(3 + 6);
  expect(workflow.rides).toEqual(['folded', 'unknown']);
});

test('later is asked again until it is answered, alone', async () => {
  let rounds = 0;
  workflow.answering = ({ asks }) => {
    rounds += 1;
    return asks.map((one) => (rounds < 3 && 'id' in one && one.id === 'l' ? LATER : GRANTED));
  };
  const { answers } = await workflow.queue.decide(KEY, [ask('g'), ask('l')]);
  expect(answers.map(({ type }) => type)).toEqual(['granted', 'granted']);
  expect(workflow.updates.map(({ asks }) => asks)).toEqual([['g', 'l'], ['l'], ['l']]);
  expect(new Set(workflow.updates.map(({ id }) => id)).size).toBe(3);
});

test('later for too long is unavailable, with a time to come back', async () => {
  workflow.answering = ({ asks }) => asks.map(() => LATER);
  await expect(workflow.queue.decide(KEY, [ask('a')])).rejects.toMatchObject({
    code: 'unavailable',
    extras: { headers: { 'Retry-After': '1' } },
  });
});

test('what leases alone hold is given back and asked for again, up to a second', async () => {
  workflow.answering = ({ asks }) =>
    asks.map(() => (workflow.givenBack.length === 0 ? held(true) : GRANTED));
  const { answers } = await workflow.queue.decide(KEY, [ask('a')]);
  expect(answers).toMatchObject([{ type: 'granted' }]);
  expect(workflow.givenBack).toEqual([KEY]);
  workflow.answering = ({ asks }) => asks.map(() => held(true));
  const denied = await workflow.queue.decide(KEY, [ask('b')]);
  expect(denied.answers).toMatchObject([{ type: 'denied' }]);
});

test('what requests hold is denied at once', async () => {
  workflow.answering = ({ asks }) => asks.map(() => held(false));
  await workflow.queue.decide(KEY, [ask('a')]);
  expect(workflow.givenBack).toEqual([]);
  expect(workflow.updates).toHaveLength(1);
});

test('usage of a refused Update is told later', async () => {
  workflow.folded = false;
  await workflow.queue.decide(KEY, [ask('a')]);
  expect(workflow.rides).toEqual(['refused']);
});

test('over 2,000 asks of one customer are refused at once, and counted out again', async () => {
  let release: () => void = () => undefined;
  workflow.open = new Promise((resolve) => (release = resolve));
  const outcomes = Promise.allSettled(workflow.many(2_300));
  await new Promise((resolve) => setImmediate(resolve));
  release();
  const refused = (await outcomes).filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(300);
  expect(workflow.queue.size).toBe(0);
  await workflow.queue.decide(KEY, [ask('after')]);
});

test('a closed queue answers what is in flight and takes no more', async () => {
  const inFlight = workflow.many(3);
  const closed = workflow.queue.close(5_000);
  await expect(workflow.queue.decide(KEY, [ask('late')])).rejects.toMatchObject({
    code: 'unavailable',
  });
  await closed;
  await expect(Promise.all(inFlight)).resolves.toHaveLength(3);
  expect(workflow.queue.size).toBe(0);
});
