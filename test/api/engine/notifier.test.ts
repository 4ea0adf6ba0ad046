import { setTimeout as wait } from 'node:timers/promises';
import { Notifier, type NotifierPorts } from '../../../api/engine/notifier.js';
import type { CustomerKey, LogGroup, SumRow, UsageMessage } from '../../../billing/log.js';
import { settle } from '../../ledger/entries.js';

/** Telling the workflows: one message in flight, sums while small, the head in any case. */

interface Sent {
  readonly customer: string;
  readonly message: UsageMessage;
}

/** Takes what it is told; can be made to fail or to wait. */
class Workflows {
  readonly sent: Sent[] = [];
  readonly failures: unknown[] = [];
  failing = false;
  running = 0;
  mostRunning = 0;
  gate: Promise<void> = Promise.resolve();

  readonly ports: NotifierPorts = {
    tell: async (key: CustomerKey, message: UsageMessage) => {
      this.running += 1;
      this.mostRunning = Math.max(this.mostRunning, this.running);
      await this.gate;
      this.running -= 1;
      if (this.failing) throw new Error('away');
      this.sent.push({ customer: key.customer, message });
    },
    isUrgent: () => true,
    onFailure: (error: unknown) => void this.failures.push(error),
  };
}

const row = (quantity: number, user = 'u'): SumRow => ({
  bucket: 60,
  meter: 'tokens',
  user,
  quantity,
  count: 1,
  max: quantity,
  last: { atMs: 60_000, id: `e${quantity}`, quantity },
});

function group(number: number, change: Partial<LogGroup> = {}): LogGroup {
  return {
    mode: 'test',
    customer: 'acme',
    life: 1,
    number,
    group: `g${number}`,
    fence: 0,
    catalogue: 1,
    recordedAtMs: 0,
    entries: [{ kind: 'usage', id: `e${number}`, quantities: { tokens: 1 }, atMs: 0, hash: '' }],
    sums: [row(number)],
    ...change,
  };
}

async function until(condition: () => boolean): Promise<void> {
  const overMs = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > overMs) throw new Error('not seen within 10 s');
    await wait(10);
  }
}

let workflows: Workflows;
let notifier: Notifier;

beforeEach(() => {
  workflows = new Workflows();
  notifier = new Notifier(workflows.ports);
});

afterEach(() => notifier.close(100));

test('groups of a second travel as one message: ranges joined, sums added up', async () => {
  for (const number of [1, 2, 3, 5]) notifier.note(group(number));
  await until(() => workflows.sent.length === 1);
  expect(workflows.sent[0]?.message).toMatchObject({
    ranges: [
      [1, 3],
      [5, 5],
    ],
    sums: [{ meter: 'tokens', quantity: 11, count: 4, max: 5 }],
    catalogue: 1,
    head: 5,
  });
  await until(() => notifier.size === 0);
});

test('a group with a command is only heard of: its order matters', async () => {
  notifier.note(group(1));
  const command = { type: 'clock', toMs: 1, segment: null } as const;
  notifier.note(group(2, { entries: [{ kind: 'command', id: 'command/x', command, hash: '' }] }));
  await until(() => workflows.sent.length === 1);
  expect(workflows.sent[0]?.message).toMatchObject({ ranges: [[1, 1]], head: 2 });
});

test('settles only count: their rows and the holds they end travel, in order', async () => {
  const settling = (number: number): Partial<LogGroup> => ({
    entries: [settle(`r${number}`, `r${number}#${number}@1`, 0)],
    ends: [{ hold: `r${number}#${number}@1` }],
  });
  for (const number of [1, 3]) notifier.note(group(number, settling(number)));
  notifier.note(group(4));
  await until(() => workflows.sent.length === 1);
  expect(workflows.sent[0]?.message).toMatchObject({
    ranges: [
      [1, 1],
      [3, 4],
    ],
    sums: [{ quantity: 8, count: 3 }],
    ends: [{ hold: 'r1#1@1' }, { hold: 'r3#3@1' }],
  });
  notifier.note(group(5));
  await until(() => workflows.sent.length === 2);
  expect(workflows.sent[1]?.message).not.toHaveProperty('ends');
});

test('says from where on it knows that nothing acts, also below what was told before', async () => {
  for (const number of [3, 4]) notifier.note(group(number));
  await until(() => workflows.sent.length === 1);
  workflows.failing = true;
  notifier.note(group(5));
  await until(() => workflows.failures.length > 0);
  workflows.failing = false;
  notifier.note(group(6));
  await until(() => notifier.size === 0);
  const told = workflows.sent.map(({ message: { ranges, quietFrom } }) => [ranges, quietFrom]);
  expect(told).toEqual([
    [[[3, 4]], 3],
    [[[6, 6]], 5],
  ]);
});

test('what another process wrote, or what acts, may be anything', async () => {
  const fence = { kind: 'fence', id: 'fence/x', fence: { type: 'epoch' }, hash: '' } as const;
  notifier.note(group(1));
  notifier.note(group(3));
  await until(() => workflows.sent.length === 1);
  expect(workflows.sent[0]?.message).not.toHaveProperty('quietFrom');
  notifier.note(group(4));
  notifier.note(group(5, { entries: [fence] }));
  await until(() => workflows.sent.length === 2);
  expect(workflows.sent[1]?.message).not.toHaveProperty('quietFrom');
});

test('more ends than fit into a message are left to the log', async () => {
  const ends = Array.from({ length: 3000 }, (_, at) => ({
    hold: `r${at}#${at}@1`,
    settled: { tokens: at },
  }));
  notifier.note(group(1, { ends }));
  await until(() => workflows.sent.length === 1);
  expect(workflows.sent[0]?.message).toEqual({ ranges: [], sums: [], catalogue: 0, head: 1 });
});

test('sums of two catalogues are never mixed', async () => {
  notifier.note(group(1));
  notifier.note(group(2, { catalogue: 2 }));
  await until(() => workflows.sent.length === 1);
  expect(workflows.sent[0]?.message).toMatchObject({ ranges: [[1, 1]], catalogue: 1, head: 2 });
});

test('what would not fit into a message is left to the log', async () => {
  const sums = Array.from({ length: 2000 }, (_, at) => row(1, `user-${at}`));
  notifier.note(group(1, { sums }));
  await until(() => workflows.sent.length === 1);
  expect(workflows.sent[0]?.message).toEqual({ ranges: [], sums: [], catalogue: 0, head: 1 });
});

test('one message in flight per customer; the rest waits and goes together', async () => {
  let open = (): void => undefined;
  workflows.gate = new Promise((resolve) => (open = resolve));
  notifier.note(group(1));
  await until(() => workflows.running === 1);
  for (const number of [2, 3, 4]) notifier.note(group(number));
  const told = notifier.tellNow({ mode: 'test', customer: 'acme', life: 1 }, 4);
  open();
  await told;
  expect(workflows.mostRunning).toBe(1);
  expect(workflows.sent.map(({ message }) => message.ranges)).toEqual([[[1, 1]], [[2, 4]]]);
});

test('after a failure only the head is told, again and again until it is taken', async () => {
  workflows.failing = true;
  notifier.note(group(1));
  await until(() => workflows.failures.length === 1);
  notifier.note(group(2));
  expect(notifier.size).toBe(1);
  workflows.failing = false;
  await until(() => notifier.size === 0);
  expect(workflows.sent.at(-1)?.message.head).toBe(2);
  const folded = workflows.sent.flatMap(({ message }) => message.ranges);
  expect(folded).not.toContainEqual([1, 1]);
});

test('tellNow says when Temporal is away, and the news stay', async () => {
  workflows.failing = true;
  const key = { mode: 'test', customer: 'acme', life: 1 } as const;
  await expect(notifier.tellNow(key, 7)).rejects.toThrow('away');
  workflows.failing = false;
  await until(() => notifier.size === 0);
  expect(workflows.sent.at(-1)?.message.head).toBe(7);
});

test('closing sends what waits', async () => {
  for (let at = 0; at < 200; at += 1) notifier.note(group(1, { customer: `c${at}` }));
  await notifier.close(2000);
  expect(new Set(workflows.sent.map(({ customer }) => customer)).size).toBe(200);
  expect(workflows.mostRunning).toBeLessThanOrEqual(32);
});

test('closing ends in time though Temporal never answers', async () => {
  workflows.gate = new Promise(() => undefined);
  notifier.note(group(1));
  const startedAt = Date.now();
  await notifier.close(300);
  expect(Date.now() - startedAt).toBeLessThan(2000);
});
