import { foldStretch } from '../../billing/customer/fold.js';
import { initialState } from '../../billing/customer/initial.js';
import { MINUTE_MS } from '../../billing/period.js';
import type { CustomerState } from '../../billing/state.js';
import type { LogReader } from '../../ledger/contract.js';
import { unavailable } from '../errors/problem.js';
import type { Standings } from '../reading/standings.js';

/** Usage of a customer who was incomplete is written off: a void must not take it back. */

const PAGE_GROUPS = 200;

/** Groups before an event of a customer without a period: a first card takes hours, not years. */
const PAGES_MAX = 100;

/** Where the log is read from. */
export interface WrittenOffSources {
  readonly log: LogReader;
  readonly standings: Standings;
}

/** An event's place: its group's number and the time it counts at, ms. */
interface Place {
  readonly number: number;
  readonly entry: { readonly atMs: number };
}

/**
 * True when the customer was incomplete as the event was folded. Only what is older than its
 * first period can be such; whether it is, the log before the event says.
 * @throws Problem `unavailable` where that is too long to read.
 */
export async function wasWrittenOff(
  { log, standings }: WrittenOffSources,
  state: CustomerState,
  { number, entry }: Place,
): Promise<boolean> {
  const firstMs = state.firstPeriodStartMs;
  if (firstMs !== null && entry.atMs >= firstMs + MINUTE_MS) return false;
  let before = initialState(state.key);
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const wanted = Math.min(PAGE_GROUPS, number - 1 - before.mark);
    if (wanted === 0) return before.status === 'incomplete';
    for (const group of await log.groups(state.key, before.mark + 1, wanted)) {
      before = foldStretch(before, await standings.stretchOf(before, group));
    }
    if (before.halted !== null) break;
  }
  throw unavailable(`What ${state.key.customer} had before this event can not be read.`);
}
