import { condition, continueAsNew, setHandler } from '@temporalio/workflow';
import { defineQuery, defineUpdate } from '@temporalio/workflow';

/** The naive Temporal way: a workflow a quota, one Update for each request (see updates.ts). */

/** Asks for units, or settles a grant. Answers whether it was done. */
export const quotaUpdate = defineUpdate<boolean, [{ reserve?: number; commit?: number }]>('quota');

/** Units that are settled. */
export const usedQuery = defineQuery<number>('used');

/** What one quota stands at. */
export interface QuotaState {
  readonly cap: number;
  readonly used: number;
  readonly held: number;
}

/** Updates of one run: the server takes 2,000. */
const UPDATES_MAX = 1_500;

/** A quota for as long as the benchmark runs. */
export async function quotaOfUpdates(state: QuotaState): Promise<void> {
  let { used, held } = state;
  let updates = 0;
  setHandler(quotaUpdate, ({ reserve = 0, commit = 0 }) => {
    updates += 1;
    if (used + held + reserve > state.cap) return false;
    held += reserve - commit;
    used += commit;
    return true;
  });
  setHandler(usedQuery, () => used);
  await condition(() => updates >= UPDATES_MAX);
  await continueAsNew<typeof quotaOfUpdates>({ cap: state.cap, used, held });
}
