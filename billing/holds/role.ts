import { canonicalJson } from '../canonical.js';
import type { Quantities } from '../log.js';
import type { HoldAsk } from './asks.js';
import type { Reservation, SettleKnowledge } from './settlement.js';

/**
 * A settle's roles: the reservation's own hold, and an extra. Each has an id of its own, so that
 * a repeated ask never answers one role with the other's hold.
 */

/** What a role needs a hold for. */
export interface Role {
  readonly quantities: Quantities;
  readonly properties: Readonly<Record<string, string>>;
  /** True where it carries the reservation's 1 of `count` meters. */
  readonly counts: boolean;
}

/** How a role stands. */
export type RoleStanding =
  | {
      readonly type: 'held';
      readonly hold: string;
      readonly quantities: Quantities;
      readonly grantedAtMs: number;
      readonly since: number;
    }
  | { readonly type: 'denied' }
  | { readonly type: 'later'; readonly reason: string }
  | { readonly type: 'ask'; readonly ask: HoldAsk };

/** How long a hold that a settle asks for may stay unused, ms. */
const SETTLE_TTL_MS = 60_000;

/** Extras of one reservation that are tried: others of its id may stand with other content. */
const MOST_EXTRAS = 9;

/** The reservation's own hold as it stands, or asked anew under its own id if a fence ended it. */
export function ownRole(
  reservation: Reservation,
  role: Role,
  known: SettleKnowledge,
): RoleStanding {
  const { hold, quantities, grantedAtMs, since, id } = reservation;
  if (!known.isFenced(hold)) return { type: 'held', hold, quantities, grantedAtMs, since };
  const standing = standingOf(id, { ...role, hash: reservation.hash }, reservation, known);
  return standing ?? { type: 'denied' };
}

/**
 * An extra, `ID+n`: the first n whose id does not stand with other content. One that was asked for
 * less than is needed now is other content, too: the own hold can turn out smaller than planned,
 * where another process has had it asked anew for another commit.
 */
export function extraRole(
  reservation: Reservation,
  role: Role,
  known: SettleKnowledge,
): RoleStanding {
  const hash = canonicalJson(role);
  for (let n = 1; n <= MOST_EXTRAS; n += 1) {
    const standing = standingOf(`${reservation.id}+${n}`, { ...role, hash }, reservation, known);
    if (standing && coversAll(standing, role)) return standing;
  }
  return { type: 'later', reason: `${MOST_EXTRAS} extras of ${reservation.id} are open` };
}

function coversAll(standing: RoleStanding, { quantities }: Role): boolean {
  if (standing.type !== 'held') return true;
  const held = new Map(Object.entries(standing.quantities));
  return Object.entries(quantities).every(([meter, used]) => used <= (held.get(meter) ?? 0));
}

/** Null: the id stands with other content. */
function standingOf(
  id: string,
  role: Role & { readonly hash: string },
  { user }: Reservation,
  { answers, isFenced }: SettleKnowledge,
): RoleStanding | null {
  const ask: HoldAsk = {
    ...role,
    type: 'reserve',
    id,
    user,
    ttlMs: SETTLE_TTL_MS,
    forSettle: true,
  };
  const answer = answers.get(id);
  switch (answer?.type) {
    case 'granted':
      if (isFenced(answer.hold)) return { type: 'ask', ask };
      return { ...answer, type: 'held' };
    case 'denied':
      return { type: 'denied' };
    case 'conflict':
      return null;
    case 'later':
      return { type: 'later', reason: answer.reason };
    default:
      return { type: 'ask', ask };
  }
}
