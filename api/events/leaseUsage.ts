import { meterOf } from '../../billing/branches.js';
import type { PublishedCatalogue } from '../../billing/catalogue.js';
import type { HoldAnswer, HoldAsk } from '../../billing/holds/asks.js';
import type { Drawn } from '../../billing/consumption.js';
import type { CustomerKey, LogEntry, Quantities, UsageEntry } from '../../billing/log.js';
import type { AppendOutcome, LogReader, LogWriter } from '../../ledger/contract.js';
import { namedProperties } from '../decisions/asked.js';
import type { Decider } from '../decisions/contract.js';
import { unavailable } from '../errors/problem.js';

/**
 * Writes usage, some of which names a caller's lease (CONTRACT §3.3): the workflow says what of
 * it the lease covers and what else fits, in one Update for all; the rest is written off.
 */

/** What writing usage stands on. */
export interface LeaseUsagePorts {
  readonly decider: Decider;
  readonly writer: Pick<LogWriter, 'append'>;
  readonly log: Pick<LogReader, 'entries'>;
}

/** What became of one entry, and the entry that stands. */
export interface AppendedUsage {
  readonly outcome: AppendOutcome;
  readonly entry: LogEntry;
}

type DrawAsk = Extract<HoldAsk, { type: 'draw' }>;

/** How long what was had may wait for its entry, ms. */
const DRAW_TTL_MS = 60_000;

/** Characters of an event's hash that tell its hold from that of another content. */
const HASH_LENGTH = 12;

/** Fences that may end what was had before its entry stands. */
const ROUNDS_MAX = 5;

/** Writes usage entries. */
export class LeaseUsage {
  constructor(private readonly ports: LeaseUsagePorts) {}

  /**
   * What became of each entry, in order.
   * @throws Problem or LedgerError `unavailable`: nothing is acknowledged, send all again.
   */
  async append(
    key: CustomerKey,
    entries: readonly UsageEntry[],
    catalogue: PublishedCatalogue,
  ): Promise<readonly AppendedUsage[]> {
    const appended: AppendedUsage[] = [];
    const standing = await this.standing(key, entries.filter(namesLease));
    let open = entries.map((entry, at) => ({ entry, at }));
    for (let round = 0; open.length > 0; round += 1) {
      if (round >= ROUNDS_MAX) throw unavailable('Fences keep ending what usage takes of a lease.');
      const drawn = await this.drawnOf(key, open, standing, catalogue);
      const outcomes = await this.ports.writer.append(key, drawn);
      outcomes.forEach((outcome, index) => {
        const { at } = open[index] as { at: number };
        const entry = 'entry' in outcome ? outcome.entry : (drawn[index] as UsageEntry);
        if (outcome.status !== 'fenced') appended[at] = { outcome, entry };
      });
      open = open.filter((_, index) => outcomes[index]?.status === 'fenced');
    }
    return appended;
  }

  /** Ids that stand already take nothing of a lease again. */
  private async standing(
    key: CustomerKey,
    entries: readonly UsageEntry[],
  ): Promise<ReadonlySet<string>> {
    if (entries.length === 0) return new Set();
    const found = await this.ports.log.entries(key, entries.map(({ id }) => id));
    return new Set(found.map(({ entry }) => entry.id));
  }

  private async drawnOf(
    key: CustomerKey,
    open: readonly { readonly entry: UsageEntry }[],
    standing: ReadonlySet<string>,
    catalogue: PublishedCatalogue,
  ): Promise<readonly UsageEntry[]> {
    const entries = open.map(({ entry }) => entry);
    const first = new Map(entries.toReversed().map((entry) => [entry.id, entry]));
    const drawing = entries.filter((entry) => {
      return namesLease(entry) && !standing.has(entry.id) && first.get(entry.id) === entry;
    });
    if (drawing.length === 0) return entries;
    const asks = drawing.map((entry) => askOf(entry, catalogue));
    const { answers } = await this.ports.decider.decide(key, asks);
    const drawn = new Map(
      drawing.map((entry, at) => [entry, withAnswer(entry, answers[at], catalogue)]),
    );
    return entries.map((entry) => drawn.get(entry) ?? entry);
  }
}

/** Kept cache hits take nothing of a lease. */
function namesLease({ lease, free }: UsageEntry): boolean {
  return lease !== undefined && !free;
}

/** Its id has a `/`, as no caller's own has, and differs where the content does. */
function askOf(entry: UsageEntry, catalogue: PublishedCatalogue): DrawAsk {
  const { id, lease = '', user = null, properties = {}, hash } = entry;
  return {
    type: 'draw',
    id: `event/${id}/${hash.slice(0, HASH_LENGTH)}`,
    lease,
    user,
    quantities: leasable(entry.quantities, catalogue)[0],
    properties: namedProperties(catalogue, properties),
    ttlMs: DRAW_TTL_MS,
    hash,
  };
}

/** Quantities that a hold can be had for, and those of `max` and `last` meters, which count so. */
function leasable(quantities: Quantities, { meters }: PublishedCatalogue) {
  const isLeasable = ([meter]: readonly [string, number]): boolean => {
    const aggregation = meterOf(meters, meter)?.aggregation;
    return aggregation === 'sum' || aggregation === 'count';
  };
  const all = Object.entries(quantities);
  const others = all.filter((one) => !isLeasable(one));
  return [Object.fromEntries(all.filter(isLeasable)), Object.fromEntries(others)] as const;
}

/** @throws Problem `unavailable` for an answer that says neither yes nor no. */
function withAnswer(
  entry: UsageEntry,
  answer: HoldAnswer | undefined,
  catalogue: PublishedCatalogue,
): UsageEntry {
  const [asked, others] = leasable(entry.quantities, catalogue);
  if (answer?.type === 'granted') {
    const { hold, quantities, grantedAtMs: atMs, since, counts = true } = answer;
    const used = { ...quantities, ...others };
    const drawn: Drawn = { hold, used, writeOff: beyond(asked, quantities), counts, since };
    return { ...entry, atMs, drawn };
  }
  if (answer?.type !== 'denied') {
    throw unavailable(`The event ${entry.id} was answered ${answer?.type}.`);
  }
  const none = { hold: null, used: others, counts: false, since: 0 };
  return { ...entry, drawn: { ...none, writeOff: asked } };
}

/** What was not had; a meter without anything is left out, one that was not had at all is not. */
function beyond(asked: Quantities, had: Quantities): Quantities {
  const missing = Object.entries(asked).flatMap(([meter, quantity]) => {
    const rest = quantity - (Object.hasOwn(had, meter) ? (had[meter] ?? 0) : 0);
    return rest > 0 ? [[meter, rest] as const] : [];
  });
  return Object.fromEntries(missing);
}
