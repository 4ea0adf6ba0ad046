import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { billingWorkflowId } from '../../workflows/messages.js';

/** Counts what customers' workflows have done, by their histories. */

/** Means of one customer. */
export interface HistoryFigures {
  readonly sampled: number;
  /** By the activity's name. */
  readonly activities: Readonly<Record<string, number>>;
  /** Attempts beyond the first, of activities that failed and were tried again. */
  readonly repeats: number;
  readonly workflowTasks: number;
  readonly events: number;
}

const mean = (sum: number, count: number): number => Math.round((sum * 100) / count) / 100;

type HistoryEvent = NonNullable<
  Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']
>[number];

/** Seconds are cut off: a second earlier counts, too. */
function isSince(sinceMs: number): (event: HistoryEvent) => boolean {
  return ({ eventTime }) => Number(eventTime?.seconds ?? 0) * 1000 >= sinceMs - 1000;
}

function namesOf({ activityTaskScheduledEventAttributes: scheduled }: HistoryEvent): string[] {
  const name = scheduled?.activityType?.name;
  return name ? [name] : [];
}

function repeatsOf({ activityTaskStartedEventAttributes: started }: HistoryEvent): number {
  return Math.max(0, (started?.attempt ?? 1) - 1);
}

/** What happened in these customers' workflows since a time, ms. */
export async function historiesSince(
  address: string,
  customers: readonly string[],
  sinceMs: number,
): Promise<HistoryFigures> {
  const connection = await Connection.connect({ address });
  const sums: Record<string, number> = {};
  let [repeats, workflowTasks, events] = [0, 0, 0];
  try {
    const { workflow } = new Client({ connection });
    for (const customer of customers) {
      const handle = workflow.getHandle(billingWorkflowId({ mode: 'test', customer, life: 1 }));
      const since = (await handle.fetchHistory()).events?.filter(isSince(sinceMs)) ?? [];
      events += since.length;
      workflowTasks += since.filter((event) => event.workflowTaskScheduledEventAttributes).length;
      repeats += since.reduce((sum, event) => sum + repeatsOf(event), 0);
      for (const name of since.flatMap(namesOf)) sums[name] = (sums[name] ?? 0) + 1;
    }
  } finally {
    await connection.close();
  }
  const sampled = customers.length;
  const means = Object.entries(sums).map(([name, sum]) => [name, mean(sum, sampled)] as const);
  return {
    sampled,
    activities: Object.fromEntries(means.sort(([, a], [, b]) => b - a)),
    repeats: mean(repeats, sampled),
    workflowTasks: mean(workflowTasks, sampled),
    events: mean(events, sampled),
  };
}
