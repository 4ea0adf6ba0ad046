import type { SettlePart } from '../consumption.js';
import type { Quantities } from '../log.js';
import type { HoldAsk } from './asks.js';
import { requestDebit } from './requestDebit.js';
import { extraRole, ownRole, type Role, type RoleStanding } from './role.js';
import { isSameClass } from './sameClass.js';
import type { Commit, Reservation, SettleKnowledge, Settlement } from './settlement.js';

/**
 * The arithmetic of a commit and a release, for the process that writes the entry. Plan, do what
 * the plan says, plan again with what is known then: a crash in between costs nothing.
 */

/** A role that is decided: it has a hold, or was refused one. */
type Decided = Extract<RoleStanding, { type: 'held' | 'denied' }>;

interface Part {
  readonly role: Role;
  readonly standing: RoleStanding;
}

/** What a commit does next. */
export function planCommit(
  reservation: Reservation,
  commit: Commit,
  known: SettleKnowledge,
): Settlement {
  if (commit.cacheHit) return giveBack(reservation, known, 'cacheHit');
  const used = commit.quantities ?? reservation.quantities;
  const properties = namedValues(commit, reservation, known.names);
  const meters = Object.keys({ ...reservation.quantities, ...used });
  if (!isSameClass(known.snapshot, meters, reservation.properties, properties)) {
    const quantities = { ...upTo(reservation.quantities, {}), ...used };
    return planOtherClass(reservation, { quantities, properties, counts: true }, known);
  }
  const own: Role = {
    quantities: upTo(reservation.quantities, used),
    properties,
    counts: true,
  };
  const standing = ownRole(reservation, own, known);
  const held = standing.type === 'held' ? standing.quantities : reservation.quantities;
  const parts: Part[] = [{ role: { ...own, quantities: upTo(held, used) }, standing }];
  const more = beyond(held, used);
  if (Object.keys(more).length > 0) {
    const extra: Role = { quantities: more, properties, counts: false };
    parts.push({ role: extra, standing: extraRole(reservation, extra, known) });
  }
  return planParts(reservation, parts, [], known);
}

/** A new hold for all of it; the old one ends unused. */
function planOtherClass(
  reservation: Reservation,
  role: Role,
  known: SettleKnowledge,
): Settlement {
  const standing = extraRole(reservation, role, known);
  return planParts(reservation, [{ role, standing }], unusedParts(reservation, known), known);
}

/** What a release does next. */
export function planRelease(reservation: Reservation, known: SettleKnowledge): Settlement {
  if (known.isFenced(reservation.hold)) return { type: 'expired' };
  return giveBack(reservation, known, 'released');
}

function giveBack(
  reservation: Reservation,
  known: SettleKnowledge,
  outcome: 'released' | 'cacheHit',
): Settlement {
  const parts = unusedParts(reservation, known);
  return { type: 'settle', outcome, parts, since: reservation.since };
}

/** The reservation's hold ends and nothing of it is used; of a lease the owner keeps it all. */
function unusedParts(reservation: Reservation, known: SettleKnowledge): SettlePart[] {
  const { hold, grantedAtMs: atMs } = reservation;
  if (known.isFenced(hold)) return [];
  const settled = settledOf(reservation, null, known);
  return [{ hold, used: {}, writeOff: {}, ...settled, atMs, counts: false }];
}

/** Decided parts make the entry; else what is to be asked or waited for. */
function planParts(
  reservation: Reservation,
  parts: readonly Part[],
  unused: readonly SettlePart[],
  known: SettleKnowledge,
): Settlement {
  const standings = parts.map(({ standing }) => standing);
  const asks: HoldAsk[] = standings.flatMap((it) => (it.type === 'ask' ? [it.ask] : []));
  if (asks.length > 0) return { type: 'ask', asks };
  const waiting = standings.find((standing) => standing.type === 'later');
  if (waiting) return waiting;
  const settled = parts.map(({ role, standing }) =>
    partOf(reservation, role, standing as Decided, known),
  );
  const numbers = standings.flatMap((it) => (it.type === 'held' ? [it.since] : []));
  const since = Math.min(reservation.since, ...numbers);
  return { type: 'settle', outcome: 'committed', parts: [...unused, ...joined(settled)], since };
}

function partOf(
  reservation: Reservation,
  role: Role,
  standing: Decided,
  known: SettleKnowledge,
): SettlePart {
  if (standing.type === 'denied') {
    const { grantedAtMs: atMs } = reservation;
    const writeOff = beyond({}, role.quantities);
    return { hold: null, used: {}, writeOff, atMs, counts: false };
  }
  const { hold, grantedAtMs: atMs } = standing;
  const settled = hold === reservation.hold ? settledOf(reservation, role.quantities, known) : {};
  return { hold, used: role.quantities, writeOff: {}, ...settled, atMs, counts: role.counts };
}

/** Refused parts as one: a part without a hold stands once. */
function joined(parts: readonly SettlePart[]): SettlePart[] {
  const [first, ...others] = parts.filter(({ hold }) => hold === null);
  const held = parts.filter(({ hold }) => hold !== null);
  if (!first) return held;
  const writeOff = others.reduce((sum, part) => added(sum, part.writeOff), first.writeOff);
  return [...held, { ...first, writeOff }];
}

/** What a token consumes of its lease; a reservation's hold ends with its settle. */
function settledOf(
  { isLeased, quantities, properties }: Reservation,
  used: Quantities | null,
  { keepsRest, snapshot }: SettleKnowledge,
): { readonly settled?: Quantities } {
  if (!isLeased) return {};
  if (!keepsRest) return { settled: requestDebit(snapshot.meters, quantities, properties) };
  return { settled: used ? requestDebit(snapshot.meters, used, properties) : {} };
}

/** Values of the named properties that the usage counts under, as strings. */
function namedValues(
  commit: Commit,
  reservation: Reservation,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const { properties } = commit;
  if (!properties) return reservation.properties;
  const named = names.filter((name) => Object.hasOwn(properties, name));
  return Object.fromEntries(named.map((name) => [name, String(properties[name])]));
}

/** What of `used` a hold covers: each meter held stands in it, with 0 where it was not used. */
function upTo(held: Quantities, used: Quantities): Quantities {
  const covered = Object.entries(held).map(([meter, size]) => {
    const quantity = Object.hasOwn(used, meter) ? (used[meter] ?? 0) : 0;
    return [meter, Math.min(size, quantity)] as const;
  });
  return Object.fromEntries(covered);
}

/** What of `used` is beyond it: more than was held, and meters that were not held at all. */
function beyond(held: Quantities, used: Quantities): Quantities {
  const more = Object.entries(used).map(([meter, quantity]) => {
    const size = Object.hasOwn(held, meter) ? (held[meter] ?? 0) : 0;
    return [meter, quantity - size] as const;
  });
  return Object.fromEntries(more.filter(([, quantity]) => quantity > 0));
}

/** Both by meter, added up. */
export function added(a: Quantities, b: Quantities): Quantities {
  const sums = new Map(Object.entries(a));
  for (const [meter, quantity] of Object.entries(b)) {
    sums.set(meter, (sums.get(meter) ?? 0) + quantity);
  }
  return Object.fromEntries(sums);
}
