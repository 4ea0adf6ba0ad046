import mongoose from 'mongoose';
import type { CustomerKey, LogGroup } from '../../billing/log.js';
import { answered, exactly } from '../connection.js';
import { documentOf, groupDocumentId, numbersBetween, type GroupCollection } from './documents.js';
import type {
  GroupHead,
  InsertOutcome,
  LogStore,
  StandingEntry,
  StandingFence,
} from './port.js';

const DUPLICATE_KEY = 11000;
const HEAD_FIELDS = { _id: 0, number: 1, group: 1, fence: 1, fenceId: 1 } as const;

/** What the log's writer needs, over MongoDB: majority writes and reads at the primary. */
export class MongoLogStore implements LogStore {
  constructor(private readonly log: GroupCollection) {}

  async insert(groups: readonly LogGroup[]): Promise<readonly InsertOutcome[]> {
    try {
      await this.log.insertMany(groups.map(documentOf), { ordered: false });
      return groups.map(() => 'stored');
    } catch (error) {
      return outcomesOf(error, groups.length);
    }
  }

  head(key: CustomerKey): Promise<GroupHead | null> {
    return this.newest({ _id: numbersBetween(key, 0) });
  }

  at(key: CustomerKey, number: number): Promise<GroupHead | null> {
    return this.newest({ _id: exactly(groupDocumentId(key, number)) });
  }

  fences(key: CustomerKey, after: number, upTo: number): Promise<readonly StandingFence[]> {
    return answered(async () => {
      const found = await this.log
        .find({ fenceId: numbersBetween(key, after + 1, upTo) })
        .project<Pick<LogGroup, 'number' | 'entries'>>({ _id: 0, number: 1, entries: 1 })
        .sort({ fenceId: 1 })
        .toArray();
      return found.flatMap(({ number, entries }) =>
        entries.flatMap((entry) => (entry.kind === 'fence' ? [{ number, fence: entry.fence }] : [])),
      );
    });
  }

  standing(key: CustomerKey, ids: readonly string[]): Promise<readonly StandingEntry[]> {
    const wanted = new Set(ids);
    return answered(async () => {
      const { mode, customer, life } = key;
      const found = await this.log
        .find({ mode, customer: exactly(customer), life, 'entries.id': { $in: [...wanted] } })
        .project<Pick<LogGroup, 'number' | 'entries'>>({ _id: 0, number: 1, entries: 1 })
        .toArray();
      return found.flatMap(({ number, entries }) =>
        entries.filter((entry) => wanted.has(entry.id)).map((entry) => ({ number, entry })),
      );
    });
  }

  private newest(filter: mongoose.mongo.Filter<{ _id: string }>): Promise<GroupHead | null> {
    return answered(async () => {
      const [found] = await this.log
        .find(filter)
        .project<{ number: number; group: string; fence: number; fenceId?: string }>(HEAD_FIELDS)
        .sort({ _id: -1 })
        .limit(1)
        .toArray();
      if (!found) return null;
      const { number, group, fence, fenceId } = found;
      return { number, group, fence, isFence: fenceId !== undefined };
    });
  }
}

/**
 * Reads the failure of an unordered insert. Only a reply that lists write errors, and no failed
 * write concern, accounts for every group. The driver throws the same class without any for a
 * lost connection (mongodb 7.8 `src/bulk/common.ts`, executeCommands): then nothing is known.
 */
function outcomesOf(error: unknown, count: number): readonly InsertOutcome[] {
  const { MongoBulkWriteError, MongoError } = mongoose.mongo;
  if (!(error instanceof MongoError)) throw error;
  const outcomes = new Array<InsertOutcome>(count).fill('unknown');
  if (!(error instanceof MongoBulkWriteError)) return outcomes;
  const writeErrors = [error.writeErrors].flat();
  if (writeErrors.length === 0 || error.result.getWriteConcernError()) return outcomes;
  outcomes.fill('stored');
  for (const { index, code } of writeErrors) {
    outcomes[index] = code === DUPLICATE_KEY ? 'refused' : 'unknown';
  }
  return outcomes;
}
