import { Durabill, type LocalLease } from '../../client/durabill.js';
import type { Contestant, Quota } from './contestant.js';
import { countedUnits, makeCustomer, startSite } from './site.js';

/** Units of one lease. */
const LEASE_UNITS = 1_000_000;

const TTL_MS = 60_000;

/** A lease and what of it was used. */
interface Spent {
  readonly lease: LocalLease;
  used: number;
}

/** Quota that this process hands out itself; what was used is told lease by lease. */
class LocalQuota implements Quota {
  private spent: Spent | null = null;
  private renewing: Promise<void> | null = null;
  /** Grants that waited for their lease: it may be another one when they are settled. */
  private readonly waited = new Map<string, Spent>();
  private granted = 0;
  private readonly telling: Promise<unknown>[] = [];

  constructor(
    private readonly client: Durabill,
    private readonly customer: string,
    private readonly count: () => Promise<number>,
  ) {}

  reserve(units: number): string | Promise<string | null> {
    this.granted += 1;
    const id = String(this.granted);
    const taken = this.spent?.lease.take({ tokens_in: units }, id);
    return taken ? id : this.renewed(units, id);
  }

  commit(id: string, units: number): void {
    const spent = (this.waited.size > 0 ? this.waited.get(id) : null) ?? this.spent;
    if (!spent?.lease.settle(id, { tokens_in: units })) throw new Error(`${id} is not held`);
    spent.used += units;
    this.waited.delete(id);
    if (spent !== this.spent && spent.lease.heldCount === 0) this.tell(spent);
  }

  async counted(): Promise<number> {
    if (this.spent) this.tell(this.spent);
    this.spent = null;
    await Promise.all(this.telling);
    return this.count();
  }

  private async renewed(units: number, id: string): Promise<string | null> {
    this.renewing ??= this.renew().finally(() => (this.renewing = null));
    await this.renewing;
    const { spent } = this;
    if (!spent?.lease.take({ tokens_in: units }, id)) return null;
    this.waited.set(id, spent);
    return id;
  }

  private async renew(): Promise<void> {
    const before = this.spent;
    const quantities = { tokens_in: LEASE_UNITS };
    const lease = await this.client.lease({ customer: this.customer, quantities, ttlMs: TTL_MS });
    this.spent = { lease, used: 0 };
    if (before && before.lease.heldCount === 0) this.tell(before);
  }

  /** One event for all that a lease was used for, and the rest goes back. */
  private tell({ lease, used }: Spent): void {
    const quantities = { tokens_in: used };
    const event = { id: `used-${lease.id}`, customer: this.customer, quantities };
    const told = this.client.track({ ...event, lease: lease.id });
    this.telling.push(told.then(() => this.client.returnLease(lease)));
  }
}

/** Ours with a lease in the caller's own process: no call for a decision. One client asks. */
export async function startLocal(): Promise<Contestant> {
  const site = await startSite('auto');
  const client = new Durabill({ url: site.stack.api, key: site.stack.key });
  return {
    name: 'durabill-local',
    what: 'Durabill, a lease of a million units in the caller; one event a lease',
    pids: () => Object.values(site.stack.pids),
    async quota(name, cap) {
      await makeCustomer(site, name, cap);
      return new LocalQuota(client, name, () => countedUnits(site, name));
    },
    async stop() {
      await client.close();
      await site.stack.stop();
    },
  };
}
