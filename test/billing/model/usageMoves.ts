import type { LogEntry, UsageEntry, UsageMessage } from '../../../billing/log.js';
import type { Chance } from '../../simulation/chance.js';
import { DAY, floorTo, MINUTE, SECOND } from './calendar.js';
import type { World } from './world.js';

/** What a command does. */
export type Doing = (world: World, chance: Chance) => void;

/** End users, teams and models of the modelled customer; null: none named. */
const USERS = ['ann', 'bob', 'null', null] as const;
const TEAMS = ['red', 'blue', null] as const;
const MODELS = ['small', 'large', 'huge', null] as const;

/** Who and what for. */
export function whoOf(chance: Chance): {
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
} {
  const team = chance.pick(TEAMS);
  const model = chance.pick(MODELS);
  const properties = { ...(team && { team }), ...(model && { model }) };
  return { user: chance.pick(USERS), properties };
}

/** Some quantities of meters that can be reserved. */
export function quantitiesOf(chance: Chance, most: number): Record<string, number> {
  const quantities: Record<string, number> = {};
  if (chance.happens(0.6)) quantities['input'] = chance.whole(0, most);
  if (chance.happens(0.5)) quantities['output'] = chance.whole(1, most);
  if (chance.happens(0.25)) quantities['images'] = chance.whole(1, 1 + Math.floor(most / 8));
  if (chance.happens(0.05)) quantities['audio'] = chance.whole(0, most);
  return Object.keys(quantities).length > 0 ? quantities : { input: 1 };
}

/** An event's age: mostly fresh, some late by hours or days, some ahead of the clock. */
function ageOf(chance: Chance): number {
  const kind = chance.next();
  if (kind < 0.6) return chance.whole(0, 20 * SECOND);
  if (kind < 0.75) return chance.whole(0, 3 * 60 * MINUTE);
  if (kind < 0.9) return chance.whole(0, 3 * DAY);
  return -chance.whole(0, 5 * MINUTE);
}

function eventOf(world: World, chance: Chance): UsageEntry {
  const { user, properties } = whoOf(chance);
  const id = world.name('event');
  const extra: Record<string, number> = {};
  if (chance.happens(0.15)) extra['peak'] = chance.whole(0, 9);
  if (chance.happens(0.15)) extra['seats'] = chance.whole(0, 9);
  return {
    kind: 'usage',
    id,
    ...(user !== null && { user }),
    properties,
    quantities: { ...quantitiesOf(chance, 30), ...extra },
    atMs: world.nowMs + world.skewMs - ageOf(chance),
    ...(chance.happens(0.08) && { free: true as const }),
    hash: id,
  };
}

function ingest(world: World, chance: Chance): void {
  if (!world.hasEvents) return;
  const events = Array.from({ length: chance.whole(1, 3) }, () => eventOf(world, chance));
  const number = world.record(events);
  world.tell(() => `${number}: ${JSON.stringify(events.map(({ quantities }) => quantities))}`);
}

/** Sends an event again; the ledger's unique index knows it. */
function repeatEvent(world: World, chance: Chance): void {
  const events = eventsOf(world);
  if (events.length === 0) return;
  if (!world.ledger.knows(chance.pick(events).id)) throw new Error('an event was forgotten');
}

function eventsOf(world: World): UsageEntry[] {
  return world.ledger.groups.flatMap(({ entries }) =>
    entries.filter((entry): entry is UsageEntry => entry.kind === 'usage'),
  );
}

/**
 * Events that can be taken back: not older than events may be, and not dated into a period of a
 * plan that came after them: those are counted before it, and a void would count in it.
 */
function voidable({ ledger, nowMs }: World): UsageEntry[] {
  const oldestMs = nowMs - 35 * DAY;
  const plans = ledger.groups.filter(({ entries }) => entries.some(begins));
  return ledger.groups.flatMap(({ entries, number }) =>
    entries.filter((entry): entry is UsageEntry => {
      if (entry.kind !== 'usage' || entry.free || ledger.knows(`void/${entry.id}`)) return false;
      const isAhead = plans.some((plan) => {
        return plan.number > number && entry.atMs >= floorTo(MINUTE, plan.recordedAtMs);
      });
      return entry.atMs >= oldestMs && !isAhead;
    }),
  );
}

function begins(entry: LogEntry): boolean {
  if (entry.kind !== 'command') return false;
  const { command } = entry;
  return command.type === 'subscribed' || (command.type === 'customer' && !!command.plan);
}

/** Takes an event back, once, at its own time. */
function voidEvent(world: World, chance: Chance): void {
  const events = voidable(world);
  if (events.length === 0) return;
  const event = chance.pick(events);
  const { user, properties, quantities, atMs } = event;
  const id = `void/${event.id}`;
  const number = world.record([
    {
      kind: 'void',
      id,
      event: event.id,
      reason: 'test',
      ...(user !== undefined && { user }),
      ...(properties && { properties }),
      quantities,
      atMs,
      hash: id,
    },
  ]);
  world.tell(() => `${number}: ${id}`);
}

function deliver(world: World, message: UsageMessage): void {
  world.tell(() => `message ${JSON.stringify(message.ranges)}, head ${message.head}`);
  world.heal(world.happen({ type: 'message', message }));
}

/** Some message arrives, in no order; sometimes it will arrive again. */
function arrive(world: World, chance: Chance): void {
  if (world.flying.length === 0) return;
  const message = chance.pick(world.flying);
  if (!chance.happens(0.15)) world.flying = world.flying.filter((one) => one !== message);
  deliver(world, message);
}

/** The same, but the heal that is wanted is lost: only the head is known. */
function arriveUnhealed(world: World, chance: Chance): void {
  if (world.flying.length === 0) return;
  const message = chance.pick(world.flying);
  world.flying = world.flying.filter((one) => one !== message);
  world.tell(() => `message ${JSON.stringify(message.ranges)}, heal lost`);
  world.happen({ type: 'message', message });
}

/** A process tells of several groups at once, some of them told before. */
function overlap(world: World, chance: Chance): void {
  const { head } = world.ledger;
  if (head === 0) return;
  const from = chance.whole(Math.max(1, head - 6), head);
  deliver(world, world.ledger.message(from, chance.whole(from, head)));
}

/** A message far ahead of a gap; nothing is healed yet. */
function tellAhead(world: World, chance: Chance): void {
  const { head } = world.ledger;
  const { mark } = world.state;
  if (head < mark + 2) return;
  const from = chance.whole(mark + 2, head);
  const message = world.ledger.message(from, chance.whole(from, head));
  world.tell(() => `message ${JSON.stringify(message.ranges)} ahead of ${mark}`);
  world.happen({ type: 'message', message });
}

/** A process dies before its messages leave. */
function loseMessages(world: World): void {
  world.flying = [];
}

/** Commands about usage and the messages that tell of it. */
export const USAGE_MOVES: Readonly<Record<string, Doing>> = {
  ingest,
  repeatEvent,
  voidEvent,
  arrive,
  arriveUnhealed,
  overlap,
  tellAhead,
  loseMessages,
};
