import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { ReconcileDeps } from '../../activities/reconcile/deps.js';
import { stripeClients } from '../../activities/stripe/client.js';
import { openLedger } from '../../ledger/open.js';
import { DATA_CONVERTER } from '../../workflows/payloadCodec.js';
import type { TestStack } from '../stack.js';

/** What a running stack's books are read with; `close` ends the connections. */
export async function moneyOf(
  stack: TestStack,
): Promise<{ readonly deps: ReconcileDeps; readonly close: () => Promise<void> }> {
  const ledger = await openLedger({ uri: stack.mongodb });
  const connection = await Connection.connect({ address: stack.temporal });
  const client = new Client({ connection, dataConverter: DATA_CONVERTER });
  const secrets = JSON.parse(await readFile(join(stack.folder, 'secrets.json'), 'utf8')) as {
    readonly stripeSecretKey: string;
  };
  const stripe = stripeClients(secrets.stripeSecretKey, stack.stripe);
  const close = async () => {
    await connection.close();
    await ledger.close();
  };
  return { deps: { ledger, stripe, client, now: Date.now }, close };
}
