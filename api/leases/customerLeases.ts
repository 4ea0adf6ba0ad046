import { randomBytes } from 'node:crypto';
import type { Meter } from '../../billing/catalogue.js';
import type { HoldAsk } from '../../billing/holds/asks.js';
import type { CustomerKey } from '../../billing/log.js';
import type {
  AskedReservation,
  Decider,
  GrantedReservation,
  Tokens,
} from '../decisions/contract.js';
import type { Clock, Instant } from './clock.js';
import { HeldLease, type Place } from './heldLease.js';
import { Shelf, shelfKey, type LeaseMode } from './shelf.js';

/** What the leases of a process stand on. */
export interface LeasePorts {
  readonly decider: Decider;
  readonly tokens: Tokens;
  readonly mode: LeaseMode;
  /** Meters published in a mode, as last seen; null: not seen yet, so ask exactly. */
  metersOf(mode: CustomerKey['mode']): Readonly<Record<string, Meter>> | null;
  /** A lease could not be asked for or given back; it is tried again. */
  onFault(error: unknown): void;
}

/** What changes in the book of the process with a customer's leases. */
export interface LeaseEvents {
  taken(id: string, lease: HeldLease): void;
  /** It has ended: its tokens are no longer known. */
  ended(lease: HeldLease): void;
}

type Shrink = Extract<HoldAsk, { type: 'shrink' }>;

/** What is unused for so long is given back, ms. */
const UNUSED_MS = 500;

/** Keys of one customer that are followed at most; asks of further ones are exact. */
const SHELVES_MAX = 1_000;

/** The leases of one customer in this process. */
export class CustomerLeases {
  private readonly shelves = new Map<string, Shelf>();

  constructor(
    private readonly key: CustomerKey,
    private readonly holder: string,
    private readonly ports: LeasePorts,
    private readonly clock: Clock,
    private readonly events: LeaseEvents,
  ) {}

  /** True where nothing is held or asked for: it can be forgotten. */
  get isIdle(): boolean {
    return this.shelves.size === 0;
  }

  /** A reservation from a lease at hand; asks for leases where they are worth it. */
  take(asked: AskedReservation): GrantedReservation | null {
    const now = this.clock();
    const shelf = this.shelfOf(asked);
    if (!shelf) return null;
    shelf.note(asked, now);
    const granted = this.takeFrom(shelf, asked, now);
    if (shelf.wantsLease(this.ports.mode, now)) void this.ask(shelf, now);
    return granted;
  }

  /**
   * Gives back all that is free now. Whatever comes of it, it is handed out no more.
   * @throws Problem `unavailable`: the workflow may not know yet; it is told again.
   */
  async giveBackAll(): Promise<void> {
    const now = this.clock();
    const leases = this.leases().filter((lease) => lease.canGiveBack);
    for (const shelf of this.shelves.values()) shelf.pause(now);
    await this.giveBack(leases, now);
  }

  /** Gives back what is due, forgets what has ended, and asks again where an answer was lost. */
  sweep(): void {
    const now = this.clock();
    for (const [name, shelf] of this.shelves) {
      const isLive = (lease: HeldLease) => lease.isAlive(now) && !lease.isSpent;
      for (const lease of shelf.leases) if (!isLive(lease)) this.events.ended(lease);
      shelf.leases = shelf.leases.filter(isLive);
      if (shelf.pending && shelf.wantsLease(this.ports.mode, now)) void this.ask(shelf, now);
      if (shelf.isIdle(now)) this.shelves.delete(name);
    }
    const due = this.leases().filter((lease) => lease.isDueBack(UNUSED_MS, now));
    this.giveBack(due, now).catch((error: unknown) => this.ports.onFault(error));
  }

  private leases(): HeldLease[] {
    return [...this.shelves.values()].flatMap((shelf) => shelf.leases);
  }

  private shelfOf(asked: AskedReservation): Shelf | null {
    const name = shelfKey(asked);
    const known = this.shelves.get(name);
    if (known) return known;
    if (this.shelves.size >= SHELVES_MAX) return null;
    const shelf = new Shelf(asked);
    this.shelves.set(name, shelf);
    return shelf;
  }

  private takeFrom(
    shelf: Shelf,
    asked: AskedReservation,
    now: Instant,
  ): GrantedReservation | null {
    const meters = this.ports.metersOf(this.key.mode);
    if (!meters) return null;
    const counts = shelf.countsIn(meters);
    for (const lease of shelf.leases) {
      const debit = lease.debitOf(asked.quantities, counts);
      const place = lease.placeFor(debit, asked.ttlMs, now);
      const granted = place && this.granted(lease, asked, place);
      if (!granted) continue;
      lease.take(granted.id, debit, now);
      this.events.taken(granted.id, lease);
      return granted;
    }
    return null;
  }

  /** Null: its id would be too long. Written out field by field: it runs for every decision. */
  private granted(
    lease: HeldLease,
    asked: AskedReservation,
    { number, expiresAtMs }: Place,
  ): GrantedReservation | null {
    const { key } = this;
    const { user, quantities, named: properties } = asked;
    const { hold, grantedAtMs, since, limits } = lease;
    const { tokens } = this.ports;
    const text = { user, quantities, properties, hold, grantedAtMs, since, expiresAtMs };
    const id = tokens.name({ key, number, ...text });
    if (id === null) return null;
    const granted = { key, id, hash: id, isLeased: true, ...text };
    return { ...granted, token: tokens.seal(granted), limits };
  }

  /** Asks for one more lease. The clocks are read before anything is sent. */
  private async ask(shelf: Shelf, now: Instant): Promise<void> {
    const id = `l_${randomBytes(6).toString('base64url')}`;
    const { ask, asked } = shelf.askFor(id, this.holder, now);
    shelf.isAsking = true;
    try {
      const { answers, nowMs } = await this.ports.decider.decide(this.key, [ask]);
      const [answer] = answers;
      if (answer?.type === 'granted') {
        const then = this.clock();
        shelf.add(new HeldLease(answer, nowMs, asked, then), then);
      } else shelf.refused(this.clock());
    } catch (error) {
      shelf.lost(this.clock());
      this.ports.onFault(error);
    } finally {
      shelf.isAsking = false;
    }
  }

  private async giveBack(leases: readonly HeldLease[], now: Instant): Promise<void> {
    if (leases.length === 0) return;
    const asks = leases.map((lease) => lease.giveBack(now) as Shrink);
    const { answers } = await this.ports.decider.decide(this.key, asks);
    answers.forEach((answer, at) => {
      if (answer.type === 'later') return;
      leases[at]?.confirmed(asks[at] as Shrink);
    });
  }
}
