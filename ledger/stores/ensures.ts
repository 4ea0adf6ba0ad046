import type mongoose from 'mongoose';
import { answered, exactly, insertNew, type Database } from '../connection.js';
import type { EnsureRow, EnsureStore } from './contract.js';
import { LedgerError } from '../errors.js';

type EnsureDocument = Omit<EnsureRow, 'id'> & { readonly _id: string };

/** Writes to Stripe, each stored under a name made from its content before it is sent. */
export class MongoEnsureStore implements EnsureStore {
  private readonly rows: mongoose.mongo.Collection<EnsureDocument>;

  constructor(database: Database) {
    this.rows = database.collection<EnsureDocument>('ensures');
  }

  async find(name: string): Promise<EnsureRow | null> {
    const found = await answered(() => this.rows.findOne({ _id: exactly(name) }));
    return found && rowOf(found);
  }

  async begin(name: string, nowMs: number): Promise<EnsureRow> {
    const row: EnsureDocument = {
      _id: exactly(name),
      state: 'sending',
      object: null,
      firstSentAtMs: nowMs,
      replies5xx: 0,
    };
    if (await insertNew(this.rows, row)) return rowOf(row);
    return this.standing(name, await this.find(name));
  }

  async done(name: string, object: string): Promise<void> {
    const change = { $set: { state: 'done', object: exactly(object) } } as const;
    const reply = await answered(() => this.rows.updateOne({ _id: exactly(name) }, change));
    if (reply.matchedCount === 0) this.standing(name, null);
  }

  async reply5xx(name: string): Promise<EnsureRow> {
    const found = await answered(() =>
      this.rows.findOneAndUpdate(
        { _id: exactly(name) },
        { $inc: { replies5xx: 1 } },
        { returnDocument: 'after' },
      ),
    );
    return this.standing(name, found && rowOf(found));
  }

  private standing(name: string, row: EnsureRow | null): EnsureRow {
    if (row) return row;
    throw new LedgerError('conflict', `no write to Stripe named ${name} was begun`);
  }
}

function rowOf({ _id, ...rest }: EnsureDocument): EnsureRow {
  return { id: _id, ...rest };
}
