import type { AlertDelivery, StoredAlert } from '../../../ledger/stores/alertStore.js';
import type { Ledger } from '../../../ledger/contract.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';
import { START_MS } from '../entries.js';

let servers: TestServers;
let ledger: Ledger;

beforeAll(async () => {
  servers = await startServers({ temporal: false });
  ledger = await openLedger({ uri: servers.mongodbUri });
}, 60_000);

afterAll(async () => {
  await ledger?.close();
  await servers?.stop();
}, 30_000);

function delivery(change: Partial<AlertDelivery> = {}): AlertDelivery {
  return {
    channel: 'webhook',
    to: 'http://127.0.0.1/hook',
    status: 'pending',
    attempts: 0,
    lastAtMs: null,
    nextAttemptAtMs: START_MS,
    ...change,
  };
}

function alert(id: string, change: Partial<StoredAlert> = {}): StoredAlert {
  return {
    id,
    mode: 'test',
    customer: 'acme',
    life: 1,
    type: 'limit.reached',
    timestampMs: START_MS,
    raisedAtMs: START_MS,
    details: { limit: 'cap', percent: 100, key: null },
    invoice: null,
    deliveries: [],
    ...change,
  };
}

const idsOf = (alerts: readonly StoredAlert[]) => alerts.map(({ id }) => id);

it('keeps an alert once: the first one stands, its deliveries too', async () => {
  const { alerts } = ledger;
  const first = alert('al_once', { customer: 'once' });
  await alerts.raise([first, alert('al_else', { customer: 'once' })]);
  await Promise.all([
    alerts.raise([{ ...first, timestampMs: START_MS + 9 }]),
    alerts.raise([{ ...first, deliveries: [delivery()] }, alert('al_new', { customer: 'once' })]),
  ]);
  const page = await alerts.list({ mode: 'test', customer: 'once', limit: 10 });
  expect(idsOf(page.alerts)).toEqual(['al_once', 'al_new', 'al_else']);
  expect(page.alerts[0]).toEqual(first);
  await alerts.raise([]);
});

it('lists newest first, page by page, of a customer or of a mode', async () => {
  const { alerts } = ledger;
  const at = (id: string, ms: number, customer: string) =>
    alert(id, { customer, mode: 'live', raisedAtMs: START_MS + ms });
  await alerts.raise([at('al_1', 1, 'a'), at('al_2', 2, 'b')]);
  await alerts.raise([at('al_3', 3, 'a'), at('al_4', 3, 'a')]);
  const whole = await alerts.list({ mode: 'live', limit: 4 });
  expect(idsOf(whole.alerts)).toEqual(['al_4', 'al_3', 'al_2', 'al_1']);
  expect(whole.nextCursor).toBeNull();
  const first = await alerts.list({ mode: 'live', customer: 'a', limit: 2 });
  expect(idsOf(first.alerts)).toEqual(['al_4', 'al_3']);
  const after = first.nextCursor ?? '';
  const second = await alerts.list({ mode: 'live', customer: 'a', limit: 2, after });
  expect([idsOf(second.alerts), second.nextCursor]).toEqual([['al_1'], null]);
  await expect(alerts.list({ mode: 'live', limit: 1, after: 'x' })).rejects.toMatchObject({
    code: 'invalid',
  });
});

it('gives what is due to one taker, and again when the claim has run out', async () => {
  const { alerts } = ledger;
  const dueAt = (id: string, ms: number) => {
    const times = [START_MS + ms, null];
    return alert(id, { deliveries: times.map((nextAttemptAtMs) => delivery({ nextAttemptAtMs })) });
  };
  await alerts.raise([dueAt('al_late', 20), dueAt('al_soon', 10), dueAt('al_future', 1_000)]);
  expect(await alerts.claim(START_MS + 9, START_MS + 500, 10)).toEqual([]);
  expect(idsOf(await alerts.claim(START_MS + 20, START_MS + 500, 1))).toEqual(['al_soon']);
  const both = await Promise.all([1, 2].map(() => alerts.claim(START_MS + 20, START_MS + 500, 10)));
  expect(both.flatMap(idsOf)).toEqual(['al_late']);
  expect(await alerts.claim(START_MS + 499, START_MS + 900, 10)).toEqual([]);
  const again = idsOf(await alerts.claim(START_MS + 500, START_MS + 900, 10));
  expect(again.sort()).toEqual(['al_late', 'al_soon']);
});

it('knows when the next attempt of a settled alert is due, and that none comes', async () => {
  const { alerts } = ledger;
  const mail = delivery({ channel: 'email', to: 'mailto:a@b' });
  await alerts.raise([alert('al_set', { customer: 'set', deliveries: [delivery(), mail] })]);
  await alerts.claim(START_MS, START_MS + 60, 100);
  const done = { ...delivery(), status: 'delivered' as const, attempts: 1, lastAtMs: START_MS };
  const waits = { ...mail, attempts: 1, lastAtMs: START_MS, nextAttemptAtMs: START_MS + 2_000 };
  const settled = [{ ...done, nextAttemptAtMs: null }, waits];
  await alerts.settle('al_set', settled);
  const [kept] = (await alerts.list({ mode: 'test', customer: 'set', limit: 1 })).alerts;
  expect(kept?.deliveries).toEqual(settled);
  const due = async (ms: number) => {
    return idsOf(await alerts.claim(START_MS + ms, START_MS + ms + 1, 100));
  };
  expect(await due(1_999)).not.toContain('al_set');
  expect(await due(2_000)).toContain('al_set');
  const over = settled.map((each) => ({ ...each, nextAttemptAtMs: null }));
  await alerts.settle('al_set', over);
  expect(await due(9_000_000)).not.toContain('al_set');
});
