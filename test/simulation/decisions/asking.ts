import { headOnly, messageOf, noTidings, take } from '../../../api/engine/tidings.js';
import type { Decided, Decider } from '../../../api/decisions/contract.js';
import type { HoldAsk } from '../../../billing/holds/asks.js';
import type { CustomerKey, LogGroup } from '../../../billing/log.js';
import type { SimulatedProcess } from '../process.js';
import type { ProcessClock } from './clock.js';
import { KEY } from './plan.js';
import type { World } from './world.js';

interface Waiting {
  readonly asks: readonly HoldAsk[];
  readonly resolve: (decided: Decided) => void;
}

/**
 * The asks and the news of one life of a process: asks collect while one Update is in flight, and
 * an Update of unknown outcome is sent again under its id; news are told a little later or ride.
 */
export class Asking implements Decider {
  private waiting: Waiting[] = [];
  private sending = false;
  private updates = 0;
  private telling = false;
  private readonly tidings = noTidings(KEY);

  constructor(
    private readonly world: World,
    private readonly process: SimulatedProcess,
    private readonly clock: ProcessClock,
    private readonly lifeName: string,
  ) {}

  /** The answers in the order of the asks, `later` among them. Never fails; it may take long. */
  decide(_key: CustomerKey, asks: readonly HoldAsk[]): Promise<Decided> {
    return new Promise((resolve) => {
      this.waiting.push({ asks, resolve });
      if (!this.sending) void this.send();
    });
  }

  /** A group of this process is durable. */
  note(group: LogGroup): void {
    take(this.tidings, group);
    if (this.telling) return;
    this.telling = true;
    const { chance, schedule, network } = this.world;
    schedule.after(chance.happens(0.2) ? chance.whole(2_000, 20_000) : chance.whole(0, 800), () => {
      this.telling = false;
      if (this.tidings.ranges.length > 0 || chance.happens(0.3)) {
        network.tell(messageOf(this.tidings));
      }
      headOnly(this.tidings);
    });
  }

  private async send(): Promise<void> {
    this.sending = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      const asked = await this.sendOne(batch.flatMap(({ asks }) => asks));
      let taken = 0;
      for (const { asks, resolve } of batch) {
        const answers = asked.answers.slice(taken, (taken += asks.length));
        resolve({ ...asked, answers });
      }
    }
    this.sending = false;
  }

  private async sendOne(asks: readonly HoldAsk[]): Promise<Decided> {
    const { network, chance } = this.world;
    const sentAtMs = this.clock.elapsedMs();
    const rides = this.tidings.ranges.length > 0 && !network.deaf && chance.happens(0.5);
    const usage = rides ? messageOf(this.tidings) : undefined;
    if (rides) headOnly(this.tidings);
    const updateId = `${this.lifeName}-${(this.updates += 1)}`;
    const request = usage ? { asks, usage } : { asks };
    for (;;) {
      const reply = await this.process.hear(network.update(updateId, request));
      if (!reply) continue;
      if (usage && !reply.folded) network.tell(usage);
      return { answers: reply.answers, nowMs: reply.nowMs, sentAtMs };
    }
  }
}
