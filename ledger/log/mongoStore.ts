import mongoose from 'mongoose';
import type { CustomerKey, FenceEntry, LogGroup } from '../../billing/log.js';
import { answered, CALL_MS_MAX } from '../connection.js';
import { LedgerError } from '../errors.js';
import {
  documentOf,
  groupDocumentId,
  numbersBetween,
  type GroupCollection,
  type GroupDocument,
} from './documents.js';
import type {
  GroupHead,
  InsertOutcome,
  LogStore,
  StandingEntry,
  StandingFence,
} from './port.js';
import { standingEntries } from './standingEntries.js';

const DUPLICATE_KEY = 11000;
/** Distances looked at above a number that is taken: 1 to 8, where a head is found at once
 * that others have moved a little, then 16, 64 … 4^15. */
const NEAR = Array.from({ length: 8 }, (_, index) => index + 1);
const PROBES = [...NEAR, ...Array.from({ length: 14 }, (_, index) => 4 ** (index + 2))];
const HEAD_FIELDS = { _id: 0, number: 1, group: 1, fence: 1, fenceId: 1 } as const;

/** What the log's writer needs, over MongoDB: majority writes and reads at the primary. */
export class MongoLogStore implements LogStore {
  private failure: string | null = null;

  constructor(
    private readonly log: GroupCollection,
    private readonly callMsMax = CALL_MS_MAX,
  ) {}

  async insert(groups: readonly LogGroup[]): Promise<readonly InsertOutcome[]> {
    try {
      const documents = groups.map(documentOf);
      await answered(() => this.log.insertMany(documents, { ordered: false }), this.callMsMax);
      this.failure = null;
      return groups.map(() => 'stored');
    } catch (error) {
      this.failure = String(error);
      return outcomesOf(error, groups.length);
    }
  }

  insertFailure(): string | null {
    return this.failure;
  }

  /**
   * Numbers have no gap, so the head is found by points: some numbers at once, then some between
   * the highest that is taken and the lowest that is free. A backward sort with a limit would do
   * on MongoDB; the embedded server reads the whole log for it.
   */
  async head(key: CustomerKey, above: number): Promise<GroupHead | null> {
    let taken: GroupHead | null = null;
    let free = Infinity;
    for (let low = above; free - low > 1; low = taken?.number ?? above) {
      const probes = probesBetween(low, free);
      const found = await this.among(key, probes);
      taken = found.at(-1) ?? taken;
      free = probes.find((number) => number > (taken?.number ?? above)) ?? free;
    }
    return taken;
  }

  async at(key: CustomerKey, number: number): Promise<GroupHead | null> {
    const [found] = await this.among(key, [number]);
    return found ?? null;
  }

  fences(key: CustomerKey, after: number, upTo: number): Promise<readonly StandingFence[]> {
    return answered(async () => {
      const found = await this.log
        .find({ fenceId: numbersBetween(key, after + 1, upTo) })
        .project<Pick<LogGroup, 'number' | 'entries'>>({ _id: 0, number: 1, entries: 1 })
        .sort({ fenceId: 1 })
        .toArray();
      return found.flatMap(({ number, entries }) =>
        entries
          .filter((entry): entry is FenceEntry => entry.kind === 'fence')
          .map(({ fence }) => ({ number, fence })),
      );
    });
  }

  standing(key: CustomerKey, ids: readonly string[]): Promise<readonly StandingEntry[]> {
    return standingEntries(this.log, key, ids);
  }

  /** Those of the numbers that are taken, ascending. */
  private among(key: CustomerKey, numbers: readonly number[]): Promise<readonly GroupHead[]> {
    const ids = numbers.map((number) => groupDocumentId(key, number));
    return answered(async () => {
      const found = await this.log
        .find({ _id: { $in: ids } })
        .project<Pick<GroupDocument, 'number' | 'group' | 'fence' | 'fenceId'>>(HEAD_FIELDS)
        .toArray();
      return found
        .map(({ fenceId, ...head }) => ({ ...head, isFence: fenceId !== undefined }))
        .sort((a, b) => a.number - b.number);
    });
  }
}

/** Numbers to look at, ascending, when `taken` is taken (0: none) and `free` is not. */
function probesBetween(taken: number, free: number): readonly number[] {
  if (free === Infinity) return PROBES.map((step) => taken + step);
  const step = Math.max(1, Math.ceil((free - taken) / PROBES.length));
  const probes: number[] = [];
  for (let number = taken + step; number < free; number += step) probes.push(number);
  return probes;
}

/**
 * Reads the failure of an unordered insert. Only a reply that lists write errors, and no failed
 * write concern, accounts for every group. The driver throws the same class without any for a
 * lost connection (mongodb 7.8 `src/bulk/common.ts`, executeCommands): then nothing is known.
 */
function outcomesOf(error: unknown, count: number): readonly InsertOutcome[] {
  if (!(error instanceof LedgerError)) throw error;
  const { cause } = error;
  const outcomes = Array.from({ length: count }, (): InsertOutcome => 'unknown');
  if (!(cause instanceof mongoose.mongo.MongoBulkWriteError)) return outcomes;
  const writeErrors = [cause.writeErrors].flat();
  if (writeErrors.length === 0 || cause.result.getWriteConcernError()) return outcomes;
  outcomes.fill('stored');
  for (const { index, code } of writeErrors) {
    outcomes[index] = code === DUPLICATE_KEY ? 'refused' : 'unknown';
  }
  return outcomes;
}
