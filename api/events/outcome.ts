import type { PlanSnapshot } from '../../billing/catalogue.js';
import type { LogEntry, UsageEntry } from '../../billing/log.js';
import { isUnpriced } from '../../billing/naming.js';
import type { CustomerStatus } from '../../billing/state.js';
import type { AppendOutcome } from '../../ledger/contract.js';
import type { Outcome, Submission } from './submission.js';

/** What the answer says about an event that stands in the log. */

const WRITTEN_OFF: ReadonlySet<CustomerStatus> = new Set(['incomplete', 'canceled']);

/** Marks of an event under a customer's plan and status. */
export function marksOf(
  event: Pick<UsageEntry, 'quantities' | 'properties'>,
  plan: PlanSnapshot | null,
  status: CustomerStatus,
): Pick<Outcome, 'unpriced' | 'writeOff'> {
  const writtenOff = WRITTEN_OFF.has(status);
  const unpriced = plan !== null && isUnpriced(plan, event.quantities, event.properties);
  return {
    ...(unpriced ? { unpriced: true as const } : {}),
    ...(writtenOff ? { writeOff: event.quantities } : {}),
  };
}

/** What was written off of usage that names a lease; nothing for any other entry. */
export function drawnMarks(entry: LogEntry): Pick<Outcome, 'writeOff'> {
  const writeOff = entry.kind === 'usage' ? entry.drawn?.writeOff : undefined;
  return writeOff && Object.keys(writeOff).length > 0 ? { writeOff } : {};
}

/** The outcome of one append. */
export function outcomeOf(
  event: Submission,
  appended: AppendOutcome,
  marks: Pick<Outcome, 'unpriced' | 'writeOff'>,
): Outcome {
  switch (appended.status) {
    case 'recorded':
      return { id: event.shownId, status: event.cacheHit ? 'free' : 'recorded', ...marks };
    case 'duplicate':
      return { id: event.shownId, status: 'duplicate', ...marks };
    default:
      return {
        id: event.shownId,
        status: 'conflict',
        code: 'conflict',
        detail: `The event "${event.shownId}" stands with other content; the first stands.`,
      };
  }
}
