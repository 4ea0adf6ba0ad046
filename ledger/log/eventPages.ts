import type { CustomerKey, UsageEntry } from '../../billing/log.js';
import type { Mode } from '../../billing/catalogue.js';
import { answered, exactly } from '../connection.js';
import type { EventFilter, EventPage, RecordedEvent } from '../contract.js';
import { LedgerError } from '../errors.js';
import { numbersBetween, type GroupCollection, type GroupDocument } from './documents.js';
import type { MongoLogStore } from './mongoStore.js';

/**
 * Numbers read at first (a group of a busy customer fills a page), then at once, and the most
 * that one page looks through before it gives a cursor.
 */
const NUMBERS_AT_FIRST = 4;
const NUMBERS_AT_ONCE = 50;
const NUMBERS_MAX = 2_000;

/** Where a page begins: below this place of this life's log. */
interface Place {
  readonly life: number;
  readonly number: number;
  /** Entries of that group before this index are still to come. */
  readonly index: number;
}

type EventGroup = Pick<GroupDocument, 'number' | 'recordedAtMs' | 'entries'>;

/**
 * Pages of a customer's usage events, newest first in the order of the log, of the customer's
 * newest life. A page that finds few matches ends early with a cursor to go on from.
 */
export class EventPages {
  constructor(
    private readonly log: GroupCollection,
    private readonly store: MongoLogStore,
  ) {}

  /** @throws LedgerError `invalid` for a cursor that no page gave. */
  async page(filter: EventFilter): Promise<EventPage> {
    exactly(filter.user ?? '');
    const start = filter.after === undefined ? await this.newest(filter) : placeOf(filter.after);
    if (!start) return { events: [], nextCursor: null };
    const key = { mode: filter.mode, customer: filter.customer, life: start.life };
    const events: RecordedEvent[] = [];
    const lowest = Math.max(1, start.number - NUMBERS_MAX + 1);
    let lower = start.number + 1;
    for (let step = NUMBERS_AT_FIRST; lower > lowest; step = NUMBERS_AT_ONCE) {
      const upper = lower - 1;
      lower = Math.max(lowest, upper - step + 1);
      for (const group of await this.groups(key, lower, upper, filter)) {
        const end = group.number === start.number ? start.index : group.entries.length;
        const stop = collect(group, end, filter, events);
        if (stop === null) continue;
        const cursor = cursorOf({ life: start.life, number: group.number, index: stop });
        return { events: await this.voids(key, events), nextCursor: cursor };
      }
    }
    const rest = { life: start.life, number: lowest - 1, index: Infinity };
    const nextCursor = lowest > 1 ? cursorOf(rest) : null;
    return { events: await this.voids(key, events), nextCursor };
  }

  private async newest({ mode, customer }: EventFilter): Promise<Place | null> {
    const life = await this.newestLife(mode, customer);
    const head = await this.store.head({ mode, customer, life }, 0);
    return head && { life, number: head.number, index: Infinity };
  }

  /** Lives count from 1 without a gap, and each begins with number 1. */
  private async newestLife(mode: Mode, customer: string): Promise<number> {
    let life = 1;
    while (await this.store.at({ mode, customer, life: life + 1 }, 1)) life += 1;
    return life;
  }

  private groups(key: CustomerKey, from: number, to: number, filter: EventFilter) {
    const { user, fromMs, toMs } = filter;
    return answered(() =>
      this.log
        .find({
          _id: numbersBetween(key, from, to),
          ...(user === undefined ? {} : { 'entries.user': exactly(user) }),
          ...(toMs === undefined ? {} : { earliestMs: { $lt: toMs } }),
          ...(fromMs === undefined ? {} : { latestMs: { $gte: fromMs } }),
        })
        .project<EventGroup>({ _id: 0, number: 1, recordedAtMs: 1, entries: 1 })
        .sort({ _id: -1 })
        .toArray(),
    );
  }

  /** Marks those that a counter-entry has taken back. */
  private async voids(key: CustomerKey, events: readonly RecordedEvent[]) {
    const ids = events.map(({ entry }) => `void/${entry.id}`);
    if (ids.length === 0) return events;
    const standing = await this.store.standing(key, ids);
    const voided = new Set(standing.map(({ entry }) => entry.id));
    return events.map((event) => ({ ...event, voided: voided.has(`void/${event.entry.id}`) }));
  }
}

/** Takes matches below `end`, newest first; answers where it stopped once the page is full. */
function collect(
  group: EventGroup,
  end: number,
  filter: EventFilter,
  events: RecordedEvent[],
): number | null {
  const { number, recordedAtMs, entries } = group;
  for (let index = Math.min(end, entries.length) - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry?.kind !== 'usage' || !matches(entry, filter)) continue;
    if (events.length >= filter.limit) return index + 1;
    events.push({ customer: filter.customer, entry, number, recordedAtMs, voided: false });
  }
  return null;
}

function matches(entry: UsageEntry, filter: EventFilter): boolean {
  const { user, meter, properties, fromMs = -Infinity, toMs = Infinity } = filter;
  if (user !== undefined && entry.user !== user) return false;
  if (meter !== undefined && !Object.hasOwn(entry.quantities, meter)) return false;
  if (entry.atMs < fromMs || entry.atMs >= toMs) return false;
  return Object.entries(properties ?? {}).every(([name, value]) => {
    const own = entry.properties ?? {};
    return Object.hasOwn(own, name) && String(own[name]) === value;
  });
}

function cursorOf({ life, number, index }: Place): string {
  const text = `${life}.${number}.${Number.isFinite(index) ? index : ''}`;
  return Buffer.from(text).toString('base64url');
}

function placeOf(cursor: string): Place {
  const text = Buffer.from(exactly(cursor), 'base64url').toString();
  const found = /^([1-9]\d{0,8})\.(\d{1,12})\.(\d{0,6})$/.exec(text);
  if (!found) throw new LedgerError('invalid', `no page of events gave the cursor ${cursor}`);
  const [, life, number, index] = found;
  return { life: Number(life), number: Number(number), index: index ? Number(index) : Infinity };
}
