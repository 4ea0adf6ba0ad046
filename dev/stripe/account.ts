import type Stripe from 'stripe';
import type { Change } from './state/store.js';
import { Store } from './state/store.js';
import { newId } from './state/ids.js';
import type { Kinds, ThinEventRecord } from './state/records.js';
import { StripeFailure, missing } from './http/failure.js';
import { type Switches, defaultSwitches } from './switches.js';

/** The API version this sandbox speaks, the one the SDK 23.1.0 is pinned to. */
export const API_VERSION = '2026-10-28.endive';

/** Type of an event. */
export type EventType = Stripe.Event['type'];

/** One Stripe account in test mode: its records, its time, its events. */
export class Account {
  readonly store = new Store();
  readonly switches: Switches = defaultSwitches();
  readonly nowMs: () => number;
  /** Where the sandbox listens; hosted pages are under it. */
  url = '';
  /** Called with what a finished transaction changed. */
  onCommit: (changes: readonly Change[]) => void = () => {};
  /** Whether an endpoint waits for events. */
  deliversEvents = false;
  /** The request under way, as events show it. */
  request: { id: string | null; idempotency_key: string | null } = NO_REQUEST;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** Real time, Unix seconds. */
  realSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  /** Runs a change of state as one; see Store.transact. */
  transact<T>(work: () => T): T {
    return this.store.transact(
      work,
      (changes) => this.onCommit(changes),
      (error) => error instanceof StripeFailure && error.keepsEffects,
    );
  }

  /** The customer; 404 (400 where named by a parameter) for an unknown or deleted one. */
  customer(id: string, param?: string): Kinds['customer'] {
    const customer = this.store.get('customer', id);
    if (!customer) throw missing('customer', id, param);
    return customer;
  }

  /** The customer's now, Unix seconds: that of its test clock, else real time. */
  now(customerId: string | null): number {
    const clockId = customerId ? this.store.get('customer', customerId)?.test_clock : null;
    const clock = clockId ? this.store.get('testClock', clockId) : undefined;
    return clock ? clock.frozen_time : this.realSeconds();
  }

  /**
   * Refuses changes of what hangs on a clock that is moving. Stripe answers 429 "advancement
   * underway" (seen in public reports; its code is not documented).
   */
  needStill(customerId: string | null): void {
    const clockId = customerId ? this.store.get('customer', customerId)?.test_clock : null;
    const clock = clockId ? this.store.get('testClock', clockId) : undefined;
    if (clock?.status !== 'advancing') return;
    throw new StripeFailure(
      429,
      `Test clock advancement underway - cannot perform modifications on ${clock.id}`,
    );
  }

  /** Records an event with the object as it is shown now; webhooks take it from there. */
  emit(type: EventType, object: object, createdSeconds: number, previous?: object): void {
    const event = {
      id: newId('evt'),
      object: 'event' as const,
      api_version: API_VERSION,
      created: createdSeconds,
      data: { object, ...(previous ? { previous_attributes: previous } : {}) },
      livemode: false,
      pending_webhooks: this.deliversEvents ? 1 : 0,
      request: this.request,
      type,
    };
    this.store.put('event', event as unknown as Kinds['event']);
    this.#deliver(event.id);
  }

  /** Records a thin event; its notification goes to the same endpoints. */
  emitThin(event: ThinEventRecord): void {
    this.store.put('thinEvent', event);
    this.#deliver(event.id);
  }

  #deliver(event: string): void {
    if (!this.deliversEvents) return;
    this.store.put('delivery', { id: event, event, attempts: 0, nextMs: this.nowMs() });
  }
}

/** What events show that no request caused. */
export const NO_REQUEST = { id: null, idempotency_key: null };
