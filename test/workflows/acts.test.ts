import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { alertActs, laneActs, logActs, stripeActs } from '../../workflows/acts.js';
import type { Life } from '../../workflows/life.js';

/** Where activities run, and what happens when that does not work. */

interface Call {
  readonly where: 'near' | 'far';
  readonly name: string;
  readonly options: { readonly [option: string]: unknown };
}

let mockCalls: Call[] = [];
let mockFailure: Error | null = null;

jest.mock('@temporalio/workflow', () => {
  const acts = (where: Call['where']) => (options: Call['options']) =>
    new Proxy(
      {},
      {
        get: (_none, name) => () => {
          mockCalls.push({ where, name: String(name), options });
          if (where === 'near' && mockFailure) return Promise.reject(mockFailure);
          return Promise.resolve({ number: 7 });
        },
      },
    );
  return {
    ...jest.requireActual<object>('@temporalio/common'),
    defineSignal: () => null,
    defineQuery: () => null,
    defineUpdate: () => null,
    proxyActivities: acts('far'),
    proxyLocalActivities: acts('near'),
  };
});

beforeEach(() => {
  mockCalls = [];
  mockFailure = null;
});

const key = { mode: 'test', customer: 'acme', life: 1 } as const;
const fence = { key, name: 'closed-0', fence: { type: 'closed', segment: 0 } } as const;
const places = () => mockCalls.map(({ where }) => where);

function failed(cause: Error): ActivityFailure {
  return new ActivityFailure('failed', 'writeFence', '1', 'MAXIMUM_ATTEMPTS_REACHED', '', cause);
}

it('runs what asks our own ledger inside the task of the workflow', async () => {
  expect(await logActs({ frugal: true }, 'fence').writeFence(fence)).toEqual({ number: 7 });
  await alertActs({ frugal: true }, 'a'.repeat(500)).raiseAlerts({ key, alerts: [] });
  expect(places()).toEqual(['near', 'near']);
  expect(String(mockCalls[1]?.options['summary'])).toHaveLength(200);
});

it('goes on as it did where the run began before that', async () => {
  await logActs({ frugal: false }, 'fence').writeFence(fence);
  expect(places()).toEqual(['far']);
});

it('tries in a task of its own what did not work near within a second', async () => {
  mockFailure = failed(new Error('no end in time'));
  expect(await logActs({ frugal: true }, 'fence').writeFence(fence)).toEqual({ number: 7 });
  expect(places()).toEqual(['near', 'far']);
  expect(mockCalls[0]?.options).toMatchObject({
    scheduleToCloseTimeout: '1 second',
    retry: { maximumAttempts: 1 },
  });
});

it('tries nothing again that can not be helped', async () => {
  const type = 'conflict';
  mockFailure = failed(ApplicationFailure.create({ message: 'other', type, nonRetryable: true }));
  const written = logActs({ frugal: true }, 'fence').writeFence(fence);
  await expect(written).rejects.toBe(mockFailure);
  expect(places()).toEqual(['near']);
});

it('never holds up decisions for the lanes of the log', async () => {
  const life = (asked: boolean) => ({ frugal: true, state: { holds: { asked } } }) as Life;
  await laneActs(life(true), 'fence').writeFence(fence);
  await laneActs(life(false), 'fence').writeFence(fence);
  expect(places()).toEqual(['far', 'near']);
});

it('lets those go first at Stripe whom somebody waits for, and reports last', async () => {
  const acts = stripeActs('x') as unknown as Record<string, () => Promise<unknown>>;
  const names = ['reportUsage', 'holdInvoice', 'collectInvoice', 'subscribe'];
  for (const name of names) await acts[name]?.();
  const urgencies = mockCalls.map(({ options }) => options['priority']);
  expect(urgencies).toEqual([5, 3, 2, 1].map((priorityKey) => ({ priorityKey })));
});
