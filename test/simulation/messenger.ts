import { headOnly, messageOf, noTidings, take, type Tidings } from '../../api/engine/tidings.js';
import type { LogGroup } from '../../billing/log.js';
import type { World } from './world.js';

/** What one process has to tell one customer's workflow. */
interface Outbox {
  readonly tidings: Tidings;
  isWaiting: boolean;
}

/**
 * Tells workflows of durable groups, in the product's messages. Groups collect for a while; a
 * message may be lost, come twice, late, and behind a later one.
 */
export class Messenger {
  private readonly outboxes = new Map<string, Outbox>();

  constructor(private readonly world: World) {}

  /** To be told of every durable group of one process. */
  listener(): (group: LogGroup) => void {
    return (group) => {
      const outbox = this.outboxFor(group);
      take(outbox.tidings, group);
      if (outbox.isWaiting) return;
      outbox.isWaiting = true;
      this.world.schedule.after(this.delayMs(), () => this.send(outbox));
    };
  }

  private outboxFor({ mode, customer, life }: LogGroup): Outbox {
    const known = this.outboxes.get(customer);
    if (known) return known;
    const made = { tidings: noTidings({ mode, customer, life }), isWaiting: false };
    this.outboxes.set(customer, made);
    return made;
  }

  private send(outbox: Outbox): void {
    const { tidings } = outbox;
    const customer = this.world.customers.find(({ key }) => key.customer === tidings.key.customer);
    const message = messageOf(tidings);
    headOnly(tidings);
    outbox.isWaiting = false;
    const { chance, schedule } = this.world;
    const times = chance.happens(0.15) ? 0 : chance.happens(0.2) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      schedule.after(this.delayMs(), () => customer?.receive(message));
    }
  }

  private delayMs(): number {
    const { chance } = this.world;
    return chance.happens(0.2) ? chance.whole(50, 400) : chance.whole(0, 20);
  }
}
