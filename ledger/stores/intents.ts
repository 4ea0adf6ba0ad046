import type mongoose from 'mongoose';
import type { Mode } from '../../billing/catalogue.js';
import type { CustomerKey } from '../../billing/log.js';
import type { ReportTotals } from '../../billing/state.js';
import { answered, exactly, insertNew, type Database } from '../connection.js';
import type { Intent, IntentStore } from './contract.js';
import { LedgerError } from '../errors.js';

type IntentState = Intent['state'];
type IntentDocument = Omit<Intent, 'id'> & { readonly _id: string };

/** States that a state may follow: only forward. Stripe can still refuse what it took in. */
const BEFORE: Readonly<Record<IntentState, readonly IntentState[]>> = {
  stored: ['stored'],
  sent: ['stored', 'sent'],
  accepted: ['stored', 'sent', 'accepted'],
  deadLetter: ['stored', 'sent', 'accepted', 'deadLetter'],
};

/** Reports stored before they are sent. */
export class MongoIntentStore implements IntentStore {
  private readonly rows: mongoose.mongo.Collection<IntentDocument>;

  constructor(database: Database) {
    this.rows = database.collection<IntentDocument>('intents');
  }

  /** Makes the indexes: a minute is given to one report of a customer's meter only. */
  async createIndexes(): Promise<void> {
    await this.rows.createIndexes([
      {
        key: { mode: 1, customer: 1, life: 1, meter: 1, stampSeconds: 1 },
        unique: true,
        name: 'minuteOnce',
      },
      { key: { mode: 1, customer: 1, life: 1, segment: 1, meter: 1 }, name: 'segmentMeter' },
      { key: { mode: 1, eventName: 1, firstSentAtMs: 1 }, name: 'sentToMeter' },
    ]);
  }

  async ofSegment(key: CustomerKey, segment: number, meter: string): Promise<readonly Intent[]> {
    const filter = { ...ownerOf(key), segment, meter: exactly(meter) };
    const found = await answered(() => this.rows.find(filter).toArray());
    return found.map(intentOf).sort(bySequence);
  }

  async stamps(
    key: CustomerKey,
    meter: string,
    fromSeconds: number,
    toSeconds: number,
  ): Promise<readonly number[]> {
    const stampSeconds = { $gte: fromSeconds, $lt: toSeconds };
    const found = await answered(() =>
      this.rows
        .find({ ...ownerOf(key), meter: exactly(meter), stampSeconds })
        .project<Pick<Intent, 'stampSeconds'>>({ _id: 0, stampSeconds: 1 })
        .toArray(),
    );
    return found.map((intent) => intent.stampSeconds).sort((a, b) => a - b);
  }

  /** @throws LedgerError `conflict` when another intent of the meter has the same minute. */
  async insert(intent: Intent): Promise<boolean> {
    const { id, ...rest } = intent;
    if (await insertNew(this.rows, { _id: exactly(id), ...rest })) return true;
    if (await answered(() => this.rows.findOne({ _id: id }))) return false;
    const minute = `${intent.meter} of ${intent.customer} at ${intent.stampSeconds}`;
    throw new LedgerError('conflict', `intent ${id}: another one reports ${minute} already`);
  }

  /** A change of state that would go backward is left out whole: a later one stands. */
  async update(id: string, change: Partial<Omit<Intent, 'id'>>): Promise<void> {
    if (Object.keys(change).length === 0) return;
    const allowed = change.state === undefined ? {} : { state: { $in: BEFORE[change.state] } };
    await answered(() => this.rows.updateOne({ _id: exactly(id), ...allowed }, { $set: change }));
  }

  async reopen(id: string, nowMs: number): Promise<boolean> {
    const _id = exactly(id);
    const state: IntentState = 'sent';
    const once = { _id, state: 'accepted' as const, reopenedAtMs: { $exists: false } };
    const again = { $set: { state, reopenedAtMs: nowMs }, $inc: { replies5xx: 1 } };
    const { modifiedCount } = await answered(() => this.rows.updateOne(once, again));
    return modifiedCount === 1;
  }

  async totals(key: CustomerKey, segment: number, meter: string): Promise<ReportTotals> {
    const intents = await this.ofSegment(key, segment, meter);
    return {
      intended: sum(intents),
      accepted: sum(intents.filter(({ state }) => state === 'accepted')),
      inDoubt: sum(intents.filter(({ state }) => state === 'sent')),
      deadLetter: sum(intents.filter(({ state }) => state === 'deadLetter')),
      lastAtMs: Math.max(0, ...intents.map(({ storedAtMs }) => storedAtMs)),
    };
  }

  async named(mode: Mode, ids: readonly string[]): Promise<readonly Intent[]> {
    const _id = { $in: ids.map(exactly) };
    const found = await answered(() => this.rows.find({ _id, mode }).toArray());
    return found.map(intentOf);
  }

  async sentWithin(
    mode: Mode,
    eventName: string,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly Intent[]> {
    const firstSentAtMs = { $gte: fromMs, $lt: toMs };
    const found = await answered(() =>
      this.rows
        .find({ mode, eventName: exactly(eventName), firstSentAtMs })
        .sort({ firstSentAtMs: -1 })
        .limit(limit)
        .toArray(),
    );
    return found.map(intentOf);
  }
}

function ownerOf({ mode, customer, life }: CustomerKey) {
  return { mode, customer: exactly(customer), life };
}

function sum(intents: readonly Intent[]): number {
  return intents.reduce((total, { value }) => total + value, 0);
}

/** Sequences count within a day, and days follow each other by the time of storing. */
function bySequence(a: Intent, b: Intent): number {
  return a.storedAtMs - b.storedAtMs || sequenceOf(a) - sequenceOf(b);
}

/** The number after the last `_` of the identifier. */
function sequenceOf({ id }: Intent): number {
  return Number(id.slice(id.lastIndexOf('_') + 1));
}

function intentOf({ _id, ...rest }: IntentDocument): Intent {
  return { id: _id, ...rest };
}
