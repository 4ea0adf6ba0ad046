import type { CustomerKey, LogEntry, SettleEntry, UsageEntry } from '../../billing/log.js';
import type { AppendOutcome } from '../../ledger/contract.js';
import { START_MS, type SimulatedCustomer } from './customer.js';
import type { Hold } from './holds.js';
import type { World } from './world.js';

/** An answer that a caller was given. */
export interface Acknowledged {
  readonly key: CustomerKey;
  readonly entry: LogEntry;
  readonly outcome: AppendOutcome;
}

/** Longest time in which traffic begins, virtual ms. */
const TRAFFIC_MS = 2_000;

/** Callers: batches of events with repeats among them, and reservations that are committed. */
export class Traffic {
  readonly acknowledged: Acknowledged[] = [];
  private readonly sendings = new Map<string, number>();
  private events = 0;
  private reservations = 0;

  constructor(private readonly world: World) {}

  /** Notes that entries were sent, for the first time or again. */
  sent(key: CustomerKey, entries: readonly LogEntry[]): void {
    for (const { id } of entries) {
      const name = `${key.customer}/${id}`;
      this.sendings.set(name, this.timesSent(key, id) + 1);
    }
  }

  /** How often an id was sent, by whomever. */
  timesSent(key: CustomerKey, id: string): number {
    return this.sendings.get(`${key.customer}/${id}`) ?? 0;
  }

  begin(): void {
    const { chance, schedule } = this.world;
    for (let count = chance.whole(4, 14); count > 0; count -= 1) {
      schedule.after(chance.whole(0, TRAFFIC_MS), () => void this.report());
    }
    for (let count = chance.whole(0, 8); count > 0; count -= 1) {
      schedule.after(chance.whole(0, TRAFFIC_MS), () => void this.reserve(this.anyone()));
    }
  }

  /** A batch of events; some of them, or all, were sent before. */
  private async report(): Promise<void> {
    const { chance } = this.world;
    const { key } = this.anyone();
    const entries = Array.from({ length: chance.whole(1, 6) }, () => this.event());
    await this.send(key, entries);
    if (chance.happens(0.2)) await this.send(key, entries);
    if (chance.happens(0.1)) await this.takeBack(key);
  }

  /** Voids an event that stands, as it stands; at times two callers do, or one does twice. */
  private async takeBack(key: CustomerKey): Promise<void> {
    const { chance } = this.world;
    const own = this.acknowledged.filter((one) => one.key === key);
    const { entry, outcome } = chance.pick(own);
    const stands = 'entry' in outcome ? outcome.entry : entry;
    if (stands.kind !== 'usage') return;
    const { id: event, quantities, atMs } = stands;
    const taken = { event, reason: 'wrong', quantities, atMs, hash: event };
    await this.send(key, [{ kind: 'void', id: `void/${event}`, ...taken }]);
  }

  private anyone(): SimulatedCustomer {
    return this.world.chance.pick(this.world.customers);
  }

  private event(): UsageEntry {
    const { chance } = this.world;
    const repeats = this.events > 0 && chance.happens(0.15);
    const number = repeats ? chance.whole(1, this.events) : (this.events += 1);
    const quantity = (number % 7) + (repeats && chance.happens(0.2) ? 100 : 1);
    const content = { kind: 'usage', id: `e${number}`, quantities: { tokens: quantity } } as const;
    return { ...content, atMs: START_MS + number * 20_000, hash: `h${number}-${quantity}` };
  }

  /** Reserves, waits (at times until the hold has expired), commits a part. */
  async reserve(customer: SimulatedCustomer): Promise<void> {
    const { chance, schedule } = this.world;
    const id = `r${(this.reservations += 1)}`;
    const hold = customer.grant(id, chance.whole(1, 8));
    if (!hold) return;
    const ttlMs = chance.whole(20, 400);
    schedule.after(ttlMs, () => void customer.expire([hold.name]));
    await schedule.pause(chance.whole(0, 600));
    await this.commit(customer, id, hold);
  }

  private async commit(customer: SimulatedCustomer, id: string, hold: Hold): Promise<void> {
    const { chance } = this.world;
    const settle = (images: number): SettleEntry => ({
      kind: 'settle',
      id: `settle/${id}`,
      outcome: images > 0 ? 'committed' : 'released',
      parts: [{ hold: hold.name, used: { images }, writeOff: {}, atMs: START_MS, counts: true }],
      since: hold.since,
      hash: `${id}-${images}`,
    });
    const both = [this.send(customer.key, [settle(hold.quantity)])];
    // Two ends of one reservation, at two processes: the log decides for one of them.
    if (chance.happens(0.2)) both.push(this.send(customer.key, [settle(0)]));
    await Promise.all(both);
  }

  private async send(key: CustomerKey, entries: readonly LogEntry[]): Promise<void> {
    const outcomes = await this.world.append(key, entries);
    outcomes.forEach((outcome, index) => {
      this.acknowledged.push({ key, entry: entries[index] as LogEntry, outcome });
    });
  }
}
