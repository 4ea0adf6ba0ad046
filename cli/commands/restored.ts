import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { CUSTOMER_WORKFLOW, restoredSignal } from '../../workflows/messages.js';
import { CommandFailed } from '../commandFailed.js';
import { runningStack } from '../runningStack.js';
import { readSettings, type CommandSettings } from '../settings.js';
import { connectTemporal } from '../temporalClient.js';

/**
 * `durabill restored`: after Temporal's data was replaced by a backup. Holds that were granted
 * after the backup are unknown there; every customer begins a new epoch before it grants again.
 */

/** Longest wait for Temporal to answer one call. */
const CALL_MS = 10_000;

/** Workflows that are told at once. */
const CONCURRENCY = 16;

async function connect(settings: CommandSettings): Promise<Client> {
  const { temporal } = settings;
  const address = temporal.address ?? (await runningStack(settings.dataFolder))?.temporal;
  if (address === undefined) {
    const ways = 'Set TEMPORAL_ADDRESS, or start one: npx durabill start';
    throw new CommandFailed(`No Temporal: no stack runs on ${settings.dataFolder}. ${ways}`, 2);
  }
  return connectTemporal(address, temporal);
}

/** Tells every customer's workflow; answers how many. @throws when one could not be told. */
async function tellAll(client: Client): Promise<number> {
  const query = `WorkflowType = '${CUSTOMER_WORKFLOW}' AND ExecutionStatus = 'Running'`;
  const rows = client.workflow.list({ query })[Symbol.asyncIterator]();
  let told = 0;
  const work = async (): Promise<void> => {
    for (let row = await rows.next(); !row.done; row = await rows.next()) {
      const handle = client.workflow.getHandle(row.value.workflowId);
      await client.withDeadline(Date.now() + CALL_MS, () => handle.signal(restoredSignal));
      told += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return told;
}

async function run({ json }: { readonly json?: boolean }): Promise<void> {
  const client = await connect(readSettings());
  try {
    const customers = await tellAll(client);
    const words = `${customers} customers begin a new epoch; each grants again 70 s after it.`;
    process.stdout.write(json ? `${JSON.stringify({ customers })}\n` : `${words}\n`);
  } finally {
    await client.connection.close();
  }
}

/** Adds `restored`. */
export function register(program: Command): void {
  program
    .command('restored')
    .description("after Temporal's data came from a backup, before the API runs again")
    .option('--json', 'print the outcome as JSON')
    .action(run);
}
