import { setTimeout as wait } from 'node:timers/promises';
import { Notifier } from '../../../api/engine/notifier.js';
import type { CustomerKey, LogGroup, UsageMessage } from '../../../billing/log.js';

/** News that ride along on a decision: told once, by one way or the other, never lost. */

const KEY: CustomerKey = { mode: 'test', customer: 'acme', life: 1 };

let sent: UsageMessage[];
let notifier: Notifier;

beforeEach(() => {
  sent = [];
  notifier = new Notifier({
    tell: async (_key, message) => void sent.push(message),
    isUrgent: () => true,
    onFailure: () => undefined,
  });
});

afterEach(() => notifier.close(100));

function note(number: number, catalogue = 1): void {
  const entry = { kind: 'usage', id: `e${number}`, quantities: {}, atMs: 0, hash: '' } as const;
  const last = { atMs: 0, id: `e${number}`, quantity: number };
  const row = { bucket: 60, meter: 'tokens', quantity: number, count: 1, max: number, last };
  const group: LogGroup = {
    ...KEY,
    number,
    group: `g${number}`,
    fence: 0,
    catalogue,
    recordedAtMs: 0,
    entries: [entry],
    sums: [row],
  };
  notifier.note(group);
}

async function told(messages: number): Promise<void> {
  const overMs = Date.now() + 10_000;
  while (sent.length < messages || notifier.size > 0) {
    if (Date.now() > overMs) throw new Error(`${sent.length} messages within 10 s`);
    await wait(10);
  }
}

test('what was folded is not told again, what came meanwhile is', async () => {
  note(1);
  note(2);
  const riding = notifier.takeAlong(KEY);
  expect(riding?.message).toMatchObject({ ranges: [[1, 2]], sums: [{ quantity: 3 }], head: 2 });
  expect(notifier.takeAlong(KEY)).toBeNull();
  note(3);
  riding?.done('folded');
  await told(1);
  expect(sent).toMatchObject([{ ranges: [[3, 3]], sums: [{ quantity: 3 }] }]);
});

test('nothing is told by signal while it rides', async () => {
  note(1);
  const riding = notifier.takeAlong(KEY);
  await wait(700);
  expect(sent).toEqual([]);
  riding?.done('folded');
  expect(notifier.size).toBe(0);
});

test('what was refused is told with what came meanwhile, as one', async () => {
  note(1);
  const riding = notifier.takeAlong(KEY);
  note(2);
  riding?.done('refused');
  await told(1);
  expect(sent).toMatchObject([{ ranges: [[1, 2]], sums: [{ quantity: 3, count: 2 }], head: 2 }]);
});

test('sums of two catalogues are not added up: the workflow reads the log', async () => {
  note(1, 1);
  const riding = notifier.takeAlong(KEY);
  note(2, 2);
  riding?.done('refused');
  await told(1);
  expect(sent).toMatchObject([{ ranges: [], sums: [], head: 2 }]);
});

test('of what may have been folded only the head is told', async () => {
  note(1);
  notifier.takeAlong(KEY)?.done('unknown');
  await told(1);
  expect(sent).toMatchObject([{ ranges: [], sums: [], head: 1 }]);
});

test('a customer without news has nothing to take along', () => {
  expect(notifier.takeAlong(KEY)).toBeNull();
});
