import { alertActs, stripeActs } from '../../workflows/acts.js';

/** How activities are asked for. */

interface Call {
  readonly options: { readonly [option: string]: unknown };
}

let mockCalls: Call[] = [];

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/common'),
  defineSignal: () => null,
  defineQuery: () => null,
  defineUpdate: () => null,
  proxyActivities: (options: Call['options']) =>
    new Proxy({}, { get: () => () => Promise.resolve(mockCalls.push({ options })) }),
}));

beforeEach(() => {
  mockCalls = [];
});

it('says no more of an activity than a summary may hold', async () => {
  const key = { mode: 'test', customer: 'acme', life: 1 } as const;
  await alertActs('a'.repeat(500)).raiseAlerts({ key, alerts: [] });
  expect(String(mockCalls[0]?.options['summary'])).toHaveLength(200);
});

it('lets those go first at Stripe whom somebody waits for, and reports last', async () => {
  const acts = stripeActs('x') as unknown as Record<string, () => Promise<unknown>>;
  const names = ['reportUsage', 'holdInvoice', 'collectInvoice', 'subscribe'];
  for (const name of names) await acts[name]?.();
  const urgencies = mockCalls.map(({ options }) => options['priority']);
  expect(urgencies).toEqual([5, 3, 2, 1].map((priorityKey) => ({ priorityKey })));
});
