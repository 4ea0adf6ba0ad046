import type mongoose from 'mongoose';
import { answered, exactly, insertNew, type Database } from '../connection.js';
import { LedgerError } from '../errors.js';
import type { AlertDelivery, AlertStore, StoredAlert } from './alertStore.js';

interface AlertDocument extends Omit<StoredAlert, 'id'> {
  readonly _id: string;
  /** Sorts as the list: `RAISED AT/ID`, the time in 15 digits. */
  readonly place: string;
  /** Earliest attempt that is still to come, real ms; null: none. */
  readonly dueAtMs: number | null;
}

const TIME_DIGITS = 15;

/** Alerts and what became of their deliveries. */
export class MongoAlertStore implements AlertStore {
  private readonly rows: mongoose.mongo.Collection<AlertDocument>;

  constructor(database: Database) {
    this.rows = database.collection<AlertDocument>('alerts');
  }

  /** Makes the indexes of lists and of what is due. */
  async createIndexes(): Promise<void> {
    await this.rows.createIndex({ mode: 1, place: 1 });
    await this.rows.createIndex({ mode: 1, customer: 1, place: 1 });
    await this.rows.createIndex(
      { dueAtMs: 1 },
      { partialFilterExpression: { dueAtMs: { $type: 'number' } } },
    );
  }

  async raise(alerts: readonly StoredAlert[]): Promise<void> {
    await Promise.all(alerts.map((alert) => insertNew(this.rows, documentOf(alert))));
  }

  async claim(nowMs: number, untilMs: number, limit: number): Promise<readonly StoredAlert[]> {
    const found = await answered(() =>
      this.rows
        .find({ dueAtMs: { $lte: nowMs } })
        .sort({ dueAtMs: 1 })
        .limit(limit)
        .toArray(),
    );
    const mine: StoredAlert[] = [];
    for (const document of found) {
      const { _id, dueAtMs } = document;
      const { modifiedCount } = await answered(() =>
        this.rows.updateOne({ _id, dueAtMs }, { $set: { dueAtMs: untilMs } }),
      );
      if (modifiedCount === 1) mine.push(alertOf(document));
    }
    return mine;
  }

  async settle(id: string, deliveries: readonly AlertDelivery[]): Promise<void> {
    const change = { deliveries, dueAtMs: dueAt(deliveries) };
    await answered(() => this.rows.updateOne({ _id: exactly(id) }, { $set: change }));
  }

  async list(filter: Parameters<AlertStore['list']>[0]) {
    const { mode, customer, after, limit } = filter;
    const found = await answered(() =>
      this.rows
        .find({
          mode,
          ...(customer !== undefined && { customer: exactly(customer) }),
          ...(after !== undefined && { place: { $lt: placeIn(after) } }),
        })
        .sort({ place: -1 })
        .limit(limit + 1)
        .toArray(),
    );
    const page = found.slice(0, limit);
    const nextCursor = found.length > limit ? (page.at(-1)?.place ?? null) : null;
    return { alerts: page.map(alertOf), nextCursor };
  }
}

function documentOf({ id, ...alert }: StoredAlert): AlertDocument {
  const place = `${String(alert.raisedAtMs).padStart(TIME_DIGITS, '0')}/${id}`;
  return { _id: exactly(id), ...alert, place, dueAtMs: dueAt(alert.deliveries) };
}

function alertOf({ _id, place: _place, dueAtMs: _due, ...alert }: AlertDocument): StoredAlert {
  return { id: _id, ...alert };
}

function dueAt(deliveries: readonly AlertDelivery[]): number | null {
  const times = deliveries.flatMap(({ nextAttemptAtMs }) => nextAttemptAtMs ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

/** @throws LedgerError `invalid` for a cursor that no page gave. */
function placeIn(cursor: string): string {
  if (/^\d{15}\/[\w-]+$/.test(exactly(cursor))) return cursor;
  throw new LedgerError('invalid', `no page of alerts gave the cursor ${cursor}`);
}
