import type { CustomerKey } from '../../billing/log.js';
import { answered, exactly } from '../connection.js';
import type { GroupCollection, GroupDocument } from './documents.js';
import type { StandingEntry } from './port.js';

/** Those of the named entries that stand in a customer's log, in one read over the unique index. */
export function standingEntries(
  log: GroupCollection,
  key: CustomerKey,
  ids: readonly string[],
): Promise<readonly StandingEntry[]> {
  const wanted = new Set(ids);
  return answered(async () => {
    const { mode, customer, life } = key;
    const found = await log
      .find({ mode, customer: exactly(customer), life, 'entries.id': { $in: [...wanted] } })
      .project<Pick<GroupDocument, 'number' | 'entries'>>({ _id: 0, number: 1, entries: 1 })
      .toArray();
    return found.flatMap(({ number, entries }) =>
      entries.filter(({ id }) => wanted.has(id)).map((entry) => ({ number, entry })),
    );
  });
}
