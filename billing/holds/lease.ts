import { cellEntries, cellOf } from '../cells.js';
import type { Asked, LimitContext } from '../limits/context.js';
import { contextOf } from '../limits/contextOf.js';
import { headroom } from '../limits/headroom.js';
import { judge } from '../limits/judge.js';
import type { Quantities } from '../log.js';
import type { CustomerState } from '../state.js';
import type { Decided } from './answer.js';
import { granted, later, unchanged } from './answer.js';
import type { HoldAsk } from './asks.js';
import { grant } from './grant.js';
import { leaseEnd } from './leaseEnd.js';
import { headroomWanted, leaseSize, multiplied, timesIn } from './leaseSize.js';
import { requestDebit } from './requestDebit.js';
import { noGrantReason } from './serving.js';

type LeaseAsk = Extract<HoldAsk, { type: 'lease' }>;

/** A process gets no lease that would end sooner, ms: it could hardly use it. */
const SHORTEST_LEASE_MS = 1_000;

/** A hold that someone subdivides: a process of ours by pace and headroom, a caller as asked. */
export function lease(state: CustomerState, ask: LeaseAsk, nowMs: number): Decided {
  const open = cellOf(state.holds.open, ask.id);
  if (open && open.hash !== ask.hash) return unchanged(state, { type: 'conflict' });
  if (open) return granted(state, open, nowMs);
  const reason = noGrantReason(state, false, nowMs);
  if (reason !== null) return later(state, reason);
  const context = contextOf(state, nowMs);
  const unit = unitOf(context, ask);
  const denial = judge(context, unit);
  if (denial) return unchanged(state, { type: 'denied', denial });
  const quantities = sizeOf(state, context, ask, unit);
  const expiresAtMs = leaseEnd(context, ask.atLeast, ask.ttlMs);
  if (quantities === null || (ask.holder !== null && expiresAtMs - nowMs < SHORTEST_LEASE_MS)) {
    return unchanged(state, { type: 'noLease' });
  }
  const { id, user, properties, hash, holder } = ask;
  const wanted = { id, user, properties, quantities, expiresAtMs, hash, holder };
  return grant(state, { ...wanted, kind: 'lease' }, nowMs);
}

/** The least that is asked for, `count` meters by their own names. */
function unitOf({ snapshot }: LimitContext, ask: LeaseAsk): Asked {
  const { user, properties, atLeast, holder } = ask;
  const quantities =
    holder === null ? atLeast : requestDebit(snapshot.meters, atLeast, properties);
  return { user, properties, quantities, kind: 'lease' };
}

/** How much is granted: a whole number of units, or all of `upTo`; null: no lease. */
function sizeOf(
  state: CustomerState,
  context: LimitContext,
  ask: LeaseAsk,
  unit: Asked,
): Quantities | null {
  const wanted = timesIn(ask.atLeast, ask.upTo);
  if (ask.holder !== null) {
    const processes = processesLeasing(state, ask.holder);
    const fitting = headroom(context, unit, headroomWanted(wanted, processes));
    const size = leaseSize(wanted, fitting, processes);
    return size === 0 ? null : multiplied(unit.quantities, size);
  }
  if (judge(context, { ...unit, quantities: ask.upTo }) === null) return ask.upTo;
  return multiplied(unit.quantities, Math.max(1, headroom(context, unit, wanted)));
}

/** Processes with a lease of this customer, the one that asks among them. */
function processesLeasing(state: CustomerState, holder: string): number {
  const holders = new Set([holder]);
  for (const [, hold] of cellEntries(state.holds.open)) {
    if (hold.holder !== null) holders.add(hold.holder);
  }
  return holders.size;
}
