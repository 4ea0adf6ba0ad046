import type { WorkflowClient } from '../../activities/customerWorkflow.js';
import { sweepInbox } from '../../activities/sweepInbox.js';
import type { Ledger } from '../../ledger/contract.js';
import type { StoredCustomer } from '../../ledger/stores/contract.js';
import type { InboxRow } from '../../ledger/stores/inboxStore.js';

/** The sweep of the inbox: rows of any age are handed over, strangers are not kept for ever. */

const NOW_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;

function row(id: string, stripeCustomer: string | null, ageMs: number): InboxRow {
  const type = 'invoice.created';
  const receivedAtMs = NOW_MS - ageMs;
  return { id, mode: 'test', type, stripeCustomer, state: 'received', receivedAtMs };
}

interface Options {
  /** Id of an event that can't be signalled. */
  readonly stuck?: string;
}

/** A sweep over the rows; `cus_acme` alone is known. */
function sweepOver(rows: readonly InboxRow[], { stuck }: Options = {}) {
  const told: string[] = [];
  const settled: Record<string, string> = {};
  const pages: number[] = [];
  const forgotten: number[] = [];
  const known = { key: { mode: 'test', customer: 'acme', life: 1 } } as StoredCustomer;
  const ledger = {
    customers: {
      findByStripe: (mode: string, id: string) =>
        Promise.resolve(mode === 'test' && id === 'cus_acme' ? known : null),
    },
    inbox: {
      waiting: (beforeMs: number, limit: number, after?: InboxRow) => {
        const from = after ? rows.findIndex(({ id }) => id === after.id) + 1 : 0;
        const page = rows.slice(from).filter((one) => one.receivedAtMs < beforeMs);
        pages.push(page.length);
        return Promise.resolve(page.slice(0, limit));
      },
      settle: (id: string, state: string, reason = '') => {
        settled[id] = `${state} ${reason}`;
        return Promise.resolve();
      },
      forget: (beforeMs: number) => {
        forgotten.push(NOW_MS - beforeMs);
        return Promise.resolve();
      },
    },
  } as unknown as Ledger;
  const client = {
    workflow: {
      signalWithStart: (
        type: string,
        asked: { workflowId: string; signal: { name: string }; signalArgs: [{ event: string }] },
      ) => {
        const [{ event }] = asked.signalArgs;
        if (event === stuck) return Promise.reject(new Error('Temporal is away'));
        told.push(`${type} ${asked.workflowId} ${asked.signal.name} ${event}`);
        return Promise.resolve({});
      },
      start: (type: string, asked: Readonly<Record<string, unknown>>) => {
        const { workflowId, workflowIdConflictPolicy: policy } = asked;
        told.push(`${type} ${String(workflowId)} ${String(policy)}`);
        return Promise.resolve({});
      },
    },
  } as unknown as WorkflowClient;
  const sweep = () => sweepInbox({ ledger, client, now: () => NOW_MS });
  return { sweep, told, settled, pages, forgotten };
}

const signalled = (event: string) => `customerBilling billing/test/acme stripeChanged ${event}`;

test('hands over what still waits after 30 s, and only then calls it handed', async () => {
  const rows = [row('evt_old', 'cus_acme', 31_000), row('evt_new', 'cus_acme', 29_000)];
  const { sweep, told, settled } = sweepOver(rows);
  expect(await sweep()).toBe(1);
  expect(told).toEqual([signalled('evt_old')]);
  expect(settled).toEqual({ evt_old: 'handed ' });
});

test.each([3, 30, 300])('hands over a row that was %d days under way', async (days) => {
  const { sweep, told, settled } = sweepOver([row('evt_1', 'cus_acme', days * DAY_MS)]);
  expect(await sweep()).toBe(1);
  expect([told, settled]).toEqual([[signalled('evt_1')], { evt_1: 'handed ' }]);
});

test('a signal that fails leaves its row waiting, and no other', async () => {
  const rows = ['evt_1', 'evt_2', 'evt_3'].map((id) => row(id, 'cus_acme', 60_000));
  const { sweep, settled } = sweepOver(rows, { stuck: 'evt_2' });
  await expect(sweep()).rejects.toThrow('away');
  expect(settled).toEqual({ evt_1: 'handed ', evt_3: 'handed ' });
});

test('waits ten minutes for a customer to become known, then ignores the stranger', async () => {
  const { sweep, told, settled } = sweepOver([
    row('evt_stranger', 'cus_other', 601_000),
    row('evt_early', 'cus_soon', 599_000),
    row('evt_nobody', null, 60_000),
  ]);
  expect(await sweep()).toBe(0);
  expect(told).toEqual([]);
  expect(settled).toEqual({
    evt_stranger: 'ignored cus_other is no customer of ours',
    evt_nobody: 'ignored it names no customer',
  });
});

test('a live event is never handed to the test customer of the same Stripe id', async () => {
  const live = { ...row('evt_1', 'cus_acme', 60_000), mode: 'live' } as const;
  const { sweep, told } = sweepOver([live]);
  expect([await sweep(), told]).toEqual([0, []]);
});

test('what Stripe must be asked about is worked on, once at a time', async () => {
  const lookup = { object: 'event', id: 'evt_1' } as const;
  const { sweep, told, settled } = sweepOver([{ ...row('evt_1', null, 60_000), lookup }]);
  expect(await sweep()).toBe(1);
  expect(told).toEqual(['workOnEvent stripe-event/evt_1 USE_EXISTING']);
  expect(settled).toEqual({});
});

test('strangers in front keep no row from being handed over', async () => {
  const strangers = Array.from({ length: 1_200 }, (_, index) => {
    return row(`evt_${index}`, 'cus_other', 300_000 - index);
  });
  const { sweep, told, pages } = sweepOver([...strangers, row('evt_ours', 'cus_acme', 40_000)]);
  expect(await sweep()).toBe(1);
  expect(told).toEqual([signalled('evt_ours')]);
  expect(pages).toEqual([1201, 701, 201]);
});

test('forgets what ended thirty days ago, when Stripe has forgotten it, too', async () => {
  const { sweep, forgotten } = sweepOver([]);
  expect([await sweep(), forgotten]).toEqual([0, [30 * DAY_MS]]);
});
