import { ApiRefused, DurabillApi } from '../../dev/demo/durabillApi.js';
import type { Move, Script, SentEvent, Timed } from '../lives/script.js';
import type { TestStack } from '../stack.js';

/** A life of `test/lives` told to a running stack by HTTP; what goes unanswered is sent again. */

/** Processes that die are back within a minute; a clock goes through a year in some. */
const PATIENCE_MS = 400_000;

/** Late usage of who has left is billed after 35 days and 5 minutes. */
const HOUR_MS = 3_600_000;
const LATE_OVER_MS = 36 * 24 * HOUR_MS;

/** What a caller is told that asks for what can't be at that time. */
const REFUSALS: readonly string[] = [
  ...['conflict', 'invalid_request', 'event_too_old', 'event_in_future', 'not_found'],
];

/** Who leaves for good does not come back: what is dated in between would belong nowhere. */
function withoutReturns(moves: readonly Timed[]): readonly Timed[] {
  const left = moves.findIndex((move) => move.do === 'cancel' && move.then === null);
  if (left < 0) return moves;
  return moves.filter((move, at) => at <= left || move.do !== 'plan');
}

function isPeriodEnd(body: unknown): boolean {
  return JSON.stringify(body ?? null).includes('periodEnd"');
}

/** One customer of a stack. */
export class HttpLife {
  readonly #api: DurabillApi;
  readonly #events: SentEvent[] = [];
  #asked = 0;

  constructor(
    stack: TestStack,
    readonly customer: string,
    readonly script: Script,
  ) {
    this.#api = new DurabillApi({ url: stack.api, key: stack.key, patienceMs: PATIENCE_MS });
  }

  /** From the first plan until nothing is left to be billed. */
  async play(): Promise<void> {
    const { plan, anchorMs, moves, lengthMs } = this.script;
    const anchor = new Date(anchorMs).toISOString();
    await this.#ask('PUT', '', { plan, anchor });
    for (const move of withoutReturns(moves)) {
      const atMs = anchorMs + move.afterMs;
      await this.#clock(new Date(atMs).toISOString());
      await this.#do(move, atMs);
    }
    // Not in the very minute in which a period ends.
    await this.#clock(new Date(anchorMs + lengthMs + HOUR_MS).toISOString());
    await this.#approve();
    await this.#clock(new Date(anchorMs + lengthMs + LATE_OVER_MS).toISOString());
    await this.#approve();
    await this.#clock('periodEnd');
    await this.#approve();
    await this.#clock(await this.#hourLater());
  }

  /** Null: it can't be, at that time. */
  async #ask<Body>(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown) {
    return this.#call<Body>(method, `/v1/customers/${this.customer}${path}`, body);
  }

  async #call<Body>(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown) {
    this.#asked += 1;
    // After a death a key waits a minute: what is harmless to ask twice goes without.
    const needsKey = /\/(plan|cancel|resume)$/.test(path) || isPeriodEnd(body);
    const idempotencyKey = needsKey ? `${this.customer}-${this.#asked}` : undefined;
    try {
      return await this.#api.call<Body>({ method, path, body, idempotencyKey });
    } catch (error) {
      if (error instanceof ApiRefused && REFUSALS.includes(error.code)) return null;
      throw error;
    }
  }

  #clock(to: string) {
    return this.#call('POST', '/v1/test/clock', { customer: this.customer, to });
  }

  async #hourLater(): Promise<string> {
    const known = await this.#ask<{ readonly now: string }>('GET', '');
    return new Date(Date.parse(known?.now ?? '') + HOUR_MS).toISOString();
  }

  async #do(move: Move, atMs: number): Promise<void> {
    switch (move.do) {
      case 'use':
        this.#events.push(...move.events);
        await this.#send(move.events, atMs);
        return;
      case 'repeat':
        await this.#send(this.#picked(move.pick), atMs);
        return;
      case 'void':
        for (const { id } of this.#picked(move.pick)) {
          const body = { customer: this.customer, reason: 'mistake' };
          await this.#call('POST', `/v1/events/${id}/void`, body);
        }
        return;
      case 'plan':
        return this.#change(move);
      case 'cancel':
        await this.#ask('POST', '/cancel', {
          when: move.when,
          ...(move.then === null ? {} : { then: move.then }),
        });
        return;
      case 'resume':
        await this.#ask('POST', '/resume', {});
        return;
      default:
      // Outages are kills here, and webhooks come by themselves.
    }
  }

  async #change({ plan, when }: Extract<Move, { do: 'plan' }>): Promise<void> {
    await this.#ask('POST', '/plan', { plan, when });
  }

  #picked(pick: number): readonly SentEvent[] {
    const event = this.#events[pick % Math.max(1, this.#events.length)];
    return event ? [event] : [];
  }

  /** A repeat has another time, so it is a conflict: the first stands either way. */
  async #send(events: readonly SentEvent[], atMs: number): Promise<void> {
    const { customer } = this;
    const sent = events.map(({ id, quantities, agoMs }) => {
      const timestamp = new Date(atMs - agoMs).toISOString();
      return { id: `${customer}-${id}`, customer, quantities, timestamp };
    });
    await this.#call('POST', '/v1/events', { events: sent });
  }

  async #approve(): Promise<void> {
    type Listed = { readonly data: readonly { id: string; review: { reason: string } | null }[] };
    const listed = await this.#ask<Listed>('GET', '/invoices');
    for (const { id, review } of listed?.data ?? []) {
      if (review?.reason === 'spike') await this.#call('POST', `/v1/invoices/${id}/approve`, {});
    }
  }
}
