import type { Account } from '../account.js';
import type { Kinds } from '../state/records.js';
import { type Due, firstDue } from './due.js';

type Clock = Kinds['testClock'];

const TICK_MS = 1000;
/** Due things of one customer in one tick. */
const STEPS_PER_TICK_MAX = 1000;
const CUSTOMERS_AT_ONCE = 50;

/** Checkout Sessions without a customer live in real time, too. */
const NOBODY = '';

/**
 * Lets time pass. A test clock that advances goes from due time to due time, one transaction each,
 * so that requests are answered between them; customers without a clock live in real time.
 */
export class Timekeeper {
  readonly #account: Account;
  readonly #ticks: NodeJS.Timeout;
  readonly #advancing = new Set<string>();
  #stopped = false;
  #passing = false;

  constructor(account: Account) {
    this.#account = account;
    this.#ticks = setInterval(() => this.#tick(), TICK_MS);
    this.#ticks.unref();
    this.wake();
  }

  /** Carries on with every clock that is advancing; after a restart too. */
  wake(): void {
    for (const clock of this.#account.store.all('testClock')) {
      if (clock.status !== 'advancing' || this.#advancing.has(clock.id)) continue;
      this.#advancing.add(clock.id);
      const readyAtMs = this.#account.nowMs() + this.#account.switches.advanceMs;
      setImmediate(() => this.#step(clock.id, readyAtMs));
    }
  }

  #tick(): void {
    if (this.#passing) return;
    const customers = this.#account.store.all('customer');
    const free = customers.filter((customer) => (customer.test_clock ?? null) === null);
    this.#passing = true;
    this.#passRealTime([...free.map((customer) => customer.id), NOBODY]);
  }

  /** Does what is due by real time, some customers at a time: requests are answered in between. */
  #passRealTime(customers: readonly string[]): void {
    for (const customer of customers.slice(0, CUSTOMERS_AT_ONCE)) this.#passFor(customer);
    const rest = customers.slice(CUSTOMERS_AT_ONCE);
    if (rest.length === 0 || this.#stopped) this.#passing = false;
    else setImmediate(() => this.#passRealTime(rest));
  }

  #passFor(customer: string): void {
    try {
      for (let step = 0; step < STEPS_PER_TICK_MAX && !this.#stopped; step += 1) {
        const due = firstDue(this.#account, [{ id: customer }], this.#account.realSeconds());
        if (!due) return;
        this.#account.transact(due.run);
      }
    } catch (error) {
      // Told, and tried again with the next tick; other customers go on.
      process.stderr.write(`stripe sandbox: ${customer}: ${String(error)}\n`);
    }
  }

  /** Ends all of it; a clock that was advancing goes on at the next start. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#ticks);
  }

  #step(id: string, readyAtMs: number): void {
    if (this.#stopped) return;
    const { store } = this.#account;
    const clock = store.need('testClock', id);
    const target = clock.status_details.advancing?.target_frozen_time ?? clock.frozen_time;
    const due = firstDue(this.#account, store.group('customer', id), target);
    if (due) {
      if (this.#happens(clock, due)) setImmediate(() => this.#step(id, readyAtMs));
      return;
    }
    const waitMs = readyAtMs - this.#account.nowMs();
    if (waitMs > 0) setTimeout(() => this.#step(id, readyAtMs), waitMs);
    else this.#arrive(clock, target);
  }

  /** Does one due thing; a fault of the sandbox stops the clock as `internal_failure`. */
  #happens(clock: Clock, due: Due): boolean {
    const { store } = this.#account;
    try {
      this.#account.transact(() => {
        const at = Math.max(clock.frozen_time, due.at);
        store.patch('testClock', clock.id, { frozen_time: at });
        due.run();
      });
      return true;
    } catch (error) {
      this.#advancing.delete(clock.id);
      process.stderr.write(`stripe sandbox: ${clock.id} failed: ${String(error)}\n`);
      this.#account.transact(() => {
        const failed = { status: 'internal_failure', status_details: {} } as const;
        store.patch('testClock', clock.id, failed);
        const now = this.#account.realSeconds();
        this.#account.emit('test_helpers.test_clock.internal_failure', clock, now);
      });
      return false;
    }
  }

  #arrive(clock: Clock, target: number): void {
    this.#advancing.delete(clock.id);
    this.#account.transact(() => {
      const ready = this.#account.store.patch('testClock', clock.id, {
        frozen_time: target,
        status: 'ready',
        status_details: {},
      });
      this.#account.emit('test_helpers.test_clock.ready', ready, this.#account.realSeconds());
    });
  }
}
