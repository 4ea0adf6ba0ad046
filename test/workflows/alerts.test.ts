import { startEngine, usage, type TestEngine } from '../engine.js';
import { startHttpReceiver, type HttpReceiver } from '../activities/alerts/receivers.js';
import { until } from '../until.js';

/** Alerts on the whole engine: from a log entry to a signed webhook, on real servers. */

const ANCHOR_MS = Date.UTC(2026, 0, 31, 10, 30);
const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

let engine: TestEngine;
let http: HttpReceiver;

beforeAll(async () => {
  http = await startHttpReceiver();
  engine = await startEngine({
    historyLengthMax: 150,
    environment: { ALERT_WEBHOOK_URL: `${http.url}/hook`, ALERT_WEBHOOK_SECRET: SECRET },
  });
}, 120_000);

afterAll(async () => {
  await engine?.stop();
  await http?.stop();
});

interface Told {
  readonly type: string;
  readonly data: { readonly id: string; readonly status: string; readonly alert: object };
}

const toldOf = (customer: string): Told[] =>
  http.received
    .map(({ body }) => JSON.parse(body) as Told)
    .filter(({ data }) => 'customer' in data.alert && data.alert.customer === customer);

const seen = (condition: () => boolean | Promise<boolean>) =>
  until(condition, 'alerts', 20_000);

it('usage near a limit is told once, with the customer as it is, then its invoice', async () => {
  const state = await engine.create('near', 'pro@1', ANCHOR_MS);
  const plan = engine.published.snapshots['pro@1']?.plan;
  const included = plan?.prices?.['tokens']?.included ?? 0;
  const atMs = (state.segments[0]?.startMs ?? 0) + 3_600_000;
  const half = Math.ceil(included / 2);
  await engine.use('near', [usage('n-1', atMs, { input_tokens: half })]);
  await seen(() => toldOf('near').length === 1);
  expect(toldOf('near')[0]).toMatchObject({
    type: 'limit.approaching',
    data: {
      id: 'near',
      status: 'active',
      alert: { details: { limit: 'included/tokens', percent: 50, max: included, used: half } },
    },
  });
  await engine.use('near', [usage('n-2', atMs, { input_tokens: 1 })]);
  await engine.periodEnd('near', 'end');
  await seen(() => toldOf('near').length === 3);
  expect(toldOf('near').map(({ type }) => type).sort()).toEqual([
    'invoice.finalized',
    'invoice.paid',
    'limit.approaching',
  ]);
  const paid = toldOf('near').find(({ type }) => type === 'invoice.paid');
  expect(paid?.data).toMatchObject({ status: 'paid', reason: 'cycle', customer: 'near' });
}, 90_000);

it('a clock that runs on at once passes by no alert', async () => {
  const state = await engine.create('jump', 'pro@1', ANCHOR_MS);
  const atMs = (state.segments[0]?.startMs ?? 0) + 3_600_000;
  const used = [usage('j-1', atMs, { input_tokens: 900_000 })];
  const key = { mode: 'test', customer: 'jump', life: 1 } as const;
  await engine.ledger.writer.append(key, used);
  // The workflow hears of the usage and of the clock by one and the same message.
  await engine.periodEnd('jump', 'end');
  const raised = async () => {
    const page = await engine.ledger.alerts.list({ mode: 'test', customer: 'jump', limit: 100 });
    return page.alerts.map(({ type, details }) => `${type} ${String(details['percent'] ?? '')}`);
  };
  expect(await raised()).toEqual(
    expect.arrayContaining(['limit.approaching 50', 'limit.approaching 80']),
  );
}, 90_000);
