import type { PublishedCatalogue } from '../../billing/catalogue.js';
import type { CustomerKey, Fence, LogEntry, LogGroup } from '../../billing/log.js';
import type { AppendOutcome } from '../../ledger/contract.js';
import { type CustomerWorld, SimulatedCustomer } from './customer.js';
import { Chance } from './chance.js';
import { SimulatedDatabase } from './database.js';
import { Messenger } from './messenger.js';
import type { Plants } from './plants.js';
import { SimulatedProcess } from './process.js';
import { Schedule } from './schedule.js';
import { PUBLISHED } from './summing.js';
import { Traffic } from './traffic.js';

/** Virtual time after which nothing fails any more, and all must come to rest. */
const STORM_MS = 2_500;
const STEPS_MAX = 60_000;

/** Tokens that reservations of one customer may come to. */
const LIMIT = 12;

/** A world made from one seed: processes, a database, customers, their traffic, and faults. */
export class World implements CustomerWorld {
  readonly schedule = new Schedule();
  readonly chance: Chance;
  readonly database: SimulatedDatabase;
  readonly processes: readonly SimulatedProcess[];
  readonly customers: readonly SimulatedCustomer[];
  readonly traffic: Traffic;
  readonly ledger: CustomerWorld['ledger'];
  readonly limit = LIMIT;

  constructor(
    readonly seed: number,
    readonly plants: Plants = {},
  ) {
    this.chance = new Chance(seed);
    const { schedule, chance } = this;
    this.database = new SimulatedDatabase(schedule, chance, plants);
    this.ledger = ledgerOver(this.database);
    this.processes = Array.from({ length: chance.whole(2, 3) }, (_, index) => {
      return new SimulatedProcess(`p${index}`, schedule, chance, this.database, plants);
    });
    this.customers = Array.from({ length: chance.whole(1, 2) }, (_, index) => {
      const key: CustomerKey = { mode: 'test', customer: `c${index}`, life: 1 };
      return new SimulatedCustomer(key, this, LIMIT);
    });
    this.traffic = new Traffic(this);
    for (const process of this.processes) {
      process.onGroup = new Messenger(this).listener();
    }
  }

  /** Lets everything happen. @throws Error when it never comes to rest. */
  async run(): Promise<void> {
    this.traffic.begin();
    this.storm();
    this.schedule.after(STORM_MS, () => {
      this.database.calm = true;
    });
    await this.schedule.runToRest(STEPS_MAX);
    for (const customer of this.customers) {
      customer.heardOf(null, this.database.log(customer.key).groups.length);
    }
    await this.schedule.runToRest(STEPS_MAX);
  }

  customer(key: CustomerKey): SimulatedCustomer {
    return this.customers.find((one) => one.key === key) as SimulatedCustomer;
  }

  /** Sends entries to some process, and again to some process, until one answers. */
  async append(
    key: CustomerKey,
    entries: readonly LogEntry[],
  ): Promise<readonly AppendOutcome[]> {
    for (;;) {
      this.traffic.sent(key, entries);
      try {
        return await this.chance.pick(this.processes).append(key, entries);
      } catch {
        await this.schedule.pause(this.chance.whole(1, 100));
      }
    }
  }

  async writeFence(key: CustomerKey, name: string, fence: Fence): Promise<number> {
    const entry = { kind: 'fence', id: `fence/${name}`, fence, hash: name } as const;
    await this.schedule.pause(this.chance.whole(0, this.chance.happens(0.3) ? 300 : 60));
    const [outcome] = await this.append(key, [entry]);
    if (!outcome || outcome.status === 'fenced') throw new Error(`fence ${name} was fenced`);
    return outcome.number;
  }

  /** Kills, pauses, failovers and rebuilds, at random times. */
  private storm(): void {
    const { chance, schedule } = this;
    const often = (times: number, happening: () => void) => {
      for (let count = chance.whole(0, times); count > 0; count -= 1) {
        schedule.after(chance.whole(0, STORM_MS), happening);
      }
    };
    often(3, () => chance.pick(this.processes).kill());
    often(3, () => chance.pick(this.processes).pause(chance.whole(10, 700)));
    often(6, () => this.database.failOver());
    often(2, () => this.rebuild(chance.pick(this.customers)));
  }

  /** Around it callers ask for more than there is room for. */
  private rebuild(customer: SimulatedCustomer): void {
    const { chance, schedule, traffic } = this;
    schedule.after(100, () => customer.rebuild());
    for (let count = chance.whole(0, 8); count > 0; count -= 1) {
      schedule.after(chance.whole(0, 250), () => void traffic.reserve(customer));
    }
  }
}

/** What the product's `readLog` needs of a ledger. */
export function ledgerOver(
  database: SimulatedDatabase,
  published: PublishedCatalogue = PUBLISHED,
): CustomerWorld['ledger'] {
  const groups = (key: CustomerKey, from: number, limit: number): Promise<readonly LogGroup[]> =>
    database.groups(key, from, from + limit - 1);
  const head = async (key: CustomerKey) => (await database.head(key, 0))?.number ?? 0;
  const newest = () => Promise.resolve(published);
  const ledger: unknown = { log: { head, groups }, catalogues: { newest } };
  return ledger as CustomerWorld['ledger'];
}
