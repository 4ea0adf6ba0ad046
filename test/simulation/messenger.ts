import type { LogGroup, LogRange, SumRow, UsageMessage } from '../../billing/log.js';
import { mergeRows } from '../../billing/sums.js';
import type { World } from './world.js';

/** What one process has to tell one customer's workflow. */
interface Outbox {
  ranges: LogRange[];
  sums: readonly SumRow[];
  head: number;
}

/**
 * Tells workflows of durable groups. Groups collect for a while; a message may be lost, come
 * twice, late, and behind a later one. Groups in which anything acts are left to the heal.
 */
export class Messenger {
  private readonly outboxes = new Map<string, Outbox>();

  constructor(private readonly world: World) {}

  /** To be told of every durable group of one process. */
  listener(): (group: LogGroup) => void {
    return (group) => {
      const name = group.customer;
      const waiting = this.outboxes.get(name);
      const outbox = waiting ?? { ranges: [], sums: [], head: 0 };
      this.outboxes.set(name, outbox);
      outbox.head = Math.max(outbox.head, group.number);
      if (group.entries.every(({ kind }) => kind === 'usage')) {
        outbox.ranges.push([group.number, group.number]);
        outbox.sums = mergeRows(outbox.sums, group.sums);
      }
      if (!waiting) this.world.schedule.after(this.delayMs(), () => this.send(name));
    };
  }

  private send(name: string): void {
    const outbox = this.outboxes.get(name);
    const customer = this.world.customers.find(({ key }) => key.customer === name);
    this.outboxes.delete(name);
    if (!outbox || !customer) return;
    const message: UsageMessage = { ...outbox, catalogue: 1 };
    const { chance, schedule } = this.world;
    const times = chance.happens(0.15) ? 0 : chance.happens(0.2) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      schedule.after(this.delayMs(), () => customer.receive(message));
    }
  }

  private delayMs(): number {
    const { chance } = this.world;
    return chance.happens(0.2) ? chance.whole(50, 400) : chance.whole(0, 20);
  }
}
