import { createHmac } from 'node:crypto';
import { createAlertActivities } from '../../../activities/alerts/activities.js';
import { channelsOf } from '../../../activities/alerts/channels.js';
import { AlertDeliverer } from '../../../activities/alerts/deliverer.js';
import type { DueAlert } from '../../../billing/alerts/alert.js';
import type { Ledger } from '../../../ledger/contract.js';
import type { StoredAlert } from '../../../ledger/stores/alertStore.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';
import { until as untilSeen } from '../../until.js';
import {
  startHttpReceiver,
  startMailReceiver,
  type HttpReceiver,
  type MailReceiver,
} from './receivers.js';

/** From raised to taken, on a real ledger and with real receivers. */

const SECRET = Buffer.alloc(32, 7);
const NEVER_HEARD = { id: 'unknown' };

let servers: TestServers;
let ledger: Ledger;
let http: HttpReceiver;
let smtp: MailReceiver;
let nowMs = Date.UTC(2026, 10, 11, 12);
let failures: string[] = [];
const deliverers: AlertDeliverer[] = [];

beforeAll(async () => {
  servers = await startServers({ temporal: false });
  ledger = await openLedger({ uri: servers.mongodbUri });
  http = await startHttpReceiver();
  smtp = await startMailReceiver();
}, 60_000);

afterAll(async () => {
  await Promise.all(deliverers.map((each) => each.close()));
  await ledger?.close();
  await http?.stop();
  await smtp?.stop();
  await servers?.stop();
}, 30_000);

beforeEach(() => {
  // Nothing of an earlier test is due: each lives four days after the one before.
  nowMs += 4 * 86_400_000;
  failures = [];
  http.received.length = 0;
  http.statuses.length = 0;
});

function acting(channels = ['webhook'], object: Record<string, unknown> = NEVER_HEARD) {
  const has = (channel: string) => channels.includes(channel);
  const deliverer = new AlertDeliverer({
    store: ledger.alerts,
    channels: channelsOf({
      ALERT_WEBHOOK_SECRET: [`whsec_${SECRET.toString('base64')}`],
      ...(has('webhook') && { ALERT_WEBHOOK_URL: `${http.url}/hook` }),
      ...(has('slack') && { SLACK_WEBHOOK_URL: `${http.url}/slack/secret` }),
      ...(has('mail') && { SMTP_URL: `smtp://127.0.0.1:${smtp.port}/?to=ops@example.com` }),
    }),
    objectOf: () => Promise.resolve(object),
    onFailure: ({ to, reason }) => void failures.push(`${to}: ${reason}`),
    now: () => nowMs,
  });
  deliverers.push(deliverer);
  const acts = createAlertActivities({ store: ledger.alerts, deliverer, now: () => nowMs });
  return { deliverer, acts };
}

const until = (condition: () => boolean | Promise<boolean>) =>
  untilSeen(condition, 'delivered', 10_000);

const keyOf = (customer: string) => ({ mode: 'test' as const, customer, life: 1 });

function due(content: string, more: Partial<DueAlert> = {}): DueAlert {
  const details = { limit: 'cap', scope: 'customer', key: null, percent: 80, max: 10, used: 8 };
  return { key: content, type: 'limit.approaching', details, untilMs: 0, atMs: nowMs, ...more };
}

async function alertsOf(customer: string): Promise<readonly StoredAlert[]> {
  return (await ledger.alerts.list({ mode: 'test', customer, limit: 100 })).alerts;
}

async function statesOf(customer: string): Promise<string[]> {
  const alerts = await alertsOf(customer);
  return alerts.flatMap(({ deliveries }) =>
    deliveries.map(({ to, status, attempts }) => `${to} ${status} ${attempts}`),
  );
}

it('an alert raised twice is one alert, sent once, through every channel', async () => {
  const { acts } = acting(['webhook', 'slack', 'mail']);
  const raise = () => acts.raiseAlerts({ key: keyOf('once'), alerts: [due('k')] });
  await Promise.all([raise(), raise()]);
  const all = [
    `${http.url}/hook delivered 1`,
    'slack delivered 1',
    'mailto:ops@example.com delivered 1',
  ];
  await until(async () => (await statesOf('once')).every((state) => state.includes('delivered')));
  expect(await statesOf('once')).toEqual(all);
  expect(http.received.map(({ path }) => path).sort()).toEqual(['/hook', '/slack/secret']);
  expect(smtp.mails).toHaveLength(1);
  await raise();
  expect(await acts.deliverDueAlerts()).toBe(0);
  expect(http.received).toHaveLength(2);
  const [stored] = await alertsOf('once');
  expect(stored?.id).toMatch(/^al_[0-9a-f]{32}$/);
  const hook = http.received.find(({ path }) => path === '/hook');
  expect(hook?.headers['webhook-id']).toBe(stored?.id);
});

it('is sent again under the same id until it is taken, with the object as it is then', async () => {
  const object = { id: 'again', status: 'active' };
  const { acts } = acting(['webhook'], object);
  http.statuses.push(500, 503);
  await acts.raiseAlerts({ key: keyOf('again'), alerts: [due('k')] });
  const hook = `${http.url}/hook`;
  await until(async () => (await statesOf('again'))[0] === `${hook} pending 1`);
  nowMs += 29_999;
  expect(await acts.deliverDueAlerts()).toBe(0);
  nowMs += 1;
  expect(await acts.deliverDueAlerts()).toBe(1);
  object.status = 'frozen';
  nowMs += 120_000;
  expect(await acts.deliverDueAlerts()).toBe(1);
  expect(await statesOf('again')).toEqual([`${hook} delivered 3`]);
  expect(failures).toEqual([`${hook}: answered 500`, `${hook}: answered 503`]);
  const ids = new Set(http.received.map(({ headers }) => headers['webhook-id']));
  expect(ids.size).toBe(1);
  const [first, , last] = http.received;
  const statusIn = (body = '{}') => (JSON.parse(body) as { data: { status: string } }).data.status;
  expect([statusIn(first?.body), statusIn(last?.body)]).toEqual(['active', 'frozen']);
  const { 'webhook-id': id, 'webhook-timestamp': seconds } = last?.headers ?? {};
  const signed = `${String(id)}.${String(seconds)}.${last?.body}`;
  const hmac = createHmac('sha256', SECRET).update(signed);
  expect(last?.headers['webhook-signature']).toBe(`v1,${hmac.digest('base64')}`);
});

it('a channel that took it is left alone while another is tried again', async () => {
  const { acts } = acting(['webhook', 'mail']);
  const before = smtp.mails.length;
  http.statuses.push(500);
  await acts.raiseAlerts({ key: keyOf('two'), alerts: [due('k')] });
  await until(async () => (await statesOf('two'))[1] === 'mailto:ops@example.com delivered 1');
  nowMs += 30_000;
  await acts.deliverDueAlerts();
  expect(await statesOf('two')).toEqual([
    `${http.url}/hook delivered 2`,
    'mailto:ops@example.com delivered 1',
  ]);
  expect(smtp.mails).toHaveLength(before + 1);
});

it('what a dead process had taken is sent by another one', async () => {
  const { acts } = acting();
  const stored = { key: keyOf('dead'), alerts: [due('k')] };
  const silent = acting();
  silent.deliverer.nudge = () => undefined;
  await silent.acts.raiseAlerts(stored);
  expect(await ledger.alerts.claim(nowMs, nowMs + 60_000, 10)).toHaveLength(1);
  expect(await acts.deliverDueAlerts()).toBe(0);
  nowMs += 60_000;
  expect(await acts.deliverDueAlerts()).toBe(1);
  expect(await statesOf('dead')).toEqual([`${http.url}/hook delivered 1`]);
});

it('raising waits for no receiver, and closing gives up one that never answers', async () => {
  const { acts, deliverer } = acting();
  http.statuses.push(null);
  await acts.raiseAlerts({ key: keyOf('slow'), alerts: [due('k')] });
  expect(await statesOf('slow')).toEqual([`${http.url}/hook pending 0`]);
  await until(() => http.received.length === 1);
  await deliverer.close();
  expect(await statesOf('slow')).toEqual([`${http.url}/hook pending 1`]);
  expect(await acts.deliverDueAlerts()).toBe(0);
});

it('a channel that is not set any more fails, and says so', async () => {
  const { acts } = acting(['slack']);
  http.statuses.push(500);
  await acts.raiseAlerts({ key: keyOf('gone'), alerts: [due('k')] });
  await until(async () => (await statesOf('gone'))[0] === 'slack pending 1');
  nowMs += 30_000;
  expect(await acting(['webhook']).acts.deliverDueAlerts()).toBe(1);
  expect(failures.at(-1)).toBe('slack: no slack is set any more');
});

it('names the invoice it is about, and differs by customer, life and content', async () => {
  const { acts } = acting([]);
  const about = due('invoice.paid/3', { type: 'invoice.paid', segment: 3 });
  await acts.raiseAlerts({ key: keyOf('bill'), alerts: [about, due('other')] });
  await acts.raiseAlerts({ key: { ...keyOf('bill'), life: 2 }, alerts: [about] });
  await acts.raiseAlerts({ key: { ...keyOf('bill'), mode: 'live' }, alerts: [about] });
  const alerts = await alertsOf('bill');
  expect(new Set(alerts.map(({ id }) => id)).size).toBe(3);
  expect(alerts.filter(({ invoice }) => invoice !== null)).toHaveLength(2);
  expect(alerts.every(({ deliveries }) => deliveries.length === 0)).toBe(true);
});
