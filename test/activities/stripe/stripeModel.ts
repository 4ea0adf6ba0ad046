import Stripe from 'stripe';
import type { EnsureRow, EnsureStore } from '../../../ledger/stores/contract.js';

/** Stripe's HTTP keys and one collection of objects, as small as they can be. */

const KEY_LIFE_MS = 24 * 3_600_000;

/** What happens to one request. `lost…`: the caller never hears. */
export type Fate = 'ok' | 'lostBefore' | 'lostAfter' | '5xxBefore' | '5xxAfter' | '429' | 'refused';

interface Reply {
  readonly atMs: number;
  readonly id: string | null;
}

/** An account in which `create` makes named objects under HTTP keys. */
export class StripeModel {
  readonly objects: { readonly id: string; readonly name: string }[] = [];
  readonly #replies = new Map<string, Reply>();
  nowMs = 1_800_000_000_000;

  /** The next requests, in order; then all are `ok`. */
  fates: Fate[] = [];

  find(name: string): string | null {
    return this.objects.findLast((object) => object.name === name)?.id ?? null;
  }

  create(name: string, httpKey: string): string {
    const fate = this.fates.shift() ?? 'ok';
    if (fate === 'lostBefore') throw connectionError('ECONNRESET');
    if (fate === 'refused') throw connectionError('ECONNREFUSED');
    if (fate === '429') throw new Stripe.errors.StripeRateLimitError(errorBody(429));
    const known = this.#replies.get(httpKey);
    const remembered = known && this.nowMs - known.atMs < KEY_LIFE_MS ? known : null;
    const reply = remembered ?? this.#run(name, httpKey, fate);
    if (fate === 'lostAfter') throw connectionError('ECONNRESET');
    if (reply.id === null) throw new Stripe.errors.StripeAPIError(errorBody(500));
    return reply.id;
  }

  #run(name: string, httpKey: string, fate: Fate): Reply {
    const id = `obj_${this.objects.length + 1}`;
    if (fate !== '5xxBefore') this.objects.push({ id, name });
    const failed = fate === '5xxBefore' || fate === '5xxAfter';
    const reply = { atMs: this.nowMs, id: failed ? null : id };
    this.#replies.set(httpKey, reply);
    return reply;
  }
}

function errorBody(statusCode: number): never {
  return { message: 'no', statusCode, headers: {} } as never;
}

function connectionError(code: string): Error {
  const detail = Object.assign(new Error(code), { code });
  return new Stripe.errors.StripeConnectionError({ message: 'no', detail } as never);
}

/** Ensures in memory. `failDone` loses the next note that something is done: a crash. */
export class EnsuresInMemory implements EnsureStore {
  readonly rows = new Map<string, EnsureRow>();
  failDone = false;

  find(name: string): Promise<EnsureRow | null> {
    return Promise.resolve(this.rows.get(name) ?? null);
  }

  begin(name: string, nowMs: number): Promise<EnsureRow> {
    const fresh: EnsureRow = {
      id: name,
      state: 'sending',
      object: null,
      firstSentAtMs: nowMs,
      replies5xx: 0,
    };
    return Promise.resolve(this.rows.get(name) ?? this.#put(fresh));
  }

  done(name: string, object: string): Promise<void> {
    if (this.failDone) {
      this.failDone = false;
      return Promise.reject(new Error('killed'));
    }
    this.#put({ ...this.#need(name), state: 'done', object });
    return Promise.resolve();
  }

  reply5xx(name: string): Promise<EnsureRow> {
    const row = this.#need(name);
    return Promise.resolve(this.#put({ ...row, replies5xx: row.replies5xx + 1 }));
  }

  #need(name: string): EnsureRow {
    const row = this.rows.get(name);
    if (!row) throw new Error(`${name} was not begun`);
    return row;
  }

  #put(row: EnsureRow): EnsureRow {
    this.rows.set(row.id, row);
    return row;
  }
}
