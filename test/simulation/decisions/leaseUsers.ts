import type { Quantities, UsageEntry } from '../../../billing/log.js';
import type { Callers } from './callers.js';
import type { Node, World } from './world.js';

/** A caller that decides in its own process: a lease, events that name it, the rest given back. */
export class LeaseUser {
  private events = 0;

  constructor(
    private readonly world: World,
    private readonly callers: Callers,
    private readonly id: string,
    private readonly terms: Pick<UsageEntry, 'user'> & {
      readonly named: Readonly<Record<string, string>>;
    },
  ) {}

  /** One life of it. */
  async run(nodeOf: () => Node): Promise<void> {
    const { chance, schedule, truth } = this.world;
    const requests = chance.whole(1, 8);
    const size = { input: chance.whole(1, 40), requests };
    const hold = await this.obtain(nodeOf, size, chance.whole(2_000, 60_000));
    if (hold === null) return;
    truth.note('caller lease');
    let sent = 0;
    for (let count = chance.whole(1, 5); count > 0; count -= 1) {
      await schedule.pause(chance.whole(0, 8_000));
      const input = chance.whole(0, 12);
      sent += input;
      await this.use(nodeOf, input);
    }
    if (chance.happens(0.4)) return;
    const left = { input: Math.min(size.input, sent), requests: Math.min(requests, this.events) };
    await this.callers.call(nodeOf(), (desk) => desk.shrink(hold, left)).catch(() => undefined);
  }

  private obtain(nodeOf: () => Node, size: Quantities, ttlMs: number): Promise<string | null> {
    const { id } = this;
    const { user = null, named: properties } = this.terms;
    this.world.callerLeases.push(id);
    const terms = { id, user, properties, atLeast: size, upTo: size, ttlMs } as const;
    const ask = { type: 'lease', ...terms, hash: id, holder: null } as const;
    return this.callers.call(nodeOf(), (desk) => desk.lease(ask)).catch(() => null);
  }

  /** Sent again, here and there, until it is recorded. */
  private async use(nodeOf: () => Node, input: number): Promise<void> {
    const { chance, schedule, truth } = this.world;
    const { user, named: properties } = this.terms;
    const id = `${this.id}-e${(this.events += 1)}`;
    const quantities = { input };
    const content = { kind: 'usage', id, quantities, properties, lease: this.id } as const;
    const entry = { ...content, ...(user && { user }), atMs: this.world.serverMs(), hash: id };
    for (;;) {
      const used = await this.callers.call(nodeOf(), (desk) => desk.use(entry)).catch(() => null);
      if (used) {
        truth.note(`drawn ${used.outcome.status}`);
        truth.acknowledged.push({ id, entry: used.entry });
        return;
      }
      await schedule.pause(chance.whole(500, 12_000));
    }
  }
}
