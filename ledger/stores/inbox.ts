import type mongoose from 'mongoose';
import { answered, exactly, insertNew, type Database } from '../connection.js';
import type { InboxRow, InboxStore } from './inboxStore.js';
import { LedgerError } from '../errors.js';

type InboxDocument = Omit<InboxRow, 'id'> & { readonly _id: string };

/** Webhooks of Stripe, each acted on once. */
export class MongoInboxStore implements InboxStore {
  private readonly rows: mongoose.mongo.Collection<InboxDocument>;

  constructor(database: Database) {
    this.rows = database.collection<InboxDocument>('inbox');
  }

  /** Makes the index of rows that wait. */
  async createIndexes(): Promise<void> {
    await this.rows.createIndex({ state: 1, receivedAtMs: 1, _id: 1 });
  }

  async receive(row: InboxRow): Promise<InboxRow> {
    const { id, ...rest } = row;
    if (await insertNew(this.rows, { _id: exactly(id), ...rest })) return row;
    const found = await answered(() => this.rows.findOne({ _id: id }));
    if (found) return rowOf(found);
    throw new LedgerError('unavailable', `webhook ${id} stands but can't be read yet`);
  }

  async find(id: string): Promise<InboxRow | null> {
    const found = await answered(() => this.rows.findOne({ _id: exactly(id) }));
    return found && rowOf(found);
  }

  async settle(id: string, state: 'handed' | 'ignored', reason?: string): Promise<void> {
    const waiting = { _id: exactly(id), state: 'received' as const };
    const end = reason === undefined ? { state } : { state, reason };
    await answered(() => this.rows.updateOne(waiting, { $set: end }));
  }

  async waiting(
    beforeMs: number,
    limit: number,
    after?: Pick<InboxRow, 'id' | 'receivedAtMs'>,
  ): Promise<readonly InboxRow[]> {
    const found = await answered(() =>
      this.rows
        .find({ state: 'received', receivedAtMs: { $lt: beforeMs }, ...(after && later(after)) })
        .sort({ receivedAtMs: 1, _id: 1 })
        .limit(limit)
        .toArray(),
    );
    return found.map(rowOf);
  }

  async forget(beforeMs: number): Promise<void> {
    const ended = { $in: ['handed' as const, 'ignored' as const] };
    const old = { state: ended, receivedAtMs: { $lt: beforeMs } };
    await answered(() => this.rows.deleteMany(old));
  }
}

/** Rows that come after another one in the order of `waiting`. */
function later({ id, receivedAtMs }: Pick<InboxRow, 'id' | 'receivedAtMs'>) {
  const same = { receivedAtMs, _id: { $gt: exactly(id) } };
  return { $or: [{ receivedAtMs: { $gt: receivedAtMs } }, same] };
}

function rowOf({ _id, ...rest }: InboxDocument): InboxRow {
  return { id: _id, ...rest };
}
