import { floorMinute } from '../period.js';
import type { CreditAccount, CreditEntry, Lot } from './account.js';
import { record } from './entries.js';
import type { NewLot } from './lots.js';
import { addLot, growLot } from './lots.js';
import type { DatedUsage } from './order.js';
import { pays, takeFrom } from './order.js';

/** Credits are used, and come back when usage is taken back. */

/** Usage that costs credits. */
export interface BurnAsk extends DatedUsage {
  /** Whole micro-credits, 0 or more. */
  readonly microCredits: number;
  readonly because: CreditEntry['because'];
}

/** What became of a burn. */
export interface Burned {
  readonly account: CreditAccount;
  /** Micro-credits of it that no lot paid for; added to `uncovered` of its segment. */
  readonly uncovered: number;
  /** Lots that paid, in burn order. */
  readonly from: readonly string[];
}

/**
 * Burns credits in burn order. A lot pays for usage dated before its end, even where the usage
 * is older than the lot; a grant and a roll-over only for usage of their own period. What no lot
 * pays for is `uncovered`; credits that come later don't pay for it, but a roll-over does.
 */
export function burn(account: CreditAccount, ask: BurnAsk): Burned {
  return burnFrom(account, ask, (lot) => pays(lot, ask));
}

/** A burn from the lots that `usable` names. */
function burnFrom(
  account: CreditAccount,
  ask: BurnAsk,
  usable: (lot: Lot) => boolean,
): Burned {
  const { lots, from, taken } = takeFrom(account.lots, ask.microCredits, usable);
  const missing = Math.max(0, ask.microCredits - taken);
  const noted = changeUncovered(account, ask.segment, missing);
  if (taken === 0) return { account: noted, uncovered: missing, from };
  const totals = { ...account.totals, burned: account.totals.burned + taken };
  const minuteMs = floorMinute(ask.atMs);
  const burned = record(
    { ...noted, lots, totals },
    {
      id: `burn/${ask.segment}/${minuteMs / 1000}`,
      kind: 'burn',
      amount: -taken,
      timestampMs: minuteMs,
      from,
      because: { ...ask.because, period: ask.segment },
    },
  );
  return { account: burned, uncovered: missing, from };
}

/** Micro-credits of a segment's usage that no lot has paid for. */
export function uncoveredIn(account: CreditAccount, segment: number): number {
  return account.uncovered[String(segment)] ?? 0;
}

/** Micro-credits that lots paid for, of all that a segment used; never negative. */
export function coveredIn(account: CreditAccount, segment: number, microCredits: number): number {
  return Math.max(0, microCredits - uncoveredIn(account, segment));
}

function changeUncovered(account: CreditAccount, segment: number, by: number): CreditAccount {
  if (by === 0) return account;
  const { [String(segment)]: before = 0, ...others } = account.uncovered;
  const after = before + by;
  const uncovered = after === 0 ? others : { ...others, [String(segment)]: after };
  return { ...account, uncovered };
}

/** What one segment used without cover is what another one did: its usage has moved there. */
export function moveUncovered(account: CreditAccount, from: number, to: number): CreditAccount {
  const uncovered = uncoveredIn(account, from);
  return changeUncovered(changeUncovered(account, from, -uncovered), to, uncovered);
}

/** Forgets what segments before this index left uncovered: nothing can change it any more. */
export function forgetUncovered(account: CreditAccount, before: number): CreditAccount {
  const entries = Object.entries(account.uncovered);
  const kept = entries.filter(([segment]) => Number(segment) >= before);
  if (kept.length === entries.length) return account;
  return { ...account, uncovered: Object.fromEntries(kept) };
}

/** A roll-over pays, as far as it goes, for what its period has used without cover so far. */
export function coverFrom(account: CreditAccount, rollover: Lot, startMs: number): CreditAccount {
  const segment = rollover.period ?? 0;
  const microCredits = Math.min(rollover.left, uncoveredIn(account, segment));
  const ask = { microCredits, segment, atMs: startMs, because: {} };
  const paid = burnFrom(account, ask, (lot) => lot.id === rollover.id);
  return changeUncovered(paid.account, segment, -microCredits);
}

/** Usage that was taken back. */
export interface RefundAsk extends DatedUsage {
  /** Whole micro-credits, 0 or more. */
  readonly microCredits: number;
  /** The event, or what else names the refund: its lot is `refund/EVENT`. */
  readonly event: string;
  /** End of the credits that come back, ms; null: they never end. */
  readonly expiresAtMs: number | null;
  /** Why, where it is not that event. */
  readonly because?: CreditEntry['because'];
}

/** What became of usage taken back. */
export interface Refunded {
  readonly account: CreditAccount;
  /** Micro-credits that came back as a lot; the rest was uncovered and is no longer owed. */
  readonly refunded: number;
}

/**
 * Takes a burn back (CONTRACT §3.2, void): what was uncovered is no longer owed, the rest becomes
 * the lot `refund/EVENT`. Parts of one event add up in one lot, which keeps its first end and
 * time; so each part must come once, as the log gives it.
 */
export function refundBurn(account: CreditAccount, ask: RefundAsk): Refunded {
  const { segment, event, expiresAtMs } = ask;
  const asked = Math.max(0, ask.microCredits);
  const owed = Math.min(asked, uncoveredIn(account, segment));
  const cleared = changeUncovered(account, segment, -owed);
  const refunded = asked - owed;
  const id = `refund/${event}`;
  const because = ask.because ?? { event };
  const known = cleared.lots.find((lot) => lot.id === id);
  if (known) return { account: growLot(cleared, known, refunded, because), refunded };
  const times = { timestampMs: floorMinute(ask.atMs), expiresAtMs };
  const lot: NewLot = { id, kind: 'refund', amount: refunded, ...times };
  return { account: addLot(cleared, lot, because), refunded };
}
