import { cellOf } from '../cells.js';
import { contextOf } from '../limits/contextOf.js';
import { judge } from '../limits/judge.js';
import type { Quantities } from '../log.js';
import type { CustomerState } from '../state.js';
import type { Decided } from './answer.js';
import { granted, later, unchanged } from './answer.js';
import type { HoldAsk } from './asks.js';
import { withChangedHold, withoutHold } from './book.js';
import type { Hold } from './hold.js';
import { firstBoundaryMs } from './leaseEnd.js';
import { pinned } from './pins.js';
import { noGrantReason } from './serving.js';

type ExtendAsk = Extract<HoldAsk, { type: 'extend' }>;

/** Lets a reservation live longer, or hold more; a lease is asked anew instead. */
export function extend(state: CustomerState, ask: ExtendAsk, nowMs: number): Decided {
  const hold = cellOf(state.holds.open, ask.id);
  if (!hold) return unchanged(state, { type: 'gone' });
  if (hold.kind === 'lease') return unchanged(state, { type: 'conflict' });
  if (hold.ending) return later(state, `${ask.id} is about to end`);
  const quantities = largerOf(hold.quantities, ask.quantities ?? {});
  const expiresAtMs = ask.ttlMs === undefined ? hold.expiresAtMs : nowMs + ask.ttlMs;
  if (quantities !== hold.quantities) return grow(state, hold, { quantities, expiresAtMs }, nowMs);
  if (expiresAtMs === hold.expiresAtMs) return granted(state, hold, nowMs);
  const longer = { ...hold, expiresAtMs };
  return granted(withChangedHold(state, hold, longer), longer, nowMs);
}

/** By meter the larger of both; the first object itself where it is everywhere. */
function largerOf(held: Quantities, asked: Quantities): Quantities {
  const more = Object.entries(asked).filter(
    ([meter, quantity]) => !Object.hasOwn(held, meter) || quantity > (held[meter] ?? 0),
  );
  return more.length === 0 ? held : { ...held, ...Object.fromEntries(more) };
}

/** More is debited where the hold was granted: only while every window of its grant is open. */
function grow(
  state: CustomerState,
  hold: Hold,
  wanted: Pick<Hold, 'quantities' | 'expiresAtMs'>,
  nowMs: number,
): Decided {
  const reason = noGrantReason(state, hold.kind === 'extra', nowMs);
  if (reason !== null) return later(state, reason);
  const without = withoutHold(state, hold);
  const context = contextOf(without, nowMs);
  const boundaryMs = firstBoundaryMs(context, wanted.quantities, hold.grantedAtMs);
  const begunBefore = (context.period?.startMs ?? 0) > hold.grantedAtMs;
  if (begunBefore || boundaryMs <= nowMs) return unchanged(state, { type: 'turned' });
  const { user, properties, kind } = hold;
  const denial = judge(context, { user, properties, kind, quantities: wanted.quantities });
  if (denial) return unchanged(state, { type: 'denied', denial });
  const larger = pinned(without, { ...hold, ...wanted });
  return granted(withChangedHold(state, hold, larger), larger, nowMs);
}
