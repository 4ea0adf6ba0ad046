import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../ledger/connection.js';

/** Sees invoices be paid: their state in the ledger, looked at again and again. */

const LOOK_MS = 250;

/** How often the number is said. */
const SAY_MS = 5_000;

interface Row {
  readonly _id: string;
}

/** When each invoice was first seen paid, ms since the start, ascending. */
export type PaidTimes = readonly number[];

/** What is waited for. */
export interface Awaited {
  readonly mongodbUri: string;
  readonly reason: 'start' | 'cycle';
  readonly count: number;
  readonly limitMs: number;
  readonly say: (line: string) => void;
}

/**
 * Waits until that many invoices of a reason are paid, or time is up: then fewer come back.
 * Times count from the call.
 */
export async function paidTimes(wanted: Awaited): Promise<PaidTimes> {
  const { mongodbUri, reason, count, limitMs, say } = wanted;
  const { connection, database } = await connect(mongodbUri);
  const rows = database.collection<Row>('invoices');
  const filter = { 'invoice.reason': reason, 'invoice.status': 'paid' };
  const seen = new Set<string>();
  const times: number[] = [];
  const startMs = performance.now();
  let saidMs = 0;
  try {
    while (times.length < count) {
      const atMs = performance.now() - startMs;
      const paid = await rows.find(filter, { projection: { _id: 1 } }).toArray();
      const fresh = paid.filter(({ _id }) => !seen.has(_id));
      for (const { _id } of fresh) seen.add(_id);
      times.push(...fresh.map(() => atMs));
      if (atMs > limitMs) break;
      if (atMs - saidMs >= SAY_MS) {
        say(`  ${Math.round(atMs / 1000)} s: ${times.length} of ${count} paid (${reason})`);
        saidMs = atMs;
      }
      await sleep(LOOK_MS);
    }
    return times;
  } finally {
    await connection.close();
  }
}
