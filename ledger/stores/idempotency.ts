import type mongoose from 'mongoose';
import type { Mode } from '../../billing/catalogue.js';
import { answered, exactly, insertNew, type Database } from '../connection.js';
import type { IdempotencyStore } from './contract.js';
import { LedgerError } from '../errors.js';

/** Answers are kept this long (CONTRACT §3). */
const KEPT_MS = 24 * 3_600_000;

/**
 * A claim this old was left by a process that died: no request takes that long. Whoever comes
 * next runs it again; ids make what it did before a repeat.
 */
const CLAIM_MS = 60_000;

/** Times that a claim is looked at again because it changed under the look. */
const TRIES_MAX = 5;

interface AnswerDocument {
  /** `MODE/KEY`. */
  readonly _id: string;
  readonly requestHash: string;
  readonly state: 'running' | 'done';
  readonly claimedAtMs: number;
  readonly status: number;
  readonly body: string;
  /** The customer that the request names; absent: it names none. */
  readonly customer?: string;
}

/** Answers kept for `Idempotency-Key`. */
export class MongoIdempotencyStore implements IdempotencyStore {
  private readonly rows: mongoose.mongo.Collection<AnswerDocument>;

  constructor(database: Database) {
    this.rows = database.collection<AnswerDocument>('idempotency');
  }

  /** Makes the index of old rows. */
  async createIndexes(): Promise<void> {
    await this.rows.createIndex({ claimedAtMs: 1 });
  }

  async begin(mode: Mode, key: string, requestHash: string, nowMs: number, customer?: string) {
    const claim: AnswerDocument = {
      _id: `${mode}/${exactly(key)}`,
      requestHash: exactly(requestHash),
      state: 'running',
      claimedAtMs: nowMs,
      status: 0,
      body: '',
      ...(customer === undefined ? {} : { customer: exactly(customer) }),
    };
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      if (await insertNew(this.rows, claim)) return { state: 'claimed' } as const;
      const found = await answered(() => this.rows.findOne({ _id: claim._id }));
      if (!found) continue;
      if (!isOver(found, claim)) return answerOf(found, requestHash);
      if (await this.takeOver(found, claim)) return { state: 'claimed' } as const;
    }
    throw new LedgerError('unavailable', `idempotency key ${key} changes hands too fast`);
  }

  async finish(mode: Mode, key: string, status: number, body: string): Promise<void> {
    const running = { _id: `${mode}/${exactly(key)}`, state: 'running' } as const;
    const change = { $set: { state: 'done', status, body } } as const;
    await answered(() => this.rows.updateOne(running, change));
  }

  async abandon(mode: Mode, key: string): Promise<void> {
    const running = { _id: `${mode}/${exactly(key)}`, state: 'running' } as const;
    await answered(() => this.rows.deleteOne(running));
  }

  /** Deletes answers that are kept no longer; tells how many. */
  async sweep(nowMs: number): Promise<number> {
    const old = { claimedAtMs: { $lt: nowMs - KEPT_MS } };
    const reply = await answered(() => this.rows.deleteMany(old));
    return reply.deletedCount;
  }

  private async takeOver(found: AnswerDocument, claim: AnswerDocument): Promise<boolean> {
    const { _id, state, claimedAtMs } = found;
    const reply = await answered(() => this.rows.replaceOne({ _id, state, claimedAtMs }, claim));
    return reply.matchedCount === 1;
  }
}

/** True when a row no longer counts: kept long enough, or its claim was left behind. */
function isOver(found: AnswerDocument, claim: AnswerDocument): boolean {
  const ageMs = claim.claimedAtMs - found.claimedAtMs;
  if (ageMs > KEPT_MS) return true;
  return found.state === 'running' && found.requestHash === claim.requestHash && ageMs > CLAIM_MS;
}

function answerOf({ requestHash, state, status, body }: AnswerDocument, asked: string) {
  if (requestHash !== asked) return { state: 'reused' } as const;
  if (state === 'running') return { state: 'running' } as const;
  return { state: 'done', status, body } as const;
}
