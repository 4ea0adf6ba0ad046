import type { Ledger } from '../../../ledger/contract.js';
import type { InboxRow } from '../../../ledger/stores/inboxStore.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';

/** The inbox of webhooks, on a real ledger. */

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

test('takes a webhook in once, and gives back those that wait', async () => {
  const { inbox } = ledger;
  const row = (id: string, receivedAtMs: number): InboxRow => ({
    id,
    mode: 'test',
    type: 'invoice.created',
    stripeCustomer: 'cus_1',
    state: 'received',
    receivedAtMs,
  });
  await inbox.receive(row('evt_2', 20));
  expect(await inbox.receive(row('evt_1', 10))).toEqual(row('evt_1', 10));
  expect(await inbox.receive(row('evt_1', 99))).toEqual(row('evt_1', 10));
  expect((await inbox.waiting(30, 10)).map(({ id }) => id)).toEqual(['evt_1', 'evt_2']);
  expect((await inbox.waiting(20, 10)).map(({ id }) => id)).toEqual(['evt_1']);
  await inbox.settle('evt_1', 'handed');
  await inbox.settle('evt_1', 'ignored');
  expect((await inbox.receive(row('evt_1', 99))).state).toBe('handed');
  expect((await inbox.waiting(30, 10)).map(({ id }) => id)).toEqual(['evt_2']);
});

test('pages through what waits, says why one is ignored, forgets what has ended', async () => {
  const { inbox } = ledger;
  await Promise.all((await inbox.waiting(100, 10)).map(({ id }) => inbox.settle(id, 'handed')));
  const lookup = { object: 'charge', id: 'ch_1' } as const;
  const base = { mode: 'test', type: 'x', stripeCustomer: null, state: 'received' } as const;
  for (const [id, receivedAtMs] of Object.entries({ evt_d: 60, evt_c: 50, evt_b: 50, evt_a: 50 })) {
    await inbox.receive({ id, ...base, lookup, receivedAtMs });
  }
  const seen: string[] = [];
  let last: InboxRow | undefined;
  do {
    const page = await inbox.waiting(100, 2, last);
    seen.push(...page.map(({ id }) => id));
    last = page.at(-1);
  } while (last);
  expect(seen).toEqual(['evt_a', 'evt_b', 'evt_c', 'evt_d']);
  await inbox.settle('evt_a', 'ignored', 'nobody');
  const ended = { id: 'evt_a', ...base, lookup, receivedAtMs: 50 };
  expect(await inbox.find('evt_a')).toEqual({ ...ended, state: 'ignored', reason: 'nobody' });
  await inbox.forget(55);
  expect(await inbox.find('evt_a')).toBeNull();
  expect((await inbox.waiting(100, 10)).map(({ id }) => id)).toEqual(['evt_b', 'evt_c', 'evt_d']);
});
