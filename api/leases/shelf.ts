import { meterOf } from '../../billing/branches.js';
import type { Meter } from '../../billing/catalogue.js';
import type { HoldAsk } from '../../billing/holds/asks.js';
import { multiplied, requestsWanted } from '../../billing/holds/leaseSize.js';
import { LONGEST_LEASE_MS } from '../../billing/holds/serving.js';
import type { Quantities } from '../../billing/log.js';
import type { AskedReservation } from '../decisions/contract.js';
import type { Instant } from './clock.js';
import { GRANT_MS, type HeldLease } from './heldLease.js';
import { Pace, PACE_MS } from './pace.js';

/** The leases of one key, user, meters and named properties, and when to ask for one more. */

/** When leases are asked for. */
export type LeaseMode = 'off' | 'auto' | 'always';

type LeaseAsk = Extract<HoldAsk, { type: 'lease' }>;

/** An ask under way, or one whose answer was lost: it is asked again as it was. */
export interface Pending {
  readonly ask: LeaseAsk;
  /** Before it was first sent. */
  readonly asked: Instant;
}

/** Asks within a second from which a lease is worth its Update. */
const PACE_WORTH = 5;

/** A lease is asked for this many requests at least. */
const REQUESTS_MIN = 10;

const REQUESTS_MAX = 1_000_000;

/** Leases of one key at a time, most of them with nothing but tokens that wait. */
const LEASES_MAX = 64;

/** The next one is asked for when so much of the newest is left, */
const LEFT_PART = 0.25;

/** or when it is handed out for no longer than this, ms; */
const LEFT_MS = 2_000;

/** earlier where answers are slow: so many times as long as they took, up to so much, ms. */
const LEAD_TIMES = 3;
const LEAD_MS_MAX = 6_000;

/** How much of an early lead is kept when answers are quick again. */
const LEAD_KEPT = 0.7;

/** No ask for so long after one that brought nothing, ms. */
const PAUSE_MS = 500;

/** The same after one that brought nothing of use, doubled each time up to this, ms. */
const LONG_PAUSE_MS = 60_000;

/** How fast the mean ask follows: the last one's weight. */
const WEIGHT = 0.2;

/** One key of one customer. */
export class Shelf {
  /** Oldest first. */
  leases: HeldLease[] = [];
  pending: Pending | null = null;
  isAsking = false;
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
  private readonly pace = new Pace();
  private mean: Record<string, number>;
  private ttlMs: number;
  private meters: Readonly<Record<string, Meter>> | null = null;
  private counts: ReadonlySet<string> = new Set();
  private pausedUntilMs = -Infinity;
  private nextPauseMs = PAUSE_MS;
  private leadMs = LEFT_MS;

  constructor(asked: AskedReservation) {
    this.user = asked.user;
    this.properties = asked.named;
    this.mean = { ...asked.quantities };
    this.ttlMs = asked.ttlMs;
  }

  /** Which of its meters count requests, whatever the quantity. */
  countsIn(meters: Readonly<Record<string, Meter>>): ReadonlySet<string> {
    if (this.meters === meters) return this.counts;
    const isCount = (meter: string) => meterOf(meters, meter)?.aggregation === 'count';
    this.meters = meters;
    this.counts = new Set(Object.keys(this.mean).filter(isCount));
    return this.counts;
  }

  /** Takes note of an ask that a lease could serve. */
  note({ quantities, ttlMs }: AskedReservation, now: Instant): void {
    this.pace.note(now.monotonicMs);
    this.ttlMs = ttlMs;
    for (const meter in quantities) {
      const quantity = quantities[meter] ?? 0;
      const before = this.mean[meter] ?? quantity;
      this.mean[meter] = before + WEIGHT * (quantity - before);
    }
  }

  /** Whether a lease is to be asked for now, so that asks of the last kind are served. */
  wantsLease(mode: LeaseMode, now: Instant): boolean {
    if (mode === 'off' || this.isAsking || now.monotonicMs < this.pausedUntilMs) return false;
    if (this.pending) return true;
    if (this.leases.length >= LEASES_MAX || this.isNothing) return false;
    if (mode === 'auto' && this.pace.recent(now.monotonicMs) < PACE_WORTH) return false;
    const newest = this.leases.at(-1);
    if (!newest) return true;
    const part = Math.max(LEFT_PART, this.leadMs / GRANT_MS);
    return newest.isNearlyUsed(part) || newest.grantsForMs(this.ttlMs, now) <= this.leadMs;
  }

  /** What to ask for: requests of the mean size, as many as come while a lease is handed out. */
  askFor(id: string, holder: string, now: Instant): Pending {
    if (this.pending) return this.pending;
    const { user, properties } = this;
    const atLeast = this.unit;
    const recent = this.pace.recent(now.monotonicMs);
    const wanted = Math.max(REQUESTS_MIN, requestsWanted(recent, PACE_MS, GRANT_MS));
    const largest = Math.max(1, ...Object.values(atLeast));
    const most = Math.min(REQUESTS_MAX, Math.floor(Number.MAX_SAFE_INTEGER / largest));
    const upTo = multiplied(atLeast, Math.min(wanted, most));
    const common = { id, user, properties, atLeast, upTo, holder, hash: id };
    const ask: LeaseAsk = { type: 'lease', ...common, ttlMs: LONGEST_LEASE_MS };
    this.pending = { ask, asked: now };
    return this.pending;
  }

  /** A lease came. False: it is of no use, it ends too early for what is asked. */
  add(lease: HeldLease, now: Instant): boolean {
    this.answered(now);
    this.leases.push(lease);
    const isUseful = lease.grantsForMs(this.ttlMs, now) > 0;
    if (isUseful) this.nextPauseMs = PAUSE_MS;
    else this.pauseLonger(now);
    return isUseful;
  }

  /** The answer was no. */
  refused(now: Instant): void {
    this.answered(now);
    this.pause(now);
  }

  /** No answer came: the same is asked again, until such a lease would have ended. */
  lost(now: Instant): void {
    this.pauseLonger(now);
    const { asked } = this.pending ?? { asked: now };
    if (now.monotonicMs - asked.monotonicMs > LONGEST_LEASE_MS) this.pending = null;
  }

  /** Asks for nothing for a while. */
  pause(now: Instant): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, now.monotonicMs + PAUSE_MS);
  }

  /** True where nothing is held, and nothing was asked within the time of the pace. */
  isIdle(now: Instant): boolean {
    if (this.leases.length > 0 || this.pending !== null || this.isAsking) return false;
    return this.pace.recent(now.monotonicMs) === 0;
  }

  /** The next lease is to be there before this one is used up, however slow answers are. */
  private answered(now: Instant): void {
    const tookMs = this.pending ? now.monotonicMs - this.pending.asked.monotonicMs : 0;
    const leadMs = Math.max(LEFT_MS, LEAD_TIMES * tookMs, LEAD_KEPT * this.leadMs);
    this.leadMs = Math.min(LEAD_MS_MAX, leadMs);
    this.pending = null;
  }

  private pauseLonger(now: Instant): void {
    this.pausedUntilMs = now.monotonicMs + this.nextPauseMs;
    this.nextPauseMs = Math.min(LONG_PAUSE_MS, 2 * this.nextPauseMs);
  }

  private get unit(): Quantities {
    const whole = Object.entries(this.mean).map(([meter, mean]) => [meter, Math.ceil(mean)]);
    return Object.fromEntries(whole) as Quantities;
  }

  /** Asks of nothing say nothing about how large a lease should be. */
  private get isNothing(): boolean {
    return Object.values(this.mean).every((mean) => mean === 0);
  }
}

/** The key of an ask: asks of equal keys debit the same limits, each by its quantities. */
export function shelfKey({ user, quantities, named }: AskedReservation): string {
  const properties = Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([user, Object.keys(quantities).sort(), properties]);
}
