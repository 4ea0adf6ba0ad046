import { sendLoad, type LoadResult } from './load.js';
import { eventsOf, type Workload } from './workload.js';
import { batchesOf } from '../../dev/demo/year.js';

/** One round to run, as the benchmark asks for it. */
export interface RoundOrder {
  readonly url: string;
  readonly key: string;
  readonly workload: Workload;
  readonly round: string;
  readonly startMs: number;
  readonly limitMs: number;
}

/** What a round came to, without the answers themselves. */
export interface RoundResult {
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
  readonly repeats: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly cpuMs: number;
}

/** What the process sends back. */
export type LoadAnswer = { readonly result: RoundResult } | { readonly error: string };

/** Counts of all answers by status; read after the clock has stopped. */
function statusesOf({ answers }: LoadResult): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of answers) {
    const answer = JSON.parse(text) as { status?: string; results?: { status: string }[] };
    const results = answer.results ?? [{ status: answer.status ?? 'unknown' }];
    for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

async function runRound(order: RoundOrder): Promise<RoundResult> {
  const { url, key, workload, limitMs } = order;
  const events = eventsOf(workload, order.round, order.startMs);
  // Bodies are made before the clock starts: the load must not measure itself.
  const bodies = batchesOf(events, workload.batchSize).map((batch) =>
    JSON.stringify(workload.batchSize === 1 ? batch[0] : { events: batch }),
  );
  const before = process.cpuUsage();
  const load = await sendLoad({ url, key, bodies, connections: workload.connections, limitMs });
  const { user, system } = process.cpuUsage(before);
  return {
    elapsedMs: load.elapsedMs,
    latenciesMs: load.latenciesMs,
    repeats: load.repeats,
    statuses: statusesOf(load),
    cpuMs: (user + system) / 1000,
  };
}

/** A process of its own: what the load costs is not taken from the API's event loop. */
process.on('message', (order: RoundOrder) => {
  runRound(order).then(
    (result) => process.send?.({ result } satisfies LoadAnswer),
    (error: unknown) => process.send?.({ error: String(error) } satisfies LoadAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
