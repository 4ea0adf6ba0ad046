import type { Meter, Plan, PlanSnapshot, PublishedCatalogue } from '../../../billing/catalogue.js';
import type { StripeLink } from '../../../billing/command.js';
import { endsOf } from '../../../billing/entries.js';
import type { LogEntry, LogGroup, VoidEntry } from '../../../billing/log.js';
import { sumRows } from '../../../billing/sums.js';
import { firstPublication, METERS, snapshot } from '../contractCatalogue.js';

/** A customer's log in memory. */

/** Start of the customer's first period, 23 s past a minute at Stripe. */
export const START_MS = Date.UTC(2026, 0, 1);

const KEY = { mode: 'test', customer: 'acme', life: 1 } as const;

function publishedWith({ id, meters, plan }: PlanSnapshot): PublishedCatalogue {
  return firstPublication({ currency: 'usd', meters, plans: { [id]: plan } });
}

function linkFor({ plan }: PlanSnapshot): StripeLink {
  const meters = Object.keys(plan.prices ?? {});
  const named = (prefix: string) =>
    Object.fromEntries(meters.map((meter) => [meter, `${prefix}${meter}`]));
  return {
    customer: 'cus_1',
    subscription: 'sub_1',
    testClock: null,
    baseItem: 'si_base',
    items: named('si_'),
    meters: named('mtr_'),
    eventNames: named('durabill_'),
    anchorSeconds: START_MS / 1000 + 23,
  };
}

/** One group for each list of entries. */
export class MemoryLog {
  readonly groups: LogGroup[] = [];
  readonly key = KEY;

  /** A log under one plan, published alone; it begins with the subscription. */
  static of(plan: Plan, meters: Readonly<Record<string, Meter>> = METERS): MemoryLog {
    return new MemoryLog(publishedWith(snapshot(plan, meters)));
  }

  private constructor(readonly published: PublishedCatalogue) {
    const plan = Object.values(published.snapshots)[0] as PlanSnapshot;
    const asked = { plan, details: {}, atMs: START_MS, anchorMs: START_MS };
    this.add([command(1, { type: 'customer', ...asked })]);
    const answer = { request: 1, plan, stripe: linkFor(plan) };
    this.add([command(2, { type: 'subscribed', ...answer })]);
  }

  add(entries: readonly LogEntry[]): void {
    const number = this.groups.length + 1;
    const sums = sumRows(entries, this.published);
    const ends = endsOf(entries);
    const group = { ...KEY, number, group: `g${number}`, fence: 0, catalogue: 1, recordedAtMs: 0 };
    this.groups.push({ ...group, entries, sums, ...(ends.length > 0 ? { ends } : {}) });
  }

  close(segment: number): void {
    const id = `fence/closed-${segment}`;
    this.add([{ kind: 'fence', id, fence: { type: 'closed', segment }, hash: id }]);
  }
}

function command(number: number, asked: object): LogEntry {
  const id = `command/${number}`;
  return { kind: 'command', id, command: asked, hash: id } as LogEntry;
}

/** A usage event. */
export function event(
  id: string,
  atMs: number,
  quantities: Record<string, number>,
  properties: Record<string, string> = {},
): LogEntry {
  return { kind: 'usage', id, quantities, atMs, properties, hash: id };
}

/** Takes an event back. */
export function voided(entry: LogEntry): VoidEntry {
  if (entry.kind !== 'usage') throw new Error(`${entry.id} is no event`);
  const { id, quantities, properties, atMs } = entry;
  const reason = 'mistake';
  const taken = { quantities, properties, atMs, reason, hash: id };
  return { kind: 'void', id: `void/${id}`, event: id, ...taken };
}
