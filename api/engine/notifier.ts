import type { CustomerKey, LogGroup, UsageMessage } from '../../billing/log.js';
import { Pace } from './pace.js';
import { headOnly, isSpread, messageOf, putBack, take, type Tidings } from './tidings.js';
import { backOff, DELAYS_MS, nameOf, newWaiting, type Riding, type Waiting } from './waiting.js';

/** Tells the customers' workflows what this process has written (DESIGN §3). */

const TICK_MS = 100;
const SENDING_MAX = 32;
const CUSTOMERS_MAX = 50_000;
const BYTES_MAX = 32 * 1024 * 1024;

/** Sums of this size leave at once. */
const LARGE_BYTES = 64 * 1024;

/** What the notifier stands on. */
export interface NotifierPorts {
  tell(key: CustomerKey, message: UsageMessage): Promise<void>;
  /** True where a hard limit waits for the news. */
  isUrgent(key: CustomerKey): boolean;
  /** Told of what could not be sent; it is sent again or healed. */
  onFailure(error: unknown): void;
}

/**
 * One message in flight per customer; sums collect meanwhile. Of a message that failed only the
 * head is told again: it may have arrived, and the workflow reads the rest in the log. What does
 * not fit in memory is dropped: the sweep finds it.
 */
export class Notifier {
  private readonly waiting = new Map<string, Waiting>();
  private readonly pace = new Pace();
  private timer: NodeJS.Timeout | null = null;
  private sending = 0;
  private bytes = 0;
  private closed = false;

  constructor(private readonly ports: NotifierPorts) {}

  /** Customers with news that no workflow has taken yet. */
  get size(): number {
    return this.waiting.size;
  }

  /** Takes one durable group of this process. Never throws, never waits. */
  note(group: LogGroup): void {
    const { mode, customer, life } = group;
    const waiting = this.waitingFor({ mode, customer, life });
    if (!waiting) return;
    this.bytes -= waiting.tidings.bytes;
    take(waiting.tidings, group);
    if (this.bytes + waiting.tidings.bytes > BYTES_MAX || isSpread(waiting.tidings)) {
      headOnly(waiting.tidings);
    }
    this.bytes += waiting.tidings.bytes;
    if (waiting.tidings.bytes > LARGE_BYTES && waiting.failures === 0) waiting.dueAtMs = 0;
    this.wind();
  }

  /**
   * Tells a customer's workflow at once that its log reaches `head`.
   * @throws Problem `unavailable`; the news stay and are sent again.
   */
  async tellNow(key: CustomerKey, head: number): Promise<void> {
    const waiting = this.waitingFor(key);
    if (!waiting) return this.ports.tell(key, { ranges: [], sums: [], catalogue: 0, head });
    waiting.tidings.head = Math.max(waiting.tidings.head, head);
    while (waiting.sending) await waiting.sending.catch(() => undefined);
    await this.send(nameOf(key), waiting);
  }

  /** Hands out what waits for a customer, where nothing of it is being sent; else null. */
  takeAlong(key: CustomerKey): Riding | null {
    const name = nameOf(key);
    const waiting = this.waiting.get(name);
    if (!waiting || waiting.sending || waiting.tidings.ranges.length === 0) return null;
    this.bytes -= waiting.tidings.bytes;
    const message = messageOf(waiting.tidings);
    const riding = { ...waiting.tidings };
    headOnly(waiting.tidings);
    let arrived: () => void = () => undefined;
    waiting.sending = new Promise((resolve) => (arrived = resolve));
    return {
      message,
      done: (outcome) => {
        waiting.sending = null;
        arrived();
        if (outcome === 'folded') this.settled(name, waiting, riding.head);
        else if (outcome === 'unknown') this.failed(waiting);
        else this.restore(waiting, riding);
      },
    };
  }

  /** Sends what waits, for at most `timeoutMs`; the rest is healed by the sweep. */
  async close(timeoutMs: number): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    const untilMs = Date.now() + timeoutMs;
    const names = [...this.waiting.entries()];
    const lane = async (): Promise<void> => {
      for (let next = names.shift(); next && Date.now() < untilMs; next = names.shift()) {
        await next[1].sending?.catch(() => undefined);
        await this.send(...next).catch(() => undefined);
      }
    };
    const late = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
    await Promise.race([Promise.all(Array.from({ length: SENDING_MAX }, lane)), late]);
  }

  private waitingFor(key: CustomerKey): Waiting | null {
    const name = nameOf(key);
    const found = this.waiting.get(name);
    if (found) return found;
    if (this.waiting.size >= CUSTOMERS_MAX) return null;
    const delayMs = this.ports.isUrgent(key) ? DELAYS_MS.soon : DELAYS_MS.later;
    const made = newWaiting(key, delayMs);
    this.waiting.set(name, made);
    return made;
  }

  private restore(waiting: Waiting, riding: Tidings): void {
    this.bytes -= waiting.tidings.bytes;
    putBack(waiting.tidings, riding);
    this.bytes += waiting.tidings.bytes;
    this.wind();
  }

  private wind(): void {
    if (this.timer || this.closed || this.waiting.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.tick();
      this.wind();
    }, TICK_MS);
    this.timer.unref();
  }

  private tick(): void {
    const nowMs = Date.now();
    for (const [name, waiting] of this.waiting) {
      if (waiting.sending || waiting.dueAtMs > nowMs) continue;
      if (this.sending >= SENDING_MAX || !this.pace.take()) return;
      this.send(name, waiting).catch((error: unknown) => this.ports.onFailure(error));
    }
  }

  private send(name: string, waiting: Waiting): Promise<void> {
    this.bytes -= waiting.tidings.bytes;
    const message = messageOf(waiting.tidings);
    const { head } = waiting.tidings;
    headOnly(waiting.tidings);
    this.sending += 1;
    const startedAtMs = Date.now();
    const sent = this.ports.tell(waiting.tidings.key, message).then(
      () => this.settled(name, waiting, head),
      (error: unknown) => {
        this.failed(waiting);
        throw error;
      },
    );
    waiting.sending = sent.finally(() => {
      this.sending -= 1;
      waiting.sending = null;
      this.pace.answered(Date.now() - startedAtMs);
    });
    return waiting.sending;
  }

  private settled(name: string, waiting: Waiting, head: number): void {
    waiting.failures = 0;
    if (waiting.tidings.head <= head) {
      this.waiting.delete(name);
      return;
    }
    const urgent = this.ports.isUrgent(waiting.tidings.key);
    waiting.dueAtMs = Date.now() + (urgent ? DELAYS_MS.soon : DELAYS_MS.later);
    this.wind();
  }

  private failed(waiting: Waiting): void {
    backOff(waiting);
    this.wind();
  }
}
