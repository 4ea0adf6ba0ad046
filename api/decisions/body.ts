import { instantText } from '../../billing/customer/invoice/invoicing.js';
import { settledAnswer } from '../../billing/holds/settledAnswer.js';
import type { LimitStanding } from '../../billing/limits/context.js';
import type { CustomerKey, Quantities, SettleEntry } from '../../billing/log.js';
import type { GrantedReservation } from './contract.js';
import { decidedLimit } from './limits.js';

/** Bodies of CONTRACT §4.3. */

/** How a reservation ended, or that it has not. */
export interface Ending {
  readonly status: 'held' | 'committed' | 'released' | 'expired';
  readonly committed: Quantities | null;
  readonly writeOff: Quantities | null;
}

/** Not ended yet. */
export const HELD: Ending = { status: 'held', committed: null, writeOff: null };

/** Ended by a fence, nothing was used. */
export const EXPIRED: Ending = { status: 'expired', committed: null, writeOff: null };

/** A reservation that this process knows all of. */
export function reservationBody(
  granted: GrantedReservation,
  { status, committed, writeOff }: Ending,
  limits: readonly LimitStanding[] = granted.limits,
) {
  const { id, key, user, quantities, expiresAtMs, token } = granted;
  return {
    id,
    customer: key.customer,
    user,
    status,
    quantities,
    expiresAt: instantText(expiresAtMs),
    token,
    committed,
    writeOff,
    limits: limits.map(decidedLimit),
  };
}

/** A reservation's body. */
export type ReservationBody = ReturnType<typeof endedBody>;

/** How the entry in the log says that it ended. */
export function endingOf(entry: SettleEntry): Ending {
  const asked = entry.outcome === 'released' ? 'release' : 'commit';
  const answer = settledAnswer(entry, asked);
  if (answer.type !== 'ended') throw new Error(`${entry.id} contradicts itself`);
  const { status, committed, writeOff } = answer;
  return { status, committed, writeOff };
}

/** A reservation of which only its end in the log is known. */
export function endedBody(
  key: CustomerKey,
  entry: SettleEntry,
  limits: readonly LimitStanding[] = [],
) {
  const { status, committed, writeOff } = endingOf(entry);
  const { reserved, user } = entry;
  return {
    id: entry.id.slice('settle/'.length),
    customer: key.customer,
    user: user ?? null,
    status,
    quantities: reserved?.quantities ?? committed ?? {},
    expiresAt: reserved ? instantText(reserved.expiresAtMs) : null,
    token: null as string | null,
    committed,
    writeOff,
    limits: limits.map(decidedLimit),
  };
}
