import { createHash } from 'node:crypto';
import type { Account } from '../account.js';
import type { KeyRecord } from '../state/records.js';
import { StripeFailure, badRequest } from './failure.js';

const KEPT_MS = 24 * 3600 * 1000;
const KEY_LENGTH_MAX = 255;

/** A reply: what is sent and what is kept under an Idempotency-Key. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What makes two requests the same. */
export function fingerprintOf(method: string, path: string, body: string): string {
  return createHash('sha256').update(`${method} ${path}\n${body}`).digest('hex');
}

/** Idempotency-Keys of v1: kept 24 hours of real time, replayed with status and body. */
export class KeyBook {
  readonly #account: Account;
  readonly #underWay = new Set<string>();

  constructor(account: Account) {
    this.#account = account;
  }

  /**
   * The saved reply, or null where the request is new. Throws for other parameters under the key
   * and for a request under way with it (docs: api/idempotent_requests).
   */
  claim(key: string, fingerprint: string): Reply | null {
    if (key.length > KEY_LENGTH_MAX) {
      throw badRequest(`Idempotency keys can be up to ${KEY_LENGTH_MAX} characters long.`);
    }
    const saved = this.#account.store.get('key', key);
    const fresh = saved && this.#account.nowMs() - saved.savedMs < KEPT_MS;
    if (fresh && saved.fingerprint !== fingerprint) {
      const message =
        'Keys for idempotent requests can only be used with the same parameters they were first ' +
        `used with. Try using a key other than '${key}' if you meant to execute a different ` +
        'request.';
      throw new StripeFailure(400, message, { type: 'idempotency_error' });
    }
    if (fresh) return { ...saved, headers: { 'idempotent-replayed': 'true' } };
    if (this.#underWay.has(key)) {
      const message = `There is currently another in-progress request using the key '${key}'.`;
      const fields = { type: 'idempotency_error', code: 'idempotency_key_in_use' } as const;
      throw new StripeFailure(409, message, fields);
    }
    this.#underWay.add(key);
    return null;
  }

  /** Ends a request's use of its key. */
  release(key: string): void {
    this.#underWay.delete(key);
  }

  /** Keeps a reply; within a transaction. */
  save(key: string, fingerprint: string, reply: Reply): void {
    const { status, body } = reply;
    const record: KeyRecord = {
      id: key,
      fingerprint,
      savedMs: this.#account.nowMs(),
      status,
      body,
    };
    this.#account.store.put('key', record);
  }

  /** Forgets what is older than a day. */
  prune(): void {
    const before = this.#account.nowMs() - KEPT_MS;
    this.#account.transact(() => {
      for (const record of this.#account.store.all('key')) {
        if (record.savedMs < before) this.#account.store.remove('key', record.id);
      }
    });
  }
}

/** Whether a failed request is kept under its key: executed ones are, refused ones are not. */
export function isKept(failure: StripeFailure): boolean {
  return failure.status >= 500 || failure.status === 402 || failure.keepsEffects;
}
