import type { Pin } from '../holds/hold.js';
import type { CreditAccount } from './account.js';
import { lotsAt } from './balance.js';

/** What a new hold may count on. */

/** Micro-credits that open holds count on, by lot. */
export type Pinned = Readonly<Record<string, number>>;

/**
 * What no hold counts on, by lot in burn order. Where events have burned credits that a hold
 * counts on, its settle will burn other lots: those stand in for it, the first to burn first.
 */
function freeLots(account: CreditAccount, nowMs: number, pinned: Pinned): Pin[] {
  let missing = missingPins(account, pinned);
  return lotsAt(account, nowMs).map((lot) => {
    const free = Math.max(0, lot.left - pinsOn(pinned, lot.id));
    const standIn = Math.min(free, missing);
    missing -= standIn;
    return { lot: lot.id, microCredits: free - standIn };
  });
}

/** Micro-credits that holds count on and that their lots no longer have. */
function missingPins(account: CreditAccount, pinned: Pinned): number {
  const left = new Map(account.lots.map((lot) => [lot.id, lot.left]));
  let missing = 0;
  for (const [lot, microCredits] of Object.entries(pinned)) {
    missing += Math.max(0, microCredits - (left.get(lot) ?? 0));
  }
  return missing;
}

function pinsOn(pinned: Pinned, lot: string): number {
  return Object.hasOwn(pinned, lot) ? (pinned[lot] as number) : 0;
}

/** Micro-credits that a new hold may count on at `nowMs`; never negative. */
export function availableAt(account: CreditAccount, nowMs: number, pinned: Pinned): number {
  return freeLots(account, nowMs, pinned).reduce((sum, free) => sum + free.microCredits, 0);
}

/**
 * The pins of a new hold of `microCredits`, in burn order: all of it, or as much as
 * `availableAt` has.
 */
export function pinsFor(
  account: CreditAccount,
  microCredits: number,
  nowMs: number,
  pinned: Pinned,
): Pin[] {
  const pins: Pin[] = [];
  let wanted = microCredits;
  for (const free of freeLots(account, nowMs, pinned)) {
    const part = Math.min(wanted, free.microCredits);
    if (part <= 0) continue;
    pins.push({ lot: free.lot, microCredits: part });
    wanted -= part;
  }
  return pins;
}
