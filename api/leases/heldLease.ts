import type { HoldAnswer, HoldAsk } from '../../billing/holds/asks.js';
import type { Quantities } from '../../billing/log.js';
import { elapsedMs, type Instant } from './clock.js';

/**
 * A lease that this process hands out, and the arithmetic of it:
 * size = settled + what its tokens hold + free, always. What is free alone is handed out; only
 * what is free is given back; a token that merely expired stays in the size until the lease ends.
 */

type Granted = Extract<HoldAnswer, { type: 'granted' }>;

/** For how long a lease is handed out, from before it was asked for, ms (DESIGN §4). */
export const GRANT_MS = 10_000;

/** Tokens of one lease that wait for their settle at most. */
export const TOKENS_MAX = 20_000;

/** What stands behind a lease's next token. */
export interface Place {
  readonly number: number;
  /** Customer's time, ms. */
  readonly expiresAtMs: number;
}

/** One lease in this process. */
export class HeldLease {
  readonly hold: string;
  readonly grantedAtMs: number;
  readonly since: number;
  readonly limits: Granted['limits'];
  private readonly free: Record<string, number>;
  private readonly size: Record<string, number>;
  private readonly first: Quantities;
  private readonly tokens = new Map<string, Quantities>();
  private readonly lifeMs: number;
  private takes = 0;
  private sinceAskedMs = 0;
  private usedAtMs: number;
  private sentAtMs = 0;
  private unconfirmed = false;

  /**
   * `decidedAtMs`: customer's time of the answer; `asked`: both clocks before it was first asked
   * for. The workflow's times count as durations from then: so they are shorter here, never longer.
   */
  constructor(
    answer: Granted,
    private readonly decidedAtMs: number,
    private readonly asked: Instant,
    now: Instant,
  ) {
    this.hold = answer.hold;
    this.grantedAtMs = answer.grantedAtMs;
    this.since = answer.since;
    this.limits = answer.limits;
    this.first = answer.quantities;
    this.size = { ...answer.quantities };
    this.free = { ...answer.quantities };
    this.lifeMs = answer.expiresAtMs - decidedAtMs;
    this.usedAtMs = now.monotonicMs;
  }

  /** True until its end: then a fence lists it, whatever is left of it. */
  isAlive(now: Instant): boolean {
    return this.ageMs(now) < this.lifeMs;
  }

  /** How long reservations of this `ttlMs` are still granted from it; 0 or less: no more. */
  grantsForMs(ttlMs: number, now: Instant): number {
    return Math.min(GRANT_MS, this.lifeMs - ttlMs) - this.ageMs(now);
  }

  /** True while it is handed out: what a settle leaves may be handed out again. */
  isHandedOut(now: Instant): boolean {
    return this.grantsForMs(0, now) > 0;
  }

  /** True when less than this part of it is free, of any meter, or too many tokens wait. */
  isNearlyUsed(part: number): boolean {
    if (this.tokens.size > (1 - part) * TOKENS_MAX) return true;
    return Object.entries(this.first).some(([meter, began]) => this.freeOf(meter) < part * began);
  }

  /** Where a reservation of this `debit` and `ttlMs` would stand; null: it does not fit. */
  placeFor(debit: Quantities, ttlMs: number, now: Instant): Place | null {
    if (this.grantsForMs(ttlMs, now) <= 0 || this.tokens.size >= TOKENS_MAX) return null;
    for (const meter in debit) if (this.freeOf(meter) < (debit[meter] ?? 0)) return null;
    const expiresAtMs = this.decidedAtMs + Math.ceil(this.ageMs(now)) + ttlMs;
    return { number: this.takes + 1, expiresAtMs };
  }

  /** Takes `debit` out for the reservation of this id, right after `placeFor`. */
  take(id: string, debit: Quantities, now: Instant): void {
    this.takes += 1;
    this.usedAtMs = now.monotonicMs;
    for (const meter in debit) this.free[meter] = this.freeOf(meter) - (debit[meter] ?? 0);
    this.tokens.set(id, debit);
  }

  /** What a request takes of it: its quantities, and 1 of each `count` meter that stands in it. */
  debitOf(quantities: Quantities, counts: ReadonlySet<string>): Quantities {
    const debit: Record<string, number> = {};
    for (const meter in this.first) {
      const isAsked = Object.hasOwn(quantities, meter) && !counts.has(meter);
      debit[meter] = isAsked ? (quantities[meter] ?? 0) : 1;
    }
    return debit;
  }

  /** The settle of a token is durable: what it left is free again. False: no token of it waits. */
  settle(id: string, settled: Quantities): boolean {
    const debit = this.tokens.get(id);
    if (!debit) return false;
    this.tokens.delete(id);
    for (const [meter, taken] of Object.entries(debit)) {
      this.free[meter] = this.freeOf(meter) + Math.max(0, taken - (settled[meter] ?? 0));
    }
    return true;
  }

  /** True where nothing of it is free and no token waits: its own settles close it. */
  get isSpent(): boolean {
    return this.tokens.size === 0 && !this.canGiveBack;
  }

  /** Ids of its tokens that wait for their settle. */
  get waiting(): Iterable<string> {
    return this.tokens.keys();
  }

  /** True where some of it is to go back: unused for `idleMs`, or handed out no more. */
  isDueBack(idleMs: number, now: Instant): boolean {
    if (now.monotonicMs - this.sentAtMs < idleMs) return false;
    if (this.unconfirmed) return true;
    const isIdle = now.monotonicMs - this.usedAtMs >= idleMs || !this.isHandedOut(now);
    return isIdle && this.hasFree;
  }

  /** True where anything is free, or was lowered and may not have been told. */
  get canGiveBack(): boolean {
    return this.unconfirmed || this.hasFree;
  }

  /**
   * Nothing of it is free from here on, and what says so to the workflow: an absolute size, that
   * of everything settled and of every token that waits. It only falls; a repeat is harmless.
   */
  giveBack(now: Instant): HoldAsk {
    for (const meter of Object.keys(this.free)) {
      this.size[meter] = (this.size[meter] ?? 0) - this.freeOf(meter);
      this.free[meter] = 0;
    }
    this.unconfirmed = true;
    this.sentAtMs = now.monotonicMs;
    return { type: 'shrink', hold: this.hold, size: { ...this.size } };
  }

  /** The workflow has taken the size that was told last, unless it was lowered again since. */
  confirmed({ size }: Extract<HoldAsk, { type: 'shrink' }>): void {
    const isSame = Object.entries(this.size).every(([meter, is]) => size[meter] === is);
    if (isSame) this.unconfirmed = false;
  }

  private get hasFree(): boolean {
    return Object.values(this.free).some((quantity) => quantity > 0);
  }

  private freeOf(meter: string): number {
    return Object.hasOwn(this.free, meter) ? (this.free[meter] ?? 0) : 0;
  }

  /** Since before it was asked for. Never falls, whatever the clocks do. */
  private ageMs(now: Instant): number {
    this.sinceAskedMs = Math.max(this.sinceAskedMs, elapsedMs(this.asked, now));
    return this.sinceAskedMs;
  }
}
