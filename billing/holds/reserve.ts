import { cellEntries, cellOf } from '../cells.js';
import type { Asked, AskKind, Denial } from '../limits/context.js';
import { contextOf } from '../limits/contextOf.js';
import { judge } from '../limits/judge.js';
import type { CustomerState } from '../state.js';
import type { Decided } from './answer.js';
import { granted, later, unchanged } from './answer.js';
import type { HoldAnswer, HoldAsk } from './asks.js';
import { withoutHold } from './book.js';
import { grant } from './grant.js';
import type { Hold } from './hold.js';
import { holdName } from './name.js';
import { noGrantReason } from './serving.js';

type ReserveAsk = Extract<HoldAsk, { type: 'reserve' }>;

const CONFLICT: HoldAnswer = { type: 'conflict' };

/**
 * A hold for one request. An id that is open is answered as it stands, unless a settle needs it
 * and its end is on the way: then the settle would name what a fence lists.
 */
export function reserve(state: CustomerState, ask: ReserveAsk, nowMs: number): Decided {
  const open = cellOf(state.holds.open, ask.id);
  if (open && open.hash !== ask.hash) return unchanged(state, CONFLICT);
  if (open?.ending && ask.forSettle) return later(state, `${ask.id} is about to end`);
  if (open) return granted(state, open, nowMs);
  const ended = ask.forSettle ? undefined : endedOf(state, ask.id);
  if (ended) return unchanged(state, ended.hash === ask.hash ? expired(ended) : CONFLICT);
  const reason = noGrantReason(state, ask.forSettle, nowMs);
  if (reason !== null) return later(state, reason);
  const { id, user, quantities, properties, hash } = ask;
  const kind: AskKind = (ask.counts ?? !ask.forSettle) ? 'reservation' : 'extra';
  const asked: Asked = { user, quantities, properties, kind };
  const denial = judge(contextOf(state, nowMs), asked);
  if (denial) {
    const byLeases = fitsWithoutLeases(state, asked, denial, nowMs);
    const marked: Denial = byLeases ? { ...denial, byLeases } : denial;
    return unchanged(state, { type: 'denied', denial: marked });
  }
  const expiresAtMs = nowMs + ask.ttlMs;
  const wanted = { id, kind, user, properties, quantities, expiresAtMs, hash, holder: null };
  return grant(state, wanted, nowMs);
}

/** A reservation of this id that a fence ended lately: a grant is remembered by its id. */
export function endedOf({ holds }: CustomerState, id: string): Hold | undefined {
  return holds.ended?.findLast((hold) => hold.id === id);
}

function expired(hold: Hold): HoldAnswer {
  const { quantities, grantedAtMs, expiresAtMs, since } = hold;
  return { type: 'expired', hold: holdName(hold), quantities, grantedAtMs, expiresAtMs, since };
}

/** Would it fit if our processes gave back all their leases? Looked at only where holds refuse. */
function fitsWithoutLeases(
  state: CustomerState,
  asked: Asked,
  denial: Denial,
  nowMs: number,
): boolean {
  if (denial.code !== 'held_by_concurrent_requests') return false;
  const open = cellEntries(state.holds.open).map(([, hold]) => hold);
  const leases = open.filter(({ holder }) => holder !== null);
  if (leases.length === 0) return false;
  const without = leases.reduce(withoutHold, state);
  return judge(contextOf(without, nowMs), asked) === null;
}
