import type mongoose from 'mongoose';
import type { Mode, PublishedCatalogue } from '../../billing/catalogue.js';
import type { CustomerKey, LogGroup, SumRow } from '../../billing/log.js';
import { sumRows } from '../../billing/sums.js';
import { answered, exactly } from '../connection.js';
import type { EventFilter, EventPage, LogReader } from '../contract.js';
import {
  groupOf,
  logsOf,
  numbersBetween,
  USAGE_TIMES,
  type GroupCollection,
  type GroupDocument,
} from './documents.js';
import { EventPages } from './eventPages.js';
import type { MongoLogStore } from './mongoStore.js';
import { standingEntries } from './standingEntries.js';

/** Groups a page may hold. */
const GROUPS_MAX = 1_000;

/** Documents a streaming read asks for at once; whole entries are far larger than their sums. */
const STREAM_BATCH = 200;
const ENTRIES_BATCH = 20;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Groups that may have usage of a span: their own spans touch it. */
function usageWithin({ fromMs, toMs }: Span) {
  return { earliestMs: { $lt: toMs }, latestMs: { $gte: fromMs } };
}

function rowsWithin(rows: readonly SumRow[], { fromMs, toMs }: Span): readonly SumRow[] {
  return rows.filter(({ bucket }) => bucket * 1000 >= fromMs && bucket * 1000 < toMs);
}

const KEY_AND_NUMBER = { _id: 0, mode: 1, customer: 1, life: 1, number: 1 } as const;

/** Whatever a cursor finds, one by one; it is closed when the reader stops early, too. */
async function* streamed<Found>(cursor: mongoose.mongo.FindCursor<Found>): AsyncIterable<Found> {
  try {
    for (;;) {
      const next = await answered(() => cursor.next());
      if (!next) return;
      yield next;
    }
  } finally {
    await cursor.close();
  }
}

/** Reads of the log over MongoDB. Every range of one log has both ends: see `head`. */
export class MongoLogReader implements LogReader {
  private readonly pages: EventPages;

  constructor(
    private readonly log: GroupCollection,
    private readonly store: MongoLogStore,
  ) {
    this.pages = new EventPages(log, store);
  }

  async head(key: CustomerKey): Promise<number> {
    const head = await this.store.head(key, 0);
    return head?.number ?? 0;
  }

  groups(key: CustomerKey, from: number, limit: number): Promise<readonly LogGroup[]> {
    const first = Math.max(1, from);
    const last = first + Math.min(limit, GROUPS_MAX) - 1;
    return answered(async () => {
      const found = this.log.find({ _id: numbersBetween(key, first, last) }).sort({ _id: 1 });
      return (await found.toArray()).map(groupOf);
    });
  }

  async entry(key: CustomerKey, id: string) {
    const { mode, customer, life } = key;
    const found = await answered(() =>
      this.log.findOne({ mode, customer: exactly(customer), life, 'entries.id': exactly(id) }),
    );
    const entry = found?.entries.find((candidate) => candidate.id === id);
    if (!found || !entry) return null;
    return { entry, number: found.number, recordedAtMs: found.recordedAtMs };
  }

  entries(key: CustomerKey, ids: readonly string[]) {
    return standingEntries(this.log, key, ids);
  }

  async *sums(
    mode: Mode,
    filter: { readonly customer?: string; readonly fromMs: number; readonly toMs: number },
  ): AsyncIterable<{ readonly customer: string; readonly rows: readonly SumRow[] }> {
    const { customer } = filter;
    const times = usageWithin(filter);
    const found =
      customer === undefined
        ? this.log.find({ _id: logsOf(mode), ...times })
        : this.log.find({ mode, customer: exactly(customer), ...times }).hint(USAGE_TIMES);
    const read = found
      .project<Pick<GroupDocument, 'customer' | 'sums'>>({ _id: 0, customer: 1, sums: 1 })
      .batchSize(STREAM_BATCH);
    for await (const next of streamed(read)) {
      const rows = rowsWithin(next.sums, filter);
      if (rows.length > 0) yield { customer: next.customer, rows };
    }
  }

  async *sumsBy(
    catalogue: PublishedCatalogue,
    filter: Parameters<LogReader['sumsBy']>[1],
  ): AsyncIterable<readonly SumRow[]> {
    const { customer, revision } = filter;
    const of = { mode: catalogue.mode, customer: exactly(customer), ...usageWithin(filter) };
    const summed = this.log
      .find({ ...of, catalogue: { $gte: revision } })
      .hint(USAGE_TIMES)
      .project<Pick<GroupDocument, 'sums'>>({ _id: 0, sums: 1 })
      .batchSize(STREAM_BATCH);
    for await (const { sums } of streamed(summed)) yield rowsWithin(sums, filter);
    const stale = this.log
      .find({ ...of, catalogue: { $lt: revision } })
      .hint(USAGE_TIMES)
      .project<Pick<GroupDocument, 'entries'>>({ _id: 0, entries: 1 })
      .batchSize(ENTRIES_BATCH);
    for await (const { entries } of streamed(stale)) {
      yield rowsWithin(sumRows(entries, catalogue), filter);
    }
  }

  events(filter: EventFilter): Promise<EventPage> {
    return this.pages.page(filter);
  }

  /** Grouped here, not in the database: only names and numbers of the groups are sent. */
  async recentHeads(fromMs: number, toMs: number, limit: number) {
    const heads = new Map<string, { readonly key: CustomerKey; readonly head: number }>();
    const found = this.log
      .find({ recordedAtMs: { $gte: fromMs, $lt: toMs } })
      .project<CustomerKey & { number: number }>(KEY_AND_NUMBER)
      .batchSize(STREAM_BATCH);
    for await (const { mode, customer, life, number } of streamed(found)) {
      const name = `${mode}/${customer}#${life}`;
      const known = heads.get(name);
      if (!known && heads.size >= limit) continue;
      if (known && known.head >= number) continue;
      heads.set(name, { key: { mode, customer, life }, head: number });
    }
    return [...heads.values()];
  }
}
