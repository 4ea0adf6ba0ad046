import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { createApp, type Api } from '../../../api/app.js';
import { lazyConnection } from '../../../api/engine/connection.js';
import { TemporalEngine } from '../../../api/engine/temporalEngine.js';
import { listen, type RunningServer } from '../../../api/server.js';
import type { CustomerKey } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import type { InboxRow } from '../../../ledger/stores/inboxStore.js';
import { SWEEP_SCHEDULE } from '../../../workflows/messages.js';
import { startEngine, usage, type TestEngine } from '../../engine.js';
import { until } from '../../until.js';

/** Webhooks the whole way: sandbox, HTTP, inbox, Temporal, worker and back to Stripe. */

const ANCHOR_MS = Date.UTC(2026, 0, 31, 10, 30);
const DAY_MS = 86_400_000;
const LIMIT_MS = 40_000;
const WORKER_LIMIT_MS = 120_000;
const SECRET = 'whsec_snapshots';
const THIN_SECRET = 'whsec_thin';

let engine: TestEngine;
let api: Api;
let server: RunningServer;
let temporal: TemporalEngine;
let client: Client;

beforeAll(async () => {
  engine = await startEngine();
  const target = { address: engine.temporalAddress, namespace: 'default', apiKey: null };
  temporal = new TemporalEngine(lazyConnection(target), 'default');
  client = new Client({ connection: await Connection.connect({ address: target.address }) });
  api = createApp({
    ledger: engine.ledger,
    engine: temporal,
    logger: pino({ level: 'silent' }),
    webhookSecrets: [SECRET, THIN_SECRET],
    defaultPlan: null,
    requestsPerSecond: null,
    tokenSecret: 'a-token-secret-of-these-tests-only-00',
    leaseMode: 'off',
  });
  server = await listen(api.app, { port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${server.port}/webhooks/stripe`;
  engine.sandbox.setWebhook({ url, secret: SECRET }, { url, secret: THIN_SECRET });
  await until(async () => (await temporal.readiness()).worker, 'worker', WORKER_LIMIT_MS);
}, 180_000);

afterEach(() => engine.sandbox.clearFaults());

afterAll(async () => {
  engine.sandbox.setWebhook(null);
  await server.close(500);
  await api.decisions.close(500);
  await api.notifier.close(500);
  await temporal.close();
  await client.connection.close();
  await engine.stop();
});

const keyOf = (customer: string): CustomerKey => ({ mode: 'test', customer, life: 1 });
const dead = (state: CustomerState) => state.segments[0]?.reports['tokens']?.deadLetter ?? 0;
const accepted = (state: CustomerState) => state.segments[0]?.reports['tokens']?.accepted ?? 0;

/** Lets a customer use tokens in its first days and moves its clock on, so that they are told. */
async function use(customer: string, day: number, tokens: number): Promise<CustomerState> {
  const { segments } = await engine.state(customer);
  const atMs = (segments[0]?.startMs ?? 0) + day * DAY_MS;
  await engine.use(customer, [usage(`${customer}-${day}`, atMs, { input_tokens: tokens })]);
  await engine.command(customer, `to-${day}`, { type: 'clock', toMs: atMs + 1, segment: null });
  return engine.until(customer, (state) => accepted(state) + dead(state) >= day * tokens);
}

async function alertsOf(customer: string) {
  const { alerts } = await engine.ledger.alerts.list({ mode: 'test', customer, limit: 50 });
  return alerts.filter(({ type }) => type === 'report.deadLetter').map(({ details }) => details);
}

test('a report that Stripe refuses later is a dead letter, seen and alerted', async () => {
  await engine.create('refused', 'pro@1', ANCHOR_MS);
  await use('refused', 1, 2_000_000);
  engine.sandbox.fault({ kind: 'meterError', path: 'meter_events$', code: 'archived_meter' });
  await use('refused', 2, 2_000_000);
  const state = await engine.until('refused', (known) => dead(known) > 0);
  expect(state.segments[0]?.reports['tokens']).toMatchObject({
    intended: 4_000_000,
    accepted: 2_000_000,
    inDoubt: 0,
    deadLetter: 2_000_000,
  });
  const [first, second] = await engine.ledger.intents.ofSegment(keyOf('refused'), 0, 'tokens');
  expect([first?.state, second?.state]).toEqual(['accepted', 'deadLetter']);
  expect(second?.reason).toMatch(/^archived_meter: /);
  await until(async () => (await alertsOf('refused')).length > 0, 'alert', LIMIT_MS);
  expect(await alertsOf('refused')).toMatchObject([{ meter: 'tokens', units: 2_000_000 }]);
}, 120_000);

test('the last report of a period refused later: the invoice is held, not collected', async () => {
  const { segments } = await engine.create('held', 'pro@1', ANCHOR_MS);
  const atMs = (segments[0]?.startMs ?? 0) + DAY_MS;
  await engine.use('held', [usage('held-1', atMs, { input_tokens: 3_000_000 })]);
  engine.sandbox.fault({ kind: 'meterError', path: 'meter_events$', code: 'archived_meter' });
  const state = await engine.periodEnd('held', 'end-0');
  expect(state.segments[0]).toMatchObject({
    stage: 'inReview',
    reports: { tokens: { intended: 3_000_000, accepted: 0, deadLetter: 3_000_000 } },
  });
  const page = await engine.ledger.invoices.list({ mode: 'test', customer: 'held', limit: 1 });
  expect(page.invoices[0]).toMatchObject({ status: 'inReview', review: { reason: 'unreported' } });
}, 120_000);

test('a meter switched off at Stripe pages an operator', async () => {
  await engine.create('lost', 'pro@1', ANCHOR_MS);
  const { stripe } = await use('lost', 1, 1_500_000);
  const meter = stripe?.meters['tokens'] ?? '';
  await engine.stripe.billing.meters.deactivate(meter);
  const paged = async () => (await alertsOf('lost')).filter((one) => one['stripeMeter'] === meter);
  await until(async () => (await paged()).length > 0, 'page', LIMIT_MS);
  await engine.stripe.billing.meters.reactivate(meter);
  expect(await paged()).toMatchObject([{ eventName: stripe?.eventNames['tokens'] }]);
}, 120_000);

test('a month of duplicated and reordered webhooks: each event once, nothing left', async () => {
  for (const webhook of ['duplicate', 'reorder'] as const) {
    engine.sandbox.fault({ webhook, times: 50 });
  }
  await engine.create('year', 'pro@1', ANCHOR_MS);
  await use('year', 1, 3_000_000);
  const state = await engine.periodEnd('year', 'end-0');
  expect(state.segments[0]?.stage).toBe('billed');
  await until(() => engine.sandbox.undelivered() === 0, 'delivery', LIMIT_MS);
  const { data } = await engine.stripe.events.list({ limit: 100 });
  const ours = data.filter(({ data: { object } }) => {
    return 'customer' in object && object.customer === state.stripe?.customer;
  });
  expect(ours.length).toBeGreaterThan(5);
  const rows = await Promise.all(ours.map(({ id }) => engine.ledger.inbox.find(id)));
  expect(rows.filter((row) => row === null)).toEqual([]);
  // The newest of each type is of the period's end, when the customer was long known.
  const stateOf = (type: string) => rows.find((row) => row?.type === type)?.state;
  const types = ['invoice.created', 'invoice.finalized', 'invoice.paid'];
  expect(types.map(stateOf)).toEqual(['handed', 'handed', 'handed']);
  expect(stateOf('invoice.payment_succeeded')).toBe('ignored');
  const { invoices } = await engine.ledger.invoices.list({
    mode: 'test',
    customer: 'year',
    limit: 10,
  });
  expect(invoices.map(({ reason, status }) => `${reason} ${status}`)).toEqual([
    'cycle paid',
    'start paid',
  ]);
}, 120_000);

test('swallowed webhook: what a killed process left is handed over by the sweep', async () => {
  const { stripe } = await engine.create('swept', 'pro@1', ANCHOR_MS);
  const base = { mode: 'test', type: 'invoice.created', state: 'received' } as const;
  const days = (count: number) => Date.now() - count * DAY_MS;
  const rows: readonly InboxRow[] = [
    { ...base, id: 'evt_young', stripeCustomer: stripe?.customer ?? '', receivedAtMs: days(0.01) },
    { ...base, id: 'evt_old', stripeCustomer: stripe?.customer ?? '', receivedAtMs: days(3) },
    { ...base, id: 'evt_strange', stripeCustomer: 'cus_nobody', receivedAtMs: days(3) },
    {
      ...base,
      id: 'evt_gone',
      stripeCustomer: null,
      lookup: { object: 'charge', id: 'ch_gone' },
      receivedAtMs: days(3),
    },
  ];
  for (const row of rows) await engine.ledger.inbox.receive(row);
  await client.schedule.getHandle(SWEEP_SCHEDULE).trigger();
  const ends = async () =>
    Promise.all(rows.map(async ({ id }) => (await engine.ledger.inbox.find(id))?.state));
  await until(async () => !(await ends()).includes('received'), 'sweep', LIMIT_MS);
  expect(await ends()).toEqual(['handed', 'handed', 'ignored', 'ignored']);
}, 120_000);
