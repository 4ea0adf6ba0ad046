import type { PropertyValue } from '../../../billing/catalogue.js';
import type { SettlePart } from '../../../billing/consumption.js';
import type { Quantities, SettleEntry } from '../../../billing/log.js';
import type { Ticket } from './clients.js';
import type { World } from './world.js';

/** How a process writes the end of a reservation: every fence it must know has been read. */

/** What a commit says. */
export interface Commit {
  readonly quantities: Quantities;
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

type Part = Pick<SettlePart, 'used' | 'writeOff'> & Partial<SettlePart>;

function write(
  world: World,
  ticket: Ticket,
  outcome: SettleEntry['outcome'],
  parts: readonly Part[],
  properties: Commit['properties'] = {},
): void {
  const id = `settle/${ticket.id}`;
  const number = world.record([
    {
      kind: 'settle',
      id,
      ...(ticket.user !== null && { user: ticket.user }),
      properties,
      outcome,
      parts: parts.map((part) => {
        return { hold: null, atMs: ticket.grantedAtMs, counts: false, ...part };
      }),
      since: ticket.since,
      hash: `${outcome} ${JSON.stringify(parts)}`,
    },
  ]);
  ticket.done = true;
  world.tell(() => `${number}: ${id} ${outcome} ${JSON.stringify(parts)}`);
}

/** By meter, what `asked` has beyond `held`; null: nothing. */
function beyond(asked: Quantities, held: Quantities): Quantities | null {
  const more = Object.entries(asked)
    .map(([meter, units]) => [meter, units - (held[meter] ?? 0)] as const)
    .filter(([, units]) => units > 0);
  return more.length === 0 ? null : Object.fromEntries(more);
}

/** By meter the smaller of both; every meter of `held` stands in it. */
function within(asked: Quantities, held: Quantities): Quantities {
  const meters = Object.keys(held);
  return Object.fromEntries(
    meters.map((meter) => [meter, Math.min(held[meter] ?? 0, asked[meter] ?? 0)]),
  );
}

/** A hold for what the ticket's own does not cover; null: denied, or not now. */
function another(
  world: World,
  ticket: Ticket,
  id: string,
  commit: Commit,
  counts: boolean,
): Part | null {
  const { quantities } = commit;
  const properties = Object.fromEntries(
    Object.entries(commit.properties).map(([name, value]) => [name, String(value)]),
  );
  const { user } = ticket;
  const hash = `again ${JSON.stringify([quantities, properties])}`;
  const ask = { type: 'reserve', id, user, quantities, properties, ttlMs: 60_000, hash } as const;
  const [answer] = world.ask([{ ...ask, forSettle: true, counts }]);
  if (answer?.type !== 'granted' || world.ledger.hasEnded(answer.hold)) return null;
  const { hold, grantedAtMs } = answer;
  return { hold, used: quantities, writeOff: {}, atMs: grantedAtMs, counts };
}

/** Commits: less, more, nothing, late, of another class. A repeat finds the entry. */
export function commit(world: World, ticket: Ticket, said: Commit): void {
  if (world.ledger.knows(`settle/${ticket.id}`)) return;
  const { quantities, properties } = said;
  if (world.ledger.hasEnded(ticket.hold)) {
    const anew = another(world, ticket, ticket.id, said, true);
    const lost: Part = { hold: null, used: {}, writeOff: quantities, counts: true };
    return write(world, ticket, 'committed', [anew ?? lost], properties);
  }
  const sameClass = JSON.stringify(properties) === JSON.stringify(ticket.properties);
  const own = sameClass ? within(quantities, ticket.quantities) : within({}, ticket.quantities);
  const more = beyond(quantities, own);
  const first: Part = { hold: ticket.hold, used: own, writeOff: {}, counts: true };
  if (!more) return write(world, ticket, 'committed', [first], properties);
  const extra = another(world, ticket, `${ticket.id}+1`, { ...said, quantities: more }, false);
  const parts = extra ? [first, extra] : [{ ...first, writeOff: more }];
  write(world, ticket, 'committed', parts, properties);
}

/** Gives all back, or keeps what a cache answered: nothing counts. */
export function giveBack(world: World, ticket: Ticket, outcome: 'released' | 'cacheHit'): void {
  if (world.ledger.knows(`settle/${ticket.id}`)) return;
  const hold = world.ledger.hasEnded(ticket.hold) ? null : ticket.hold;
  if (hold === null && outcome === 'released') {
    ticket.done = true;
    return;
  }
  write(world, ticket, outcome, [{ hold, used: {}, writeOff: {}, counts: true }]);
}

/** Settles a part of a lease; false: a fence has ended it. */
export function spend(world: World, lease: Ticket, used: Quantities, held: Quantities): boolean {
  if (world.ledger.hasEnded(lease.hold)) return false;
  for (const [meter, units] of Object.entries(held)) {
    lease.spent[meter] = (lease.spent[meter] ?? 0) + units;
  }
  const token: Ticket = { ...lease, id: world.name(`${lease.id}.`), spent: {} };
  const part: Part = { hold: lease.hold, used, writeOff: {}, settled: held, counts: true };
  write(world, token, 'committed', [part], lease.properties);
  return true;
}
