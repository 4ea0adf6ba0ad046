import { cellOf } from '../cells.js';
import { meterOf } from '../branches.js';
import type { PlanSnapshot } from '../catalogue.js';
import { contextOf } from '../limits/contextOf.js';
import { judge } from '../limits/judge.js';
import type { Quantities } from '../log.js';
import type { CustomerState } from '../state.js';
import type { Decided } from './answer.js';
import { granted, later, unchanged } from './answer.js';
import type { HoldAnswer, HoldAsk } from './asks.js';
import { grant, type Grant } from './grant.js';
import type { Hold } from './hold.js';
import { requestDebit } from './requestDebit.js';
import { isSameClass } from './sameClass.js';
import { noGrantReason } from './serving.js';
import { added } from './settle.js';
import { withLease } from './shrink.js';

type DrawAsk = Extract<HoldAsk, { type: 'draw' }>;

/** What a lease covers of one ask. */
interface Cover {
  /** Quantities that are covered, by reported meter; none where nothing is. */
  readonly quantities: Quantities;
  /** What that takes of the lease, `count` meters by their own names. */
  readonly debit: Quantities;
  /** True where every `count` meter that the ask is a 1 in is covered, too. */
  readonly counts: boolean;
  readonly isWhole: boolean;
}

const NO_COVER: Cover = { quantities: {}, debit: {}, counts: false, isWhole: false };

/**
 * A hold for usage that names a caller's lease. What the lease covers is debited already, in the
 * very windows of now, for a lease ends before the first of them does: it moves into the hold
 * unjudged. What is beyond is taken if all of it fits.
 */
export function draw(state: CustomerState, ask: DrawAsk, nowMs: number): Decided {
  const open = cellOf(state.holds.open, ask.id);
  if (open && open.hash !== ask.hash) return unchanged(state, { type: 'conflict' });
  if (open?.ending) return later(state, `${ask.id} is about to end`);
  if (open) return counting(granted(state, open, nowMs), open.kind);
  const reason = noGrantReason(state, true, nowMs);
  if (reason !== null) return later(state, reason);
  const { snapshot } = contextOf(state, nowMs);
  const lease = leaseFor(state, ask, snapshot, nowMs);
  const cover = lease ? coverOf(lease, ask, snapshot) : NO_COVER;
  const drawn = lease ? withLease(state, lease, drawnFrom(lease, cover)) : state;
  const whole = grantOf(ask, ask.quantities, 'reservation', nowMs);
  const denial = cover.isWhole ? null : judge(contextOf(drawn, nowMs), whole);
  if (!denial) return counting(grant(drawn, whole, nowMs), whole.kind);
  if (Object.keys(cover.debit).length === 0) return unchanged(state, { type: 'denied', denial });
  const kind = cover.counts ? 'reservation' : 'extra';
  return counting(grant(drawn, grantOf(ask, cover.quantities, kind, nowMs), nowMs), kind);
}

/** The answer says whether the hold is a 1 in `count` meters: its usage then is one, too. */
function counting({ state, answer }: Decided, kind: Hold['kind']): Decided {
  return { state, answer: { ...answer, counts: kind === 'reservation' } as HoldAnswer };
}

/** The lease, where it is open and its debits are those of this usage: of its user and class. */
function leaseFor(
  { holds }: CustomerState,
  { lease: id, user, quantities, properties }: DrawAsk,
  snapshot: PlanSnapshot,
  nowMs: number,
): Hold | null {
  const hold = cellOf(holds.open, id);
  if (hold?.kind !== 'lease' || hold.holder !== null) return null;
  const keepsUsers = (snapshot.plan.limits ?? []).some(({ scope }) => scope === 'user');
  if (keepsUsers && hold.user !== user) return null;
  if (hold.expiresAtMs <= nowMs) return null;
  const meters = Object.keys(quantities);
  return isSameClass(snapshot, meters, hold.properties, properties) ? hold : null;
}

/** Units as far as they are left; the 1 of `count` meters only where all of them have one left. */
function coverOf(lease: Hold, ask: DrawAsk, { meters }: PlanSnapshot): Cover {
  const debit = requestDebit(meters, ask.quantities, ask.properties);
  const left = (meter: string): number =>
    Object.hasOwn(lease.quantities, meter)
      ? (lease.quantities[meter] ?? 0) - (lease.settled[meter] ?? 0)
      : 0;
  const isCount = (meter: string): boolean => meterOf(meters, meter)?.aggregation === 'count';
  const counts = Object.keys(debit).every((meter) => !isCount(meter) || left(meter) >= 1);
  const covered = Object.entries(debit).flatMap(([meter, wanted]) => {
    if (isCount(meter)) return counts ? [[meter, 1] as const] : [];
    const units = Math.min(wanted, left(meter));
    return units > 0 || wanted === 0 ? [[meter, units] as const] : [];
  });
  const taken = Object.fromEntries(covered);
  const isWhole = Object.entries(debit).every(([meter, wanted]) => taken[meter] === wanted);
  const named = Object.entries(ask.quantities).flatMap(([meter, quantity]) => {
    if (taken[meter] === undefined) return [];
    return [[meter, isCount(meter) ? quantity : taken[meter]] as const];
  });
  const hasAny = Object.values(taken).some((units) => units > 0);
  if (!isWhole && !hasAny) return NO_COVER;
  return { quantities: Object.fromEntries(named), debit: taken, counts, isWhole };
}

function drawnFrom(lease: Hold, { debit }: Cover): Hold {
  return { ...lease, settled: added(lease.settled, debit) };
}

function grantOf(
  { id, user, properties, hash, ttlMs }: DrawAsk,
  quantities: Quantities,
  kind: Grant['kind'],
  nowMs: number,
): Grant {
  const expiresAtMs = nowMs + ttlMs;
  return { id, kind, user, properties, quantities, expiresAtMs, hash, holder: null };
}
