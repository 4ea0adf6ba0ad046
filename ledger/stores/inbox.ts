import type mongoose from 'mongoose';
import { answered, exactly, insertNew, type Database } from '../connection.js';
import type { InboxRow, InboxStore } from './contract.js';
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
    await this.rows.createIndex({ state: 1, receivedAtMs: 1 });
  }

  async receive(row: InboxRow): Promise<InboxRow> {
    const { id, ...rest } = row;
    if (await insertNew(this.rows, { _id: exactly(id), ...rest })) return row;
    const found = await answered(() => this.rows.findOne({ _id: id }));
    if (found) return rowOf(found);
    throw new LedgerError('unavailable', `webhook ${id} stands but can't be read yet`);
  }

  async settle(id: string, state: 'handed' | 'ignored'): Promise<void> {
    const waiting = { _id: exactly(id), state: 'received' as const };
    await answered(() => this.rows.updateOne(waiting, { $set: { state } }));
  }

  async waiting(beforeMs: number, limit: number): Promise<readonly InboxRow[]> {
    const found = await answered(() =>
      this.rows
        .find({ state: 'received', receivedAtMs: { $lt: beforeMs } })
        .sort({ receivedAtMs: 1 })
        .limit(limit)
        .toArray(),
    );
    return found.map(rowOf);
  }
}

function rowOf({ _id, ...rest }: InboxDocument): InboxRow {
  return { id: _id, ...rest };
}
