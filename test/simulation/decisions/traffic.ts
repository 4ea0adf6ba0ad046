import type { GrantedReservation } from '../../../api/decisions/contract.js';
import type { WantedEnd } from '../../../api/decisions/settler.js';
import type { Quantities } from '../../../billing/log.js';
import { Callers, committing, RELEASING } from './callers.js';
import { LeaseUser } from './leaseUsers.js';
import { KEY } from './plan.js';
import { STORM_MS } from './storm.js';
import type { Node, World } from './world.js';

/** Callers of a seeded world come in rushes: one kind of request at one process, mostly. */
export class Traffic {
  private readonly callers: Callers;
  private reservations = 0;
  private events = 0;

  constructor(private readonly world: World) {
    this.callers = new Callers(world);
  }

  begin(): void {
    const { chance, schedule } = this.world;
    for (let count = chance.whole(1, 2); count > 0; count -= 1) {
      schedule.after(chance.whole(0, STORM_MS), () => this.rush());
    }
    for (let count = chance.whole(0, 1); count > 0; count -= 1) {
      schedule.after(chance.whole(0, STORM_MS), () => void this.report());
    }
    if (!chance.happens(0.3)) return;
    const { user, named } = this.kind();
    const terms = { named, ...(user === null ? {} : { user }) };
    const leaseUser = new LeaseUser(this.world, this.callers, 'own', terms);
    schedule.after(chance.whole(0, STORM_MS), () => void leaseUser.run(() => this.anyone()));
  }

  /** Several callers who want about the same within some seconds. */
  private rush(): void {
    const { chance, nodes, schedule } = this.world;
    const home = chance.pick(nodes);
    const kind = this.kind();
    const largest = chance.pick([2, 8, 30]);
    const wish = () => ({ ...kind, quantities: { input: chance.whole(1, largest) } });
    if (chance.happens(0.6)) this.lease(home, wish());
    for (let count = chance.whole(2, 4); count > 0; count -= 1) {
      schedule.after(chance.whole(0, 9_000), () => void this.request(home, wish()));
    }
    schedule.after(chance.whole(0, 15_000), () => void home.desk.giveBack());
  }

  private lease(home: Node, wish: object): void {
    const { chance } = this.world;
    const asked = this.callers.asked('', wish);
    const holder = chance.happens(0.4) ? home.process.name : null;
    void home.desk.leases.want(asked, chance.whole(1, 8), holder);
  }

  private kind() {
    const { chance } = this.world;
    const user = chance.pick([null, 'ann', 'bob']);
    const model = chance.pick(['small', 'small', 'large']);
    return { user, named: { model, team: chance.pick(['red', 'blue']) } };
  }

  /** One caller: reserves, works, ends it, or forgets it. */
  private async request(home: Node, wish: object): Promise<void> {
    const { chance, schedule } = this.world;
    const granted = await this.obtain(home, wish);
    if (!granted) return;
    await schedule.pause(chance.happens(0.2) ? chance.whole(0, 100_000) : chance.whole(0, 15_000));
    let held = granted;
    if (chance.happens(0.15)) held = await this.extend(granted);
    if (chance.happens(0.1)) return;
    const ends = [this.callers.end(held, this.wantedEnd(held), () => this.near(home))];
    // Somebody else ends it as well, knowing what was granted first.
    if (chance.happens(0.25)) {
      ends.push(this.callers.end(granted, this.wantedEnd(granted), () => this.anyone()));
    }
    await Promise.all(ends);
  }

  /** Out of a lease where there is one, else exactly; now and then a lease is asked for. */
  private async obtain(home: Node, wish: object): Promise<GrantedReservation | null> {
    const { chance } = this.world;
    const id = `r${(this.reservations += 1)}`;
    const ttlMs = chance.pick([1_000, 5_000, 20_000, 20_000, 60_000, 120_000]);
    const asked = this.callers.asked(id, { ...wish, ttlMs });
    if (ttlMs <= 60_000) {
      const token = await this.callers.takeToken(home, asked);
      if (token) return token;
      if (chance.happens(0.3)) this.lease(home, wish);
    }
    return this.callers.reserve(asked, () => this.near(home));
  }

  private extend(granted: GrantedReservation): Promise<GrantedReservation> {
    const { chance } = this.world;
    const ttlMs = chance.happens(0.7) ? chance.whole(1_000, 90_000) : undefined;
    const more = { input: (granted.quantities['input'] ?? 0) + chance.whole(0, 20) };
    const quantities = chance.happens(0.5) ? more : undefined;
    const extension = { ttlMs, quantities };
    return this.callers
      .extend(this.anyone(), granted, extension)
      .then((extended) => extended ?? granted);
  }

  /** Less, all, more, another meter, nothing; another class; a cache hit; a release. */
  private wantedEnd({ quantities, properties }: GrantedReservation): WantedEnd {
    const { chance } = this.world;
    if (chance.happens(0.15)) return RELEASING;
    if (chance.happens(0.05)) return committing({ cacheHit: true });
    const other = { ...properties, model: properties['model'] === 'large' ? 'small' : 'large' };
    const used = this.used(quantities['input'] ?? 0);
    if (chance.happens(0.12)) return committing({ quantities: used, properties: other });
    return committing(chance.happens(0.3) ? {} : { quantities: used });
  }

  private used(input: number): Quantities {
    const { chance } = this.world;
    const share = chance.pick([0, 0.4, 1, 1, 1.7]);
    const first = { input: Math.ceil(input * share) };
    return chance.happens(0.1) ? { ...first, output: chance.whole(1, 9) } : first;
  }

  /** An event without a reservation: never refused. */
  private async report(): Promise<void> {
    const { chance } = this.world;
    const id = `e${(this.events += 1)}`;
    const quantities = { input: chance.whole(1, 20) };
    const atMs = this.world.serverMs();
    const entry = { kind: 'usage', id, quantities, atMs, hash: id } as const;
    await this.world.append(this.anyone().process, entry);
    if (chance.happens(0.2)) await this.world.append(this.anyone().process, entry);
  }

  private near(home: Node): Node {
    return this.world.chance.happens(0.7) ? home : this.anyone();
  }

  private anyone(): Node {
    return this.world.chance.pick(this.world.nodes);
  }
}

/** Virtual time has nothing left to do. @throws Error when it never comes to rest. */
export async function comeToRest(world: World): Promise<void> {
  await world.schedule.runToRest(STEPS_MAX);
  const head = world.database.log(KEY).groups.length;
  world.workflow.tell({ ranges: [], sums: [], catalogue: 1, head });
  await world.schedule.runToRest(STEPS_MAX);
}

const STEPS_MAX = 60_000;
