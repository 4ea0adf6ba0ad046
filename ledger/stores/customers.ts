import type mongoose from 'mongoose';
import type { Mode } from '../../billing/catalogue.js';
import type { CustomerStatus } from '../../billing/state.js';
import { answered, exactly, isDuplicate, type Database } from '../connection.js';
import type { CustomerStore, StoredCustomer } from './contract.js';
import { LedgerError } from '../errors.js';

interface CustomerDocument extends Omit<StoredCustomer, 'key'> {
  /** `MODE/CUSTOMER`. */
  readonly _id: string;
  readonly mode: Mode;
  readonly customer: string;
  readonly life: number;
  /** `MODE/STRIPE-CUSTOMER`, only where there is one: nobody else's in that mode. */
  readonly stripeId?: string;
}

/** The customers' rows, each as its workflow last saved it. */
export class MongoCustomerStore implements CustomerStore {
  private readonly rows: mongoose.mongo.Collection<CustomerDocument>;

  constructor(database: Database) {
    this.rows = database.collection<CustomerDocument>('customers');
  }

  /** Makes the index that keeps a Stripe customer to one of ours. */
  async createIndexes(): Promise<void> {
    await this.rows.createIndex({ stripeId: 1 }, { unique: true, sparse: true });
  }

  async find(mode: Mode, customer: string): Promise<StoredCustomer | null> {
    const _id = `${mode}/${exactly(customer)}`;
    const found = await answered(() => this.rows.findOne({ _id }));
    return found && customerOf(found);
  }

  async findAll(mode: Mode, customers: readonly string[]): Promise<readonly StoredCustomer[]> {
    const ids = customers.map((customer) => `${mode}/${exactly(customer)}`);
    const found = await answered(() => this.rows.find({ _id: { $in: ids } }).toArray());
    return found.map(customerOf);
  }

  async findByStripe(mode: Mode, stripeCustomer: string): Promise<StoredCustomer | null> {
    const stripeId = `${mode}/${exactly(stripeCustomer)}`;
    const found = await answered(() => this.rows.findOne({ stripeId }));
    return found && customerOf(found);
  }

  /**
   * Stores a row unless a newer one stands: of a later life, or folded further. So a save that
   * was late or repeated takes nothing back.
   * @throws LedgerError `conflict` when the Stripe customer belongs to another customer.
   */
  async save(customer: StoredCustomer): Promise<void> {
    const row = documentOf(customer);
    const { _id, life, mark } = row;
    const older = { $or: [{ life: { $lt: life } }, { life, mark: { $lte: mark } }] };
    try {
      await answered(() => this.rows.replaceOne({ _id, ...older }, row, { upsert: true }));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      await this.assertNewerStands(customer);
    }
  }

  async list(filter: {
    readonly mode: Mode;
    readonly plan?: string;
    readonly status?: CustomerStatus;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly StoredCustomer[]> {
    const { mode, plan, status, after, limit } = filter;
    const first = `${mode}/${after === undefined ? '' : exactly(after)}`;
    const usable = { $ne: 'starting' as const };
    const found = await answered(() =>
      this.rows
        .find({
          _id: { $gt: first, $lt: `${mode}0` },
          status: status === undefined ? usable : { $eq: status, ...usable },
          deletion: { $exists: false },
          ...(plan === undefined ? {} : planFilter(exactly(plan))),
        })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    );
    return found.map(customerOf);
  }

  private async assertNewerStands({ key, stripeCustomer, mark }: StoredCustomer): Promise<void> {
    const stands = await this.find(key.mode, key.customer);
    const { life = 0 } = stands?.key ?? {};
    if (life > key.life || (life === key.life && stands && stands.mark > mark)) return;
    const detail = `Stripe customer ${stripeCustomer} belongs to another customer`;
    throw new LedgerError('conflict', `${key.customer} was not saved: ${detail}`);
  }
}

/** `pro`: any version of it; `pro@2`: that one. */
function planFilter(plan: string) {
  const [id, version] = plan.split('@');
  if (version === undefined) return { 'plan.id': id };
  return { 'plan.id': id, 'plan.version': Number(version) };
}

function documentOf({ key, ...rest }: StoredCustomer): CustomerDocument {
  const { mode, customer, life } = key;
  const _id = `${mode}/${exactly(customer)}`;
  const stripeId = rest.stripeCustomer === null ? undefined : `${mode}/${rest.stripeCustomer}`;
  return { _id, mode, customer, life, ...rest, ...(stripeId === undefined ? {} : { stripeId }) };
}

function customerOf(document: CustomerDocument): StoredCustomer {
  const { _id, mode, customer, life, stripeId: _stripeId, ...rest } = document;
  return { key: { mode, customer, life }, ...rest };
}
