import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type mongoose from 'mongoose';
import type { Mode } from '../../billing/catalogue.js';
import { answered, exactly, insertNew, type Database } from '../connection.js';
import type { ApiKey, KeyScope, KeyStore } from './contract.js';
import { LedgerError } from '../errors.js';

/** 256 random bits: nobody guesses one, so a plain hash of it is safe to store. */
const SECRET_BYTES = 32;

/** Characters of a key that may be shown again: its kind and mode, and four more. */
const SHOWN_CHARACTERS = 'dbk_test_'.length + 4;

/** All keys there are at most. */
const KEYS_MAX = 10_000;

interface KeyDocument extends Omit<ApiKey, 'id'> {
  readonly _id: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
}

/** API keys. Only hashes of them are stored; the secret is shown once, when it is made. */
export class MongoKeyStore implements KeyStore {
  private readonly rows: mongoose.mongo.Collection<KeyDocument>;

  constructor(
    database: Database,
    private readonly nowMs: () => number,
  ) {
    this.rows = database.collection<KeyDocument>('keys');
  }

  /** Makes the index by which keys are found. */
  async createIndexes(): Promise<void> {
    await this.rows.createIndex({ hash: 1 }, { unique: true });
  }

  async create(mode: Mode, scope: KeyScope) {
    const kind = scope === 'publishable' ? 'dbp' : 'dbk';
    const secret = `${kind}_${mode}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
    const row: KeyDocument = {
      _id: `key_${randomBytes(9).toString('hex')}`,
      hash: hashOf(secret),
      mode,
      scope,
      prefix: secret.slice(0, SHOWN_CHARACTERS),
      createdAtMs: this.nowMs(),
      revokedAtMs: null,
    };
    if (!(await insertNew(this.rows, row))) {
      throw new LedgerError('unavailable', `key ${row._id} was made twice by chance`);
    }
    return { key: keyOf(row), secret };
  }

  async verify(secret: string): Promise<ApiKey | null> {
    const hash = hashOf(exactly(secret));
    const found = await answered(() => this.rows.findOne({ hash }));
    if (!found || found.revokedAtMs !== null) return null;
    // The index has compared already; this one takes the same time whatever differs.
    return timingSafeEqual(Buffer.from(found.hash), Buffer.from(hash)) ? keyOf(found) : null;
  }

  async list(): Promise<readonly ApiKey[]> {
    const found = await answered(() =>
      this.rows.find({}).sort({ createdAtMs: 1, _id: 1 }).limit(KEYS_MAX).toArray(),
    );
    return found.map(keyOf);
  }

  async revoke(id: string): Promise<boolean> {
    const live = { _id: exactly(id), revokedAtMs: null };
    const change = { $set: { revokedAtMs: this.nowMs() } };
    const reply = await answered(() => this.rows.updateOne(live, change));
    return reply.matchedCount === 1;
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function keyOf({ _id, hash: _hash, ...rest }: KeyDocument): ApiKey {
  return { id: _id, ...rest };
}
