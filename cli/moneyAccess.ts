import type { Client } from '@temporalio/client';
import type { ReconcileDeps } from '../activities/reconcile/deps.js';
import type { Mode } from '../billing/catalogue.js';
import type { CustomerKey } from '../billing/log.js';
import type { Ledger } from '../ledger/contract.js';
import { CommandFailed } from './commandFailed.js';
import { engineAccess, withLedger } from './engineAccess.js';
import { runningStack } from './runningStack.js';
import { readSettings } from './settings.js';
import { connectTemporal } from './temporalClient.js';

/** What commands need that look at the money of customers: ledger, Temporal and Stripe at once. */

/**
 * Runs something on one engine: MONGODB_URI, TEMPORAL_ADDRESS and STRIPE_SECRET_KEY together, or
 * the running embedded stack. @throws CommandFailed 2 when one of them is missing.
 */
export async function withMoney<T>(run: (deps: ReconcileDeps) => Promise<T>): Promise<T> {
  const access = await engineAccess();
  const client = await temporalClient();
  try {
    const { stripe } = access;
    return await withLedger(access, (ledger) => run({ ledger, stripe, client, now: Date.now }));
  } finally {
    await client.connection.close();
  }
}

/** Never the Temporal of one engine with the ledger of another. */
async function temporalClient(): Promise<Client> {
  const { dataFolder, mongodbUri, temporal } = readSettings();
  const embedded = mongodbUri === undefined ? await runningStack(dataFolder) : null;
  const address = embedded?.temporal ?? temporal.address;
  if (address === undefined) {
    throw new CommandFailed('With MONGODB_URI this needs TEMPORAL_ADDRESS, too.', 2);
  }
  return connectTemporal(address, temporal);
}

/**
 * The customer of an id, in the one mode that has it.
 * @throws CommandFailed 2 when no mode has it, or both do and none was asked for.
 */
export async function customerNamed(
  ledger: Ledger,
  customer: string,
  mode: Mode | undefined,
): Promise<CustomerKey> {
  const modes: readonly Mode[] = mode === undefined ? ['live', 'test'] : [mode];
  const rows = await Promise.all(modes.map((each) => ledger.customers.find(each, customer)));
  const found = rows.flatMap((row) => (row ? [row.key] : []));
  const [key] = found;
  if (!key) throw new CommandFailed(`There is no customer ${customer}.`, 2);
  if (found.length === 1) return key;
  throw new CommandFailed(`${customer} is in both modes: say --mode test or --mode live.`, 2);
}
