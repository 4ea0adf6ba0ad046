import { HeldLease } from '../../../api/leases/heldLease.js';
import type { Instant } from '../../../api/leases/clock.js';
import type {
  AskedReservation,
  GrantedReservation,
  LeaseBook,
} from '../../../api/decisions/contract.js';
import type { HoldAsk } from '../../../billing/holds/asks.js';
import { multiplied } from '../../../billing/holds/leaseSize.js';
import { requestDebit } from '../../../billing/holds/requestDebit.js';
import { added } from '../../../billing/holds/settle.js';
import { LONGEST_LEASE_MS } from '../../../billing/holds/serving.js';
import type { Quantities } from '../../../billing/log.js';
import type { Reservation } from '../../../billing/holds/settlement.js';
import type { Asking } from './asking.js';
import type { ProcessClock } from './clock.js';
import { KEY, PUBLISHED } from './plan.js';
import type { World } from './world.js';

/** A lease at hand, for whom, and what only a planted fault looks at. */
interface AtHand {
  readonly id: string;
  readonly lease: HeldLease;
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
  settled: Quantities;
}

/**
 * Leases as a caller may have them who subdivides his own: the product's arithmetic of each, asked
 * for in any size and given back when the world wants it.
 */
export class Leases implements LeaseBook {
  private readonly atHand: AtHand[] = [];
  private asked = 0;

  constructor(
    private readonly world: World,
    private readonly asking: Asking,
    private readonly clock: ProcessClock,
    private readonly lifeName: string,
  ) {}

  take(asked: AskedReservation): GrantedReservation | null {
    const { user, named: properties, quantities, ttlMs, hash } = asked;
    const debit = requestDebit(PUBLISHED.meters, quantities, properties);
    for (const { id: leaseId, lease, ...owner } of this.atHand) {
      if (owner.user !== user || !isSame(owner.properties, properties)) continue;
      const place = lease.placeFor(debit, ttlMs, this.now());
      if (!place) continue;
      const taken = { id: `${leaseId}.${place.number}`, expiresAtMs: place.expiresAtMs };
      lease.take(taken.id, debit, this.now());
      this.world.handOut(taken.id, lease.hold, quantities);
      const { hold, since, limits } = lease;
      const dated = this.world.plants.date ? this.clock.wallMs() : lease.grantedAtMs;
      const facts = { key: KEY, user, properties, quantities, hash, hold, since, limits };
      return { ...facts, ...taken, isLeased: true, grantedAtMs: dated, token: taken.id };
    }
    return null;
  }

  /** Asks for a lease of `times` such requests; `holder`: null where a caller subdivides it. */
  async want(asked: AskedReservation, times: number, holder: string | null): Promise<void> {
    const { user, named: properties, quantities } = asked;
    const own = requestDebit(PUBLISHED.meters, quantities, properties);
    const atLeast = holder === null ? own : quantities;
    const id = `${this.lifeName}-l${(this.asked += 1)}`;
    const terms = { type: 'lease', id, user, properties, atLeast } as const;
    const upTo = multiplied(atLeast, times);
    const ask: HoldAsk = { ...terms, upTo, ttlMs: LONGEST_LEASE_MS, hash: id, holder };
    const before = this.instant();
    const { answers, nowMs } = await this.asking.decide(KEY, [ask]);
    const [answer] = answers;
    if (answer?.type !== 'granted') return;
    const sent = this.world.plants.pausedLease ? this.instant() : before;
    const lease = new HeldLease(answer, nowMs, sent, this.instant());
    this.atHand.push({ id, lease, user, properties, settled: {} });
  }

  owns({ hold, id }: Reservation): boolean {
    return this.atHand.some(({ lease }) => lease.hold === hold && [...lease.waiting].includes(id));
  }

  settled({ hold, id }: Reservation, settled: Quantities): void {
    const one = this.atHand.find(({ lease }) => lease.hold === hold);
    if (one?.lease.settle(id, settled)) one.settled = added(one.settled, settled);
  }

  async giveBack(): Promise<void> {
    const back = this.atHand.filter(({ lease }) => lease.canGiveBack);
    const asks = back.map(({ lease, settled }) => {
      const ask = lease.giveBack(this.now());
      return this.world.plants.size ? withoutSettled(ask, settled) : ask;
    });
    if (asks.length > 0) await this.asking.decide(KEY, asks);
  }

  named(): null {
    return null;
  }

  close(): Promise<void> {
    return this.giveBack();
  }

  private instant(): Instant {
    return { monotonicMs: this.clock.elapsedMs(), wallMs: this.clock.wallMs() };
  }

  /** The planted fault looks at the monotonic clock alone. */
  private now(): Instant {
    const now = this.instant();
    return this.world.plants.pausedLease ? { ...now, wallMs: -Infinity } : now;
  }
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function withoutSettled(ask: HoldAsk, settled: Quantities): HoldAsk {
  if (ask.type !== 'shrink') return ask;
  const size = Object.entries(ask.size).map(
    ([meter, is]) => [meter, is - (settled[meter] ?? 0)] as const,
  );
  return { ...ask, size: Object.fromEntries(size) };
}
