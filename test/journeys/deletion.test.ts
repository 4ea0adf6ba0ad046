import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import type Stripe from 'stripe';
import type { ReconcileDeps } from '../../activities/reconcile/deps.js';
import { explain } from '../../activities/reconcile/explain.js';
import type { Invoice } from '../../billing/invoice.js';
import { connect } from '../../ledger/connection.js';
import { billingWorkflowId } from '../../workflows/messages.js';
import { startStack, type TestStack } from '../stack.js';
import { until } from '../until.js';
import { DecisionApp } from './decisionApp.js';
import { moneyOf } from './moneyOf.js';

/**
 * DELETE of a customer: what is personal is gone from every collection, from Temporal and from
 * Stripe, whatever is killed on the way; its invoices stay, and are still computed anew.
 */

jest.setTimeout(240_000);

const LIMIT_MS = 60_000;
const DAY_MS = 86_400_000;

let stack: TestStack;
let app: DecisionApp;
let deps: ReconcileDeps;
let stop: () => Promise<void>;

beforeAll(async () => {
  const catalogue = join(__dirname, 'deletion.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  app = new DecisionApp(() => [stack.api], stack.key);
  ({ deps, close: stop } = await moneyOf(stack));
});

afterAll(async () => {
  await stop?.();
  await stack?.stop();
});

const ok = async (method: string, path: string, body?: object) => {
  const reply = await app.ask(method, path, body);
  expect([path, reply.body['detail'], reply.status < 300]).toEqual([path, undefined, true]);
  return reply.body;
};

/** Status and what is said, if anything is; 0 where nothing answered. */
async function remove(customer: string): Promise<readonly [status: number, detail: string]> {
  const headers = { Authorization: `Bearer ${stack.key}` };
  const url = `${stack.api}/v1/customers/${customer}`;
  try {
    const answer = await fetch(url, { method: 'DELETE', headers });
    const text = await answer.text();
    return [answer.status, text === '' ? '' : (JSON.parse(text) as { detail: string }).detail];
  } catch {
    return [0, ''];
  }
}

/** Personal texts, as they were sent. */
const personal = (customer: string) => ({
  name: `Ada ${customer} Lovelace`,
  email: `ada+${customer}@example.org`,
  user: `user-${customer}-17`,
  team: `team-of-${customer}`,
  note: `note about ${customer}`,
  reason: `reason given for ${customer}`,
});

/** A paying customer, used by a person, whose operators have typed reasons; then it leaves. */
async function madeAndLeft(customer: string, tokens = 40): Promise<string> {
  const { name, email, user, team, note, reason } = personal(customer);
  const metadata = { contact: email };
  const path = `/v1/customers/${customer}`;
  await ok('PUT', path, { plan: 'pro', name, email, metadata });
  const properties = { model: 'large', team, note };
  const event = { customer, user, properties };
  await ok('POST', '/v1/events', { ...event, id: 'used', quantities: { tokens } });
  await ok('POST', '/v1/events', { ...event, id: 'mistake', quantities: { tokens: 5 } });
  await ok('POST', '/v1/events/mistake/void', { customer, reason });
  const reserving = { ...event, id: 'r1', quantities: { tokens: 10 } };
  const { token } = await ok('POST', '/v1/reservations', reserving);
  await ok('POST', '/v1/reservations/r1/commit', { customer, properties });
  await ok('PUT', `${path}/limits/user/${user}`, { max: 2000 });
  await ok('PATCH', `${path}/controls`, { frozen: true, reason });
  await ok('PATCH', `${path}/controls`, { frozen: false, reason });
  await ok('POST', `${path}/cancel`, { when: 'now' });
  // Its last invoice comes to its end on the way there.
  const tomorrow = new Date(Date.now() + DAY_MS).toISOString();
  await ok('POST', '/v1/test/clock', { customer, to: tomorrow });
  return token as string;
}

/** All that the ledger holds of a life, as text, with the names of its collections. */
async function everything(): Promise<string> {
  const { connection, database } = await connect(stack.mongodb);
  const texts: string[] = [];
  for (const { name } of await database.listCollections().toArray()) {
    texts.push(name, JSON.stringify(await database.collection(name).find({}).toArray()));
  }
  await connection.close();
  return texts.join('\n');
}

async function found(customer: string): Promise<string[]> {
  const text = await everything();
  return Object.values(personal(customer)).filter((secret) => text.includes(secret));
}

async function runsOf(customer: string, life: number): Promise<boolean> {
  const workflowId = billingWorkflowId({ mode: 'test', customer, life });
  const handle = deps.client.workflow.getHandle(workflowId);
  try {
    await handle.describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

const isForgotten = async (customer: string) => !(await runsOf(customer, 1));

const invoicesOf = async (customer: string) =>
  (await ok('GET', `/v1/customers/${customer}/invoices`))['data'] as Invoice[];

async function expectExplained(customer: string, life: number, invoice: Invoice): Promise<void> {
  const key = { mode: 'test', customer, life } as const;
  const question = { invoice: invoice.id, line: null, listed: 5 };
  const { equal, steps } = await explain(deps, key, question);
  expect([equal, steps.length > 0]).toEqual([true, true]);
}

/** Begun: from now on there is no way back. */
async function fenced(customer: string): Promise<void> {
  const key = { mode: 'test', customer, life: 1 } as const;
  await until(() => deps.ledger.deletions.isFenced(key), 'the fence', LIMIT_MS);
}

/** Deleted to the end, or not known any more: somebody's repeat was first. */
async function removed(customer: string): Promise<void> {
  const isGone = async () => [204, 404].includes((await remove(customer))[0]);
  await until(isGone, `the deletion of ${customer}`, LIMIT_MS);
  await until(async () => (await remove(customer))[0] === 404, 'its end', LIMIT_MS);
}

test('one who has not left is not deleted, and is told what is awaited', async () => {
  await ok('PUT', '/v1/customers/stays', { plan: 'free', name: 'Stays' });
  expect(await remove('stays')).toEqual([409, expect.stringContaining('its cancellation')]);
  expect((await ok('GET', '/v1/customers/stays'))['status']).toBe('active');
  expect((await remove('nobody'))[0]).toBe(404);
});

test('what is personal is gone everywhere; invoices stay and are computed anew', async () => {
  const token = await madeAndLeft('acme');
  const before = await invoicesOf('acme');
  expect(before.map(({ reason, status }) => `${reason} ${status}`)).toEqual([
    'final paid',
    'start paid',
  ]);
  expect(await found('acme')).toEqual(Object.values(personal('acme')));
  const row = await deps.ledger.customers.find('test', 'acme');
  const stripe = deps.stripe.test as Stripe;
  const id = row?.stripeCustomer ?? '';
  expect(await stripe.customers.retrieve(id)).toMatchObject({ name: personal('acme').name });

  expect(await remove('acme')).toEqual([204, '']);
  expect(await found('acme')).toEqual([]);
  expect((await remove('acme'))[0]).toBe(404);
  await until(() => isForgotten('acme'), 'the end of its workflow', LIMIT_MS);
  const made = (await stripe.customers.retrieve(id)) as Stripe.Customer;
  expect([made.name, made.email]).toEqual([null, null]);
  expect(await invoicesOf('acme')).toEqual(before);
  for (const invoice of before) await expectExplained('acme', 1, invoice);

  expect((await app.ask('GET', '/v1/customers/acme')).status).toBe(404);
  const late = { id: 'late', customer: 'acme', quantities: { tokens: 1 } };
  // The embedded stack makes the unknown on its default plan: a life of its own.
  expect((await ok('POST', '/v1/events', late))['status']).toBe('recorded');
  const again = await app.ask('POST', '/v1/reservations/r1/commit', { token });
  expect([again.status, again.body['code']]).toEqual([404, 'unknown_customer']);
});

test('PUT makes a new life: ids may come again, invoices of both lives are listed', async () => {
  await madeAndLeft('again');
  const first = await invoicesOf('again');
  expect((await remove('again'))[0]).toBe(204);
  await madeAndLeft('again', 70);
  const both = await invoicesOf('again');
  expect(both.length).toBe(2 * first.length);
  for (const invoice of both) await expectExplained('again', 2, invoice);
  expect(await runsOf('again', 2)).toBe(true);
  await removed('again');
  expect(await found('again')).toEqual([]);
  expect((await invoicesOf('again')).map(({ id }) => id)).toEqual(both.map(({ id }) => id));
});

test('the API killed in the middle: the deletion goes on by itself', async () => {
  await madeAndLeft('cut');
  const asking = remove('cut');
  await fenced('cut');
  await stack.kill('api');
  expect([0, 204]).toContain((await asking)[0]);
  const deletion = async () => (await deps.ledger.customers.find('test', 'cut'))?.deletion;
  await until(async () => (await deletion()) === 'done', 'its end', LIMIT_MS);
  expect(await found('cut')).toEqual([]);
});

test('the worker killed in the middle: the repeat waits for the same deletion', async () => {
  await madeAndLeft('torn');
  const asking = remove('torn');
  await fenced('torn');
  await stack.kill('worker');
  await asking;
  await removed('torn');
  expect(await found('torn')).toEqual([]);
  expect((await invoicesOf('torn')).length).toBe(2);
});
