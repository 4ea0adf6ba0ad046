import type { PublishedCatalogue } from '../../billing/catalogue.js';
import type { Invoice } from '../../billing/invoice.js';
import type { CustomerKey, LogGroup } from '../../billing/log.js';
import { sumRows } from '../../billing/sums.js';
import type { Ledger } from '../../ledger/contract.js';
import { GroupCommitWriter } from '../../ledger/log/writer.js';
import type { InsertOutcome, LogPort } from '../../ledger/log/port.js';
import type { EnsureRow, Intent, StoredCustomer } from '../../ledger/stores/contract.js';
import { entriesOf, fencesOf, headOf } from '../simulation/replicatedLog.js';
import { MemoryIntents } from './memoryIntents.js';

/** One customer's ledger in memory, under the real writer of the log. */
export class MemoryLedger {
  readonly groups: LogGroup[] = [];
  readonly ensures = new Map<string, EnsureRow>();
  readonly invoices = new Map<string, Invoice>();
  readonly intents = new MemoryIntents();
  row: StoredCustomer | null = null;
  readonly ledger: Ledger;
  /** A fault planted into the product: groups whose usage nobody counts. */
  forgets: (group: LogGroup) => boolean = () => false;
  #ids = new Set<string>();
  #named = 0;

  constructor(private readonly published: PublishedCatalogue) {
    const writer = new GroupCommitWriter(this.#port());
    const parts = {
      writer,
      log: this.#reader(),
      ensures: this.#ensureStore(),
      intents: this.intents,
      customers: this.#customerStore(),
      catalogues: { newest: async () => this.published },
      invoices: {
        save: async (_key: CustomerKey, invoice: Invoice) => {
          this.invoices.set(invoice.id, structuredClone(invoice));
        },
      },
    };
    this.ledger = parts as unknown as Ledger;
  }

  get head(): number {
    return this.groups.length;
  }

  #insert(group: LogGroup): InsertOutcome {
    const { number, entries } = group;
    if (number !== this.head + 1 || entries.some(({ id }) => this.#ids.has(id))) return 'refused';
    for (const { id } of entries) this.#ids.add(id);
    const kept = this.forgets(group) ? { ...group, sums: [] } : group;
    this.groups.push(structuredClone(kept));
    return 'stored';
  }

  #port(): LogPort {
    return {
      wallMs: Date.now,
      elapsedMs: () => performance.now(),
      random: () => 0.5,
      groupId: () => `group-${(this.#named += 1)}`,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      insert: async (groups) => groups.map((group) => this.#insert(group)),
      head: async (_key, above) => {
        const last = this.groups.at(-1);
        return last && last.number > above ? headOf(last) : null;
      },
      at: async (_key, number) => {
        const found = this.groups[number - 1];
        return found ? headOf(found) : null;
      },
      fences: async (_key, after, upTo) => fencesOf(this.groups, after, upTo),
      standing: async (_key, ids) => entriesOf(this.groups, ids),
      summing: async () => ({
        revision: this.published.revision,
        rows: (entries) => sumRows(entries, this.published),
      }),
    };
  }

  #reader() {
    return {
      head: async () => this.head,
      groups: async (_key: CustomerKey, from: number, limit: number) =>
        this.groups.slice(from - 1, from - 1 + limit),
      entry: async (_key: CustomerKey, id: string) => {
        const [found] = entriesOf(this.groups, [id]);
        return found ? { ...found, recordedAtMs: 0 } : null;
      },
    };
  }

  #ensureStore() {
    const change = (name: string, fields: Partial<EnsureRow>) => {
      const row = this.ensures.get(name);
      if (!row) throw new Error(`no ensure ${name}`);
      const changed = { ...row, ...fields };
      this.ensures.set(name, changed);
      return changed;
    };
    return {
      find: async (name: string) => this.ensures.get(name) ?? null,
      begin: async (name: string, nowMs: number) => {
        const standing = this.ensures.get(name);
        const row = { id: name, state: 'sending', object: null } as const;
        const begun = standing ?? { ...row, firstSentAtMs: nowMs, replies5xx: 0 };
        this.ensures.set(name, begun);
        return begun;
      },
      done: async (name: string, object: string) => void change(name, { state: 'done', object }),
      reply5xx: async (name: string) =>
        change(name, { replies5xx: (this.ensures.get(name)?.replies5xx ?? 0) + 1 }),
    };
  }

  #customerStore() {
    return {
      find: async () => this.row,
      findByStripe: async () => this.row,
      save: async (row: StoredCustomer) => {
        if (!this.row || row.mark >= this.row.mark) this.row = structuredClone(row);
      },
    };
  }

  /** Every report that was stored. */
  reports(): readonly Intent[] {
    return this.intents.all();
  }
}
