import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import Stripe from 'stripe';
import { stripeClient } from '../../activities/stripe/client.js';
import type { Ledger } from '../../ledger/contract.js';
import { connect } from '../../ledger/connection.js';
import { openLedger } from '../../ledger/open.js';
import { SWEEP_SCHEDULE } from '../../workflows/messages.js';
import { startStack, type TestStack } from '../stack.js';
import { until } from '../until.js';
import { ApiProcess } from './apiProcess.js';
import { DecisionApp } from './decisionApp.js';
import { startTcpGate, type TcpGate } from './tcpGate.js';

/**
 * swallowed webhook, with real processes: kill -9 after the inbox row and before the signal. The
 * customer knows nothing of it then. Stripe's repeat is acted on, not taken for "seen already",
 * and what is never repeated is found by the sweep.
 */

jest.setTimeout(180_000);

const LIMIT_MS = 40_000;

let stack: TestStack;
let gate: TcpGate;
let api: ApiProcess;
let ledger: Ledger;
let stripe: Stripe;
let secret: string;

beforeAll(async () => {
  const catalogue = join(__dirname, 'plans.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  const secrets = JSON.parse(await readFile(join(stack.folder, 'secrets.json'), 'utf8')) as {
    readonly stripeSecretKey: string;
    readonly stripeWebhookSecret: string;
  };
  secret = secrets.stripeWebhookSecret;
  stripe = stripeClient({ secretKey: secrets.stripeSecretKey, apiBase: stack.stripe });
  ledger = await openLedger({ uri: stack.mongodb });
  gate = await startTcpGate(stack.temporal);
  api = await ApiProcess.start(stack, { TEMPORAL_ADDRESS: gate.address });
});

afterAll(async () => {
  await api?.stop();
  await gate?.stop();
  await ledger?.close();
  await stack?.stop();
});

const TYPE = 'customer.subscription.updated';

/** A change made at Stripe whose webhook is not delivered: the test delivers it. */
async function changeAtStripe(subscription: string): Promise<Stripe.Event> {
  const fault = { webhook: 'drop', type: TYPE, times: 10 };
  const body = JSON.stringify(fault);
  await fetch(`${stack.stripe}/_sandbox/faults`, { method: 'POST', body });
  await stripe.subscriptions.update(subscription, { cancel_at_period_end: true });
  const { data } = await stripe.events.list({ type: TYPE, limit: 1 });
  const [event] = data;
  if (!event) throw new Error('no event');
  return event;
}

function deliver(url: string, event: Stripe.Event): Promise<Response> {
  const payload = JSON.stringify(event);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
  return fetch(`${url}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    body: payload,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
}

const app = () => new DecisionApp(() => [stack.api], stack.key);

const read = async (customer: string) =>
  (await app().ask('GET', `/v1/customers/${customer}`)).body;

/** A paying customer that Stripe lets cancel: the event of it, undelivered. */
async function cancelledAtStripe(customer: string): Promise<Stripe.Event> {
  const body = { plan: 'pro', anchor: '2026-01-31T10:23:00Z' };
  await app().ask('PUT', `/v1/customers/${customer}`, body);
  const link = (await read(customer))['stripe'] as { readonly subscription: string };
  return changeAtStripe(link.subscription);
}

const stateOf = async ({ id }: Stripe.Event) => (await ledger.inbox.find(id))?.state;

/** Half a minute goes by for a row, and the sweep comes round. */
async function sweepLater({ id }: Stripe.Event): Promise<void> {
  const { connection, database } = await connect(stack.mongodb);
  const rows = database.collection<{ _id: string; receivedAtMs: number }>('inbox');
  await rows.updateOne({ _id: id }, { $inc: { receivedAtMs: -60_000 } });
  await connection.close();
  const temporal = await Connection.connect({ address: stack.temporal });
  await new Client({ connection: temporal }).schedule.getHandle(SWEEP_SCHEDULE).trigger();
  await temporal.close();
}

async function isActedOn(customer: string, event: Stripe.Event): Promise<void> {
  const scheduled = async () => (await read(customer))['scheduled'];
  const isSeen = async () => (await scheduled()) !== null;
  await until(isSeen, `the cancellation of ${customer}`, LIMIT_MS);
  expect(await scheduled()).toMatchObject({ action: 'cancel', plan: null });
  await until(async () => (await stateOf(event)) === 'handed', 'the end of the row', LIMIT_MS);
}

test('the API killed between inbox and signal: repeat and sweep are acted on', async () => {
  const repeated = await cancelledAtStripe('repeated');
  const swept = await cancelledAtStripe('swept');
  expect([await stateOf(repeated), await stateOf(swept)]).toEqual([undefined, undefined]);

  gate.close();
  const answers = [repeated, swept].map((event) =>
    deliver(api.url, event).then(
      ({ status }) => status,
      () => 'no answer',
    ),
  );
  const states = () => Promise.all([stateOf(repeated), stateOf(swept)]);
  const areStored = async () => (await states()).every((state) => state === 'received');
  await until(areStored, 'the inbox rows', LIMIT_MS);
  process.kill(api.pid, 'SIGKILL');
  expect(await Promise.all(answers)).toEqual(['no answer', 'no answer']);
  expect(await states()).toEqual(['received', 'received']);
  expect((await read('repeated'))['scheduled']).toBeNull();
  expect((await read('swept'))['scheduled']).toBeNull();

  expect((await deliver(stack.api, repeated)).status).toBe(200);
  await isActedOn('repeated', repeated);
  expect((await read('swept'))['scheduled']).toBeNull();
  await sweepLater(swept);
  await isActedOn('swept', swept);
});
