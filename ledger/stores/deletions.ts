import type mongoose from 'mongoose';
import { erasedGroup, erasedReview, type KeptValues } from '../../billing/deletion/erasure.js';
import type { Invoice } from '../../billing/invoice.js';
import type { CustomerKey, FenceEntry, LogGroup } from '../../billing/log.js';
import { answered, exactly, isDuplicate, type Database } from '../connection.js';
import {
  documentOf,
  groupOf,
  numbersBetween,
  type GroupCollection,
  type GroupDocument,
} from '../log/documents.js';
import { lastFenceUpTo } from '../log/horizon.js';
import { MongoLogStore } from '../log/mongoStore.js';
import type { InsertOutcome } from '../log/port.js';
import type { StoredCustomer } from './contract.js';

/** Groups erased in one round: each can have 1 MB of entries. */
const GROUPS_PER_ROUND = 50;

/** A search through all kept answers may take so long, ms; the activity's limit is 2 minutes. */
const SEARCH_MS_MAX = 60_000;

const DELETED: FenceEntry = {
  kind: 'fence',
  id: 'fence/deleted',
  fence: { type: 'deleted' },
  hash: 'deleted',
};

/** What the deletion of a customer does to the ledger; every step can be repeated. */
export interface DeletionStore {
  /** True once the fence stands behind which this life's log takes nothing any more. */
  isFenced(key: CustomerKey): Promise<boolean>;
  /** Ends the log at this very number: `refused` where anything stands there already. */
  fence(key: CustomerKey, number: number): Promise<InsertOutcome>;
  /** From now on others see that the customer goes; its row holds nothing else. */
  hide(key: CustomerKey): Promise<void>;
  /** The row says that all is done; a new life may begin. */
  finish(key: CustomerKey): Promise<void>;
  /** Erases some groups from `from` on; answers where to go on, null at the end of the log. */
  eraseGroups(key: CustomerKey, from: number, kept: KeptValues): Promise<number | null>;
  /** Erases what stands elsewhere: alerts, kept answers, what operators wrote on invoices. */
  eraseCopies(key: CustomerKey): Promise<void>;
}

type RowDocument = Omit<StoredCustomer, 'key'> & CustomerKey & { readonly _id: string };

interface OwnedInvoice extends CustomerKey {
  readonly _id: string;
  readonly place: string;
  readonly invoice: Invoice;
}

/** Deletes customers from the ledger's collections. */
export class MongoDeletionStore implements DeletionStore {
  private readonly log: GroupCollection;
  private readonly groups: MongoLogStore;
  private readonly rows: mongoose.mongo.Collection<RowDocument>;
  private readonly invoices: mongoose.mongo.Collection<OwnedInvoice>;

  constructor(
    private readonly database: Database,
    private readonly nowMs: () => number,
  ) {
    this.log = database.collection<GroupDocument>('log');
    this.groups = new MongoLogStore(this.log);
    this.rows = database.collection<RowDocument>('customers');
    this.invoices = database.collection<OwnedInvoice>('invoices');
  }

  async isFenced(key: CustomerKey): Promise<boolean> {
    const head = await this.groups.head(key, 0);
    if (!head?.isFence) return false;
    const fences = await this.groups.fences(key, head.number - 1, head.number);
    return fences.some(({ fence }) => fence.type === 'deleted');
  }

  async fence(key: CustomerKey, number: number): Promise<InsertOutcome> {
    const below = await this.groups.at(key, number - 1);
    const group: LogGroup = {
      ...key,
      number,
      group: 'deleted',
      fence: lastFenceUpTo(below),
      catalogue: 0,
      recordedAtMs: this.nowMs(),
      entries: [DELETED],
      sums: [],
    };
    const [outcome] = await this.groups.insert([group]);
    return outcome ?? 'unknown';
  }

  async hide({ mode, customer, life }: CustomerKey): Promise<void> {
    const _id = `${mode}/${exactly(customer)}`;
    const row: RowDocument = {
      ...{ _id, mode, customer, life, plan: null, status: 'canceled', offsetMs: 0 },
      ...{ stripeCustomer: null, hasHardLimits: false, firstPeriodStartMs: null },
      // So that no late save of the workflow takes it back.
      mark: Number.MAX_SAFE_INTEGER,
      deletion: 'underWay',
    };
    const older = { $or: [{ life: { $lt: life } }, { life, deletion: { $ne: 'done' as const } }] };
    try {
      await answered(() => this.rows.replaceOne({ _id, ...older }, row, { upsert: true }));
    } catch (error) {
      // It is done, or of a later life.
      if (!isDuplicate(error)) throw error;
    }
  }

  async finish({ mode, customer, life }: CustomerKey): Promise<void> {
    const hidden = { _id: `${mode}/${exactly(customer)}`, life, deletion: 'underWay' as const };
    await answered(() => this.rows.updateOne(hidden, { $set: { deletion: 'done' } }));
  }

  async eraseGroups(key: CustomerKey, from: number, kept: KeptValues): Promise<number | null> {
    const last = from + GROUPS_PER_ROUND - 1;
    const found = await answered(() =>
      this.log.find({ _id: numbersBetween(key, from, last) }).toArray(),
    );
    for (const document of found) {
      const erased = documentOf(erasedGroup(groupOf(document), kept));
      await answered(() => this.log.replaceOne({ _id: document._id }, erased));
    }
    return found.length === GROUPS_PER_ROUND ? last + 1 : null;
  }

  async eraseCopies(key: CustomerKey): Promise<void> {
    const { mode, life } = key;
    const customer = exactly(key.customer);
    await this.eraseReviews(key);
    await answered(() => this.database.collection('alerts').deleteMany({ mode, customer, life }));
    const answers = this.database.collection<{ readonly _id: string }>('idempotency');
    const ofMode = { $gte: `${mode}/`, $lt: `${mode}0` };
    const about = { _id: ofMode, $or: [{ customer }, { body: { $regex: bodiesOf(customer) } }] };
    await answered(() => answers.deleteMany(about), SEARCH_MS_MAX);
  }

  private async eraseReviews({ mode, customer, life }: CustomerKey): Promise<void> {
    const own = { mode, customer, life, 'invoice.review.reason': 'operator' };
    const held = await answered(() => this.invoices.find(own).toArray());
    for (const { _id, invoice } of held) {
      const change = { 'invoice.review': erasedReview(invoice.review) };
      await answered(() => this.invoices.updateOne({ _id }, { $set: change }));
    }
  }
}

/** Answers about something of a customer that the request did not name: by token, by invoice. */
function bodiesOf(customer: string): string {
  const quoted = JSON.stringify(customer).replaceAll(/[^\w"]/g, String.raw`\$&`);
  return String.raw`^\{"id":[^{\[]*"customer":${quoted}`;
}
