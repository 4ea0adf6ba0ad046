import { setTimeout as wait } from 'node:timers/promises';
import { startStack, type TestStack } from '../../stack.js';

/** The API on real servers: Temporal, worker, ledger and the Stripe sandbox. */

jest.setTimeout(180_000);

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.stop());

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask(method: string, path: string, body?: unknown): Promise<Reply> {
  const answer = await fetch(`${stack.api}${path}`, {
    method,
    headers: { Authorization: `Bearer ${stack.key}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(100_000),
  });
  const json = (await answer.json()) as Reply['body'];
  return { status: answer.status, headers: answer.headers, body: json };
}

const event = (id: string, customer: string, quantity: number) =>
  ask('POST', '/v1/events', { id, customer, quantities: { input_tokens: quantity } });

/** Usage as it is read; "unavailable, try again" is tried again, as any caller would. */
async function tokens(customer: string): Promise<number> {
  const overMs = Date.now() + 30_000;
  let read = await ask('GET', `/v1/customers/${customer}`);
  while (read.status === 503 && Date.now() < overMs) {
    await wait(100);
    read = await ask('GET', `/v1/customers/${customer}`);
  }
  if (read.status !== 200) throw new Error(`${read.status} ${JSON.stringify(read.body)}`);
  return (read.body['usage'] as Record<string, { quantity: number }>)['tokens']?.quantity ?? NaN;
}

test('an event becomes an exact, paid invoice, and the clock answers when it is', async () => {
  const made = await ask('PUT', '/v1/customers/acme', { plan: 'pro', name: 'Acme' });
  expect([made.status, made.body['status']]).toEqual([201, 'active']);
  expect((await ask('PUT', '/v1/customers/acme', { plan: 'pro' })).status).toBe(200);
  expect((await event('e1', 'acme', 1_500_000)).body).toEqual({ id: 'e1', status: 'recorded' });
  expect(await tokens('acme')).toBe(1_500_000);
  const preview = await ask('GET', '/v1/customers/acme/invoice-preview');
  const moved = await ask('POST', '/v1/test/clock', { customer: 'acme', to: 'periodEnd' });
  expect(moved.status).toBe(200);
  expect(moved.body['customer']).toMatchObject({ period: { index: 1 } });
  const { body } = await ask('GET', '/v1/customers/acme/invoices');
  const invoices = body['data'] as readonly Record<string, unknown>[];
  expect(invoices.map(({ reason, status }) => [reason, status])).toEqual([
    ['cycle', 'paid'],
    ['start', 'paid'],
  ]);
  expect(invoices[0]).toMatchObject({ subtotalMinor: 3150, stripe: { totalMinor: 3150 } });
  expect(preview.body['next']).toMatchObject({ subtotalMinor: 3150 });
  const one = await ask('GET', `/v1/invoices/${String(invoices[0]?.['id'])}`);
  expect(one.body).toEqual(invoices[0]);
});

test('free to priced works, and usage before it stays in its own period', async () => {
  await ask('PUT', '/v1/customers/climber', { plan: 'free' });
  await event('f1', 'climber', 10);
  const moved = await ask('PUT', '/v1/customers/climber', { plan: 'pro' });
  expect([moved.status, moved.body['plan']]).toEqual([200, { id: 'pro', version: 1 }]);
  const { customer } = moved.body['stripe'] as { readonly customer: string };
  expect(customer).toMatch(/^cus_/);
});

test('the first event makes a customer on the default plan of the embedded stack', async () => {
  expect((await event('d1', 'walk-in', 7)).body).toEqual({ id: 'd1', status: 'recorded' });
  const { body } = await ask('GET', '/v1/customers/walk-in');
  expect(body).toMatchObject({ plan: { id: 'free' }, usage: { tokens: { quantity: 7 } } });
});

test('kill -9 of Temporal, worker and ledger in turn: no acknowledged event is lost', async () => {
  await ask('PUT', '/v1/customers/tough', { plan: 'pro' });
  let acknowledged = 0;
  let sending = true;
  const sender = async (lane: number): Promise<void> => {
    for (let at = 0; sending; at += 1) {
      const sent = await event(`k${lane}-${at}`, 'tough', 1).catch(() => null);
      if (sent?.status === 200) acknowledged += 1;
      else await wait(100);
    }
  };
  const lanes = [0, 1, 2, 3].map(sender);
  for (const name of ['temporal', 'worker', 'ledger'] as const) await stack.kill(name);
  sending = false;
  await Promise.all(lanes);
  expect(acknowledged).toBeGreaterThan(20);
  const counted = await tokens('tough');
  // What was not acknowledged may stand as well: its answer was lost, not the event.
  expect(counted).toBeGreaterThanOrEqual(acknowledged);
  expect(counted).toBeLessThanOrEqual(acknowledged + 3 * 4);
  const { body } = await ask('GET', '/v1/usage?customer=tough&meter=tokens');
  expect(body['data']).toMatchObject([{ quantity: counted }]);
});
