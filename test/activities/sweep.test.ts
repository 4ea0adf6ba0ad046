import { createSweepActivities } from '../../activities/sweep.js';
import type { WorkflowClient } from '../../activities/customerWorkflow.js';
import type { CustomerKey } from '../../billing/log.js';
import type { Ledger } from '../../ledger/contract.js';

const NOW_MS = 1_800_000_000_000;

function keyOf(customer: string): CustomerKey {
  return { mode: 'test', customer, life: 1 };
}

interface Told {
  readonly workflowId: string;
  readonly signal: string;
  readonly args: readonly unknown[];
}

/** Temporal's client with given marks; `undefined`: the workflow does not answer. */
function clientWith(marks: Readonly<Record<string, number | undefined>>) {
  const told: Told[] = [];
  let asking = 0;
  let askedAtOnce = 0;
  const client = {
    withDeadline: <T>(_deadline: number, act: () => Promise<T>) => act(),
    workflow: {
      getHandle: (workflowId: string) => ({
        query: async () => {
          asking += 1;
          askedAtOnce = Math.max(askedAtOnce, asking);
          await new Promise((resolve) => setImmediate(resolve));
          asking -= 1;
          const mark = marks[workflowId];
          if (mark === undefined) throw new Error('not found');
          return mark;
        },
      }),
      signalWithStart: (
        type: string,
        options: { workflowId: string; signal: { name: string }; signalArgs: unknown[] },
      ) => {
        expect(type).toBe('customerBilling');
        const { workflowId, signal, signalArgs: args } = options;
        told.push({ workflowId, signal: signal.name, args });
        return Promise.resolve({});
      },
    },
  } as unknown as WorkflowClient;
  return { client, told, askedAtOnce: () => askedAtOnce };
}

function sweepOf(ledger: object, client: WorkflowClient) {
  return createSweepActivities({ ledger: ledger as Ledger, client, now: () => NOW_MS });
}

describe('sweeping heads', () => {
  function ledgerWith(
    heads: readonly { key: CustomerKey; head: number }[],
    rows: Readonly<Record<string, object>> = {},
  ) {
    const asked: number[][] = [];
    const recentHeads = (fromMs: number, toMs: number, limit: number) => {
      asked.push([fromMs - NOW_MS, toMs - NOW_MS, limit]);
      return Promise.resolve(heads);
    };
    const find = (_mode: string, customer: string) => Promise.resolve(rows[customer] ?? null);
    return { ledger: { log: { recentHeads }, customers: { find } }, asked };
  }

  it('tells whoever is behind the log, and nobody else', async () => {
    const { ledger, asked } = ledgerWith([
      { key: keyOf('behind'), head: 9 },
      { key: keyOf('even'), head: 5 },
      { key: keyOf('absent'), head: 1 },
    ]);
    const { client, told } = clientWith({ 'billing/test/behind': 8, 'billing/test/even': 5 });
    expect(await sweepOf(ledger, client).sweepHeads()).toBe(2);
    expect(asked).toEqual([[-240_000, -45_000, 500]]);
    expect(told.map(({ workflowId }) => workflowId).toSorted()).toEqual([
      'billing/test/absent',
      'billing/test/behind',
    ]);
    const behind = told.find(({ workflowId }) => workflowId.endsWith('behind'));
    expect(behind).toMatchObject({
      signal: 'usageRecorded',
      args: [{ ranges: [], sums: [], catalogue: 0, head: 9 }],
    });
  });

  it('starts no life again that is over, or is being deleted', async () => {
    const names = ['going', 'gone', 'anew', 'usual'];
    const heads = names.map((name) => ({ key: keyOf(name), head: 3 }));
    const { client, told } = clientWith({});
    const rows = {
      going: { key: keyOf('going'), deletion: 'underWay' },
      gone: { key: keyOf('gone'), deletion: 'done' },
      anew: { key: { ...keyOf('anew'), life: 2 } },
      usual: { key: keyOf('usual') },
    };
    expect(await sweepOf(ledgerWith(heads, rows).ledger, client).sweepHeads()).toBe(1);
    expect(told.map(({ workflowId }) => workflowId)).toEqual(['billing/test/usual']);
  });

  it('asks ten at a time', async () => {
    const heads = Array.from({ length: 60 }, (_, index) => ({ key: keyOf(`c${index}`), head: 1 }));
    const { client, told, askedAtOnce } = clientWith({});
    expect(await sweepOf(ledgerWith(heads).ledger, client).sweepHeads()).toBe(60);
    expect(told).toHaveLength(60);
    expect(askedAtOnce()).toBe(10);
  });

  it('one customer that can’t be told keeps no other from it', async () => {
    const heads = ['a', 'b', 'c'].map((name) => ({ key: keyOf(name), head: 1 }));
    const { client, told } = clientWith({});
    const { signalWithStart } = client.workflow;
    const stubborn = async (type: string, options: { workflowId: string }) => {
      if (options.workflowId.endsWith('/b')) throw new Error('b is stuck');
      return signalWithStart(type, options as never);
    };
    const workflow = { ...client.workflow, signalWithStart: stubborn } as never;
    const sweep = sweepOf(ledgerWith(heads).ledger, { ...client, workflow });
    await expect(sweep.sweepHeads()).rejects.toThrow('b is stuck');
    expect(told.map(({ workflowId }) => workflowId)).toEqual([
      'billing/test/a',
      'billing/test/c',
    ]);
  });
});
