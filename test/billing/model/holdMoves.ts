import type { HoldAnswer } from '../../../billing/holds/asks.js';
import type { Chance } from '../../simulation/chance.js';
import type { Asking, Ticket } from './clients.js';
import { commit, giveBack, spend } from './settles.js';
import { type Doing, quantitiesOf, whoOf } from './usageMoves.js';
import type { World } from './world.js';

/** Reservations and leases: asked for, settled, given back, repeated. */

const TTLS = [1_000, 5_000, 60_000, 60_000, 600_000, 86_400_000];

/** The caller keeps what was granted, and may repeat any ask. */
function keep(world: World, ask: Asking, answer: HoldAnswer | undefined): void {
  const { clients } = world;
  clients.asked.push(ask);
  world.tell(() => `${JSON.stringify(ask)} -> ${JSON.stringify(answer)?.slice(0, 120)}`);
  if (answer?.type !== 'granted') return;
  const { hold, quantities, grantedAtMs, expiresAtMs, since } = answer;
  if (clients.tickets.some((ticket) => ticket.hold === hold)) return;
  const kind = ask.type === 'lease' ? 'lease' : 'reservation';
  const { id, user, properties } = ask;
  const terms = { id, kind, hold, user, properties, quantities } as const;
  clients.tickets.push({ ...terms, grantedAtMs, expiresAtMs, since, done: false, spent: {} });
}

function reserveAsk(world: World, chance: Chance): Asking {
  const { user, properties } = whoOf(chance);
  const quantities = quantitiesOf(chance, chance.pick([8, 30, 90]));
  const id = world.name('r');
  const ttlMs = chance.pick(TTLS);
  return { type: 'reserve', id, user, quantities, properties, ttlMs, hash: id, forSettle: false };
}

/** One to three reservations in one decision; pending sums may ride along. */
function reserve(world: World, chance: Chance): void {
  const length = chance.pick([1, 1, 1, 2, 3]);
  const asks = Array.from({ length }, () => reserveAsk(world, chance));
  const rides = chance.happens(0.3) ? world.flying.shift() : undefined;
  const answers = world.ask(asks, rides);
  asks.forEach((ask, index) => keep(world, ask, answers[index]));
}

/** The answer was lost: the same ask again. The log is looked at first. */
function askAgain(world: World, chance: Chance): void {
  const { asked } = world.clients;
  if (asked.length === 0) return;
  const ask = chance.pick(asked.slice(-12));
  if (world.ledger.knows(`settle/${ask.id}`)) return;
  const [answer] = world.ask([ask]);
  keep(world, ask, answer);
}

/** The same id for something else. */
function askOtherwise(world: World, chance: Chance): void {
  const ticket = open(world, chance, 'reservation');
  if (!ticket) return;
  const ask = { ...reserveAsk(world, chance), id: ticket.id } as Asking;
  const [answer] = world.ask([ask]);
  if (answer?.type === 'granted') keep(world, ask, answer);
}

function open(world: World, chance: Chance, kind: Ticket['kind']): Ticket | null {
  const tickets = world.clients.open(kind);
  return tickets.length === 0 ? null : chance.pick(tickets);
}

/** All of it, less, nothing, more, another class. */
function commitSome(world: World, chance: Chance): void {
  const ticket = open(world, chance, 'reservation');
  if (!ticket) return;
  const share = chance.pick([0, 0.4, 1, 1, 1, 1.7]);
  const entries = Object.entries(ticket.quantities);
  const quantities = Object.fromEntries(
    entries.map(([meter, units]) => [meter, Math.ceil(units * share)]),
  );
  const other = chance.happens(0.12);
  const properties = other ? whoOf(chance).properties : ticket.properties;
  commit(world, ticket, { quantities, properties });
}

function release(world: World, chance: Chance): void {
  const ticket = open(world, chance, 'reservation');
  if (ticket) giveBack(world, ticket, chance.happens(0.3) ? 'cacheHit' : 'released');
}

function extend(world: World, chance: Chance): void {
  const ticket = open(world, chance, 'reservation');
  if (!ticket) return;
  const more = chance.happens(0.5) ? quantitiesOf(chance, 30) : undefined;
  const ttlMs = chance.happens(0.7) ? chance.pick(TTLS) : undefined;
  const [answer] = world.ask([
    { type: 'extend', id: ticket.id, ...(ttlMs && { ttlMs }), ...(more && { quantities: more }) },
  ]);
  world.tell(() => `extend ${ticket.id} -> ${answer?.type}`);
  if (answer?.type !== 'granted' || answer.hold !== ticket.hold) return;
  ticket.quantities = answer.quantities;
  ticket.expiresAtMs = answer.expiresAtMs;
}

function lease(world: World, chance: Chance): void {
  const { user, properties } = whoOf(chance);
  const unit = { input: chance.whole(1, 4), requests: 1 };
  const times = chance.whole(1, 6);
  const upTo = { input: unit.input * times, requests: times };
  const id = world.name('lease');
  const ttlMs = chance.pick([1_000, 10_000, 60_000]);
  const terms = { type: 'lease', id, user, properties, atLeast: unit, upTo, ttlMs } as const;
  const ask = { ...terms, hash: id, holder: null };
  const [answer] = world.ask([ask]);
  keep(world, ask, answer);
}

/** What the owner of a lease can still hand out. */
function left(ticket: Ticket, meter: string): number {
  return (ticket.quantities[meter] ?? 0) - (ticket.spent[meter] ?? 0);
}

function spendLease(world: World, chance: Chance): void {
  const ticket = open(world, chance, 'lease');
  if (!ticket) return;
  const units = Math.min(left(ticket, 'input'), chance.whole(0, 5));
  if (left(ticket, 'requests') < 1) return;
  const used = { input: Math.min(units, chance.whole(0, 5)) };
  if (!spend(world, ticket, used, { input: units, requests: 1 })) ticket.done = true;
}

/** The owner keeps a little and states what its lease is now; the statement may come twice. */
function shrink(world: World, chance: Chance): void {
  const ticket = open(world, chance, 'lease');
  if (!ticket) return;
  const kept = chance.whole(0, 3);
  const size = Object.fromEntries(
    Object.keys(ticket.quantities).map((meter) => {
      return [meter, (ticket.spent[meter] ?? 0) + Math.min(kept, left(ticket, meter))];
    }),
  );
  ticket.quantities = size;
  const { hold } = ticket;
  const asks = Array.from({ length: chance.whole(1, 2) }, () => {
    return { type: 'shrink', hold, size } as const;
  });
  const [answer] = world.ask(asks);
  world.tell(() => `shrink ${hold} ${JSON.stringify(size)} -> ${answer?.type}`);
}

/** Commands about holds. */
export const HOLD_MOVES: Readonly<Record<string, Doing>> = {
  reserve,
  askAgain,
  askOtherwise,
  commit: commitSome,
  release,
  extend,
  lease,
  spendLease,
  shrink,
};
