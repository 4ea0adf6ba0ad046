import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from '@temporalio/client';
import { lazyConnection } from '../../api/engine/connection.js';
import { tsxProgram } from '../../cli/tsxProgram.js';
import type { Contestant } from './contestant.js';
import { startSite } from './site.js';
import { quotaUpdate, usedQuery, type QuotaState } from './updateWorkflow.js';

const TASK_QUEUE = 'bench-updates';
const NAME = 'quotaOfUpdates';

/** Temporal with one Update for each reserve and each commit. */
export async function startUpdates(): Promise<Contestant> {
  const { stack } = await startSite('off');
  const temporal = { address: stack.temporal, pid: () => stack.pids.temporal };
  const { command, args } = tsxProgram('bench/decisions/updateWorker.ts');
  const environment = { TEMPORAL_ADDRESS: temporal.address, BENCH_TASK_QUEUE: TASK_QUEUE };
  const worker = spawn(command, args, {
    env: { ...environment, PATH: '' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(worker, 'message');
  const target = { address: temporal.address, namespace: 'default', apiKey: null };
  const connection = lazyConnection(target);
  const client = new Client({ connection });
  return {
    name: 'temporal-update',
    what: 'Temporal, one Update per reserve and per commit',
    pids: () => [worker.pid ?? null, temporal.pid()],
    async quota(name, cap) {
      const state: QuotaState = { cap, used: 0, held: 0 };
      const options = { workflowId: `bench/${name}`, taskQueue: TASK_QUEUE, args: [state] };
      const handle = await client.workflow.start(NAME, options);
      const ask = (asked: { reserve?: number; commit?: number }) =>
        client.workflow.getHandle(handle.workflowId).executeUpdate(quotaUpdate, { args: [asked] });
      return {
        reserve: async (units) => ((await ask({ reserve: units })) ? name : null),
        async commit(_grant, units) {
          await ask({ commit: units });
        },
        counted: () => client.workflow.getHandle(handle.workflowId).query(usedQuery),
      };
    },
    async stop() {
      worker.disconnect();
      await once(worker, 'exit');
      await connection.close();
      await stack.stop();
    },
  };
}
