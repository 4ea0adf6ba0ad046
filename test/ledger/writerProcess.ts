import type { UsageEntry } from '../../billing/log.js';
import { LedgerError } from '../../ledger/errors.js';
import { openLedger } from '../../ledger/open.js';
import { event, keyOf } from './entries.js';

/** What this program prints, one line of JSON for each batch that was answered. */
export interface AnsweredBatch {
  readonly batch: number;
  readonly answers: readonly {
    readonly id: string;
    readonly status: string;
    readonly number: number;
  }[];
}

/** Ends by itself one day, should nobody kill it. */
const BATCHES_MAX = 100_000;
const OWN_EVENTS = 4;

/** Own events, and one that every process sends. */
function batchOf(name: string, batch: number): UsageEntry[] {
  const ids = Array.from({ length: OWN_EVENTS }, (_, index) => `${name}-${batch}-${index}`);
  return [...ids, `shared-${batch}`].map((id) => event(1, { id, hash: `hash of ${id}` }));
}

/** Sends again, as callers do, what the ledger did not answer in time. */
async function answered<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof LedgerError) || !error.retryable) throw error;
    }
  }
}

/**
 * Writes batches of events into one customer's log, one after another, until it is killed.
 * Arguments: connection string, customer, own name, number of the first batch.
 */
async function main([uri = '', customer = '', name = '', first = '0']: string[]): Promise<void> {
  const ledger = await openLedger({ uri });
  for (let batch = Number(first); batch < BATCHES_MAX; batch += 1) {
    const entries = batchOf(name, batch);
    const outcomes = await answered(() => ledger.writer.append(keyOf(customer), entries));
    const answers = outcomes.map((outcome, index) => ({
      id: entries[index]?.id,
      status: outcome.status,
      number: 'number' in outcome ? outcome.number : 0,
    }));
    process.stdout.write(`${JSON.stringify({ batch, answers })}\n`);
  }
  await ledger.close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
