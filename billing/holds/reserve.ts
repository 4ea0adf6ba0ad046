import { cellOf } from '../cells.js';
import type { AskKind } from '../limits/context.js';
import { contextOf } from '../limits/contextOf.js';
import { judge } from '../limits/judge.js';
import type { CustomerState } from '../state.js';
import type { Decided } from './answer.js';
import { granted, later, unchanged } from './answer.js';
import type { HoldAsk } from './asks.js';
import { grant } from './grant.js';
import { noGrantReason } from './serving.js';

type ReserveAsk = Extract<HoldAsk, { type: 'reserve' }>;

/**
 * A hold for one request. An id that is open is answered as it stands, unless a settle needs it
 * and its end is on the way: then the settle would name what a fence lists.
 */
export function reserve(state: CustomerState, ask: ReserveAsk, nowMs: number): Decided {
  const open = cellOf(state.holds.open, ask.id);
  if (open && open.hash !== ask.hash) return unchanged(state, { type: 'conflict' });
  if (open?.ending && ask.forSettle) return later(state, `${ask.id} is about to end`);
  if (open) return granted(state, open, nowMs);
  const reason = noGrantReason(state, ask.forSettle, nowMs);
  if (reason !== null) return later(state, reason);
  const { id, user, quantities, properties, hash } = ask;
  const kind: AskKind = (ask.counts ?? !ask.forSettle) ? 'reservation' : 'extra';
  const denial = judge(contextOf(state, nowMs), { user, quantities, properties, kind });
  if (denial) return unchanged(state, { type: 'denied', denial });
  const expiresAtMs = nowMs + ask.ttlMs;
  const wanted = { id, kind, user, properties, quantities, expiresAtMs, hash, holder: null };
  return grant(state, wanted, nowMs);
}
