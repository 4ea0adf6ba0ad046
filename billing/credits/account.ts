/** Prepaid credits of one customer (CONTRACT §2 Credits, §4.5). All amounts in micro-credits. */

/** Where credits come from; the order of this list is the burn order of `order.ts`. */
export type LotKind = 'promotion' | 'grant' | 'rollover' | 'refund' | 'purchase';

/** Credits that came at one time and end at one time. */
export interface Lot {
  /** `grant/SEGMENT`, `rollover/SEGMENT`, `refund/EVENT`, or `credit/ID` of a caller. */
  readonly id: string;
  readonly kind: LotKind;
  /** What it began with, whole micro-credits. */
  readonly amount: number;
  /** What is left of it; never negative. */
  readonly left: number;
  /** Customer's time, ms. */
  readonly timestampMs: number;
  /** Usage dated at or after it can't burn it; null: it never ends. */
  readonly expiresAtMs: number | null;
  /** Segment index of a grant or roll-over: only that segment's usage burns it. Else absent. */
  readonly period?: number;
}

/** What changed a balance. Burns are summed per minute (CONTRACT §4.5). */
export interface CreditEntry {
  /** The lot's id, `expiry/LOT`, or `burn/SEGMENT/MINUTE` with the minute in Unix seconds. */
  readonly id: string;
  readonly kind: LotKind | 'burn' | 'expiry';
  /** Whole micro-credits; a burn and an expiry are negative. */
  readonly amount: number;
  /** The entry before it plus `amount`; never negative. */
  readonly balanceAfter: number;
  /** Customer's time, ms; of burns and their refunds the minute. */
  readonly timestampMs: number;
  readonly expiresAtMs?: number;
  /** Lots that a burn or an expiry took from, in burn order, or that a roll-over came from. */
  readonly from?: readonly string[];
  readonly because: {
    readonly event?: string;
    readonly reservation?: string;
    readonly period?: number;
    readonly operator?: string;
  };
}

/** The account: a fold of grants, purchases, burns and expiries in log order. */
export interface CreditAccount {
  /**
   * In burn order: lots with something left, those of periods that are not closed, and spent
   * ones until the next close.
   */
  readonly lots: readonly Lot[];
  /** Newest entries, oldest first, at most `ENTRIES_KEPT`, or all with `allEntries`. */
  readonly entries: readonly CreditEntry[];
  /** By segment index: used beyond all lots; billed at `prices.credits`, else written off. */
  readonly uncovered: Readonly<Record<string, number>>;
  /** Sums over the account's life: in = burned + expired + balance, always. */
  readonly totals: { readonly in: number; readonly burned: number; readonly expired: number };
  /** Newest segment that is closed; absent: none. It gets no grant and no roll-over any more. */
  readonly closedThrough?: number;
  /** True while a whole log is folded to read its entries: none is dropped. */
  readonly allEntries?: true;
}

/** Entries that the state keeps. */
export const ENTRIES_KEPT = 50;

/** An account that never had credits. */
export const NO_CREDITS: CreditAccount = {
  lots: [],
  entries: [],
  uncovered: {},
  totals: { in: 0, burned: 0, expired: 0 },
};

/** Where the fold of a whole log begins when every entry is wanted, not the newest alone. */
export const NO_CREDITS_ALL_ENTRIES: CreditAccount = { ...NO_CREDITS, allEntries: true };

/** Everything left in lots, ended ones that no close has booked included; whole micro-credits. */
export function balanceOf({ totals }: CreditAccount): number {
  return totals.in - totals.burned - totals.expired;
}

/** Newest segment that is closed; -1: none. */
export function closedThrough(account: CreditAccount): number {
  return account.closedThrough ?? -1;
}
