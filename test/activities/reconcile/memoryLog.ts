import type { PlanSnapshot, PublishedCatalogue } from '../../../billing/catalogue.js';
import type { StripeLink } from '../../../billing/command.js';
import { endsOf } from '../../../billing/entries.js';
import type { LogEntry, LogGroup, VoidEntry } from '../../../billing/log.js';
import { sumRows } from '../../../billing/sums.js';
import type { Ledger } from '../../../ledger/contract.js';
import { firstPublication } from '../../billing/contractCatalogue.js';

/** A log in memory, for readings that need no server. */

/** Start of the customer's first period, 23 s past a minute at Stripe. */
export const START_MS = Date.UTC(2026, 0, 1);

const KEY = { mode: 'test', customer: 'acme', life: 1 } as const;

/** A publication with this plan as the only one. */
export function publishedWith(snapshot: PlanSnapshot): PublishedCatalogue {
  const { meters, plan } = snapshot;
  return firstPublication({ currency: 'usd', meters, plans: { [snapshot.id]: plan } });
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

/** A customer's log, one group for each list of entries; it begins with the subscription. */
export class MemoryLog {
  readonly groups: LogGroup[] = [];
  readonly key = KEY;

  constructor(private readonly published: PublishedCatalogue) {
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

  /** As much of a ledger as a fold of the log reads. */
  ledger(): Ledger {
    const groups = (_key: unknown, from: number, limit: number) =>
      Promise.resolve(this.groups.slice(from - 1, from - 1 + limit));
    const newest = () => Promise.resolve(this.published);
    return { log: { groups }, catalogues: { newest } } as unknown as Ledger;
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
