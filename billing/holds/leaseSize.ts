import type { Quantities } from '../log.js';

/** How large a lease may be: by pace far from a limit, none near it (DESIGN §4). */

/** Headroom below which nothing is leased, in recent asks for each process. */
export const LEAST_HEADROOM_ASKS = 20;

/** A lease takes at most this part of a process's share: the next ones find headroom, too. */
const SHARE_DIVISOR = 2;

/**
 * Requests that one process is leased: as many as it wants for its pace, at most half of its
 * share of the headroom, so leases shrink as a limit comes near. 0: no lease, ask exactly.
 * `wanted`: requests expected while a lease is handed out; `headroom`: requests that fit under
 * every hard limit; `processes`: those that lease from this customer, this one among them.
 */
export function leaseSize(wanted: number, headroom: number, processes: number): number {
  const sharing = Math.max(1, processes);
  if (headroom < LEAST_HEADROOM_ASKS * sharing) return 0;
  return Math.min(wanted, Math.floor(headroom / (SHARE_DIVISOR * sharing)));
}

/** Headroom beyond which `leaseSize` says the same: no need to look for more. */
export function headroomWanted(wanted: number, processes: number): number {
  return Math.max(1, processes) * Math.max(LEAST_HEADROOM_ASKS, SHARE_DIVISOR * wanted);
}

/** Requests to want for a lease: the pace of the last seconds over the time it is handed out. */
export function requestsWanted(recentAsks: number, recentMs: number, grantMs: number): number {
  if (recentMs <= 0) return 1;
  return Math.max(1, Math.ceil((recentAsks * grantMs) / recentMs));
}

/** How many times `unit` goes into `upTo`, whole; meters with 0 in `unit` don't bound it. */
export function timesIn(unit: Quantities, upTo: Quantities): number {
  const bounds = Object.entries(unit)
    .filter(([, quantity]) => quantity > 0)
    .map(([meter, quantity]) => Math.floor((upTo[meter] ?? 0) / quantity));
  return bounds.length === 0 ? 1 : Math.max(1, Math.min(...bounds));
}

/** Quantities `times` over. */
export function multiplied(unit: Quantities, times: number): Quantities {
  return Object.fromEntries(Object.entries(unit).map(([meter, one]) => [meter, one * times]));
}
