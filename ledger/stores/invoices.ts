import type mongoose from 'mongoose';
import type { Mode } from '../../billing/catalogue.js';
import type { Invoice, InvoiceReason } from '../../billing/invoice.js';
import type { CustomerKey } from '../../billing/log.js';
import { answered, exactly, type Database } from '../connection.js';
import type { InvoiceStore } from './contract.js';
import { LedgerError } from '../errors.js';

/** Invoices of one period in the order they are made. */
const RANK: Readonly<Record<InvoiceReason, number>> = { start: 0, cycle: 1, final: 2, late: 3 };

interface InvoiceDocument {
  readonly _id: string;
  readonly mode: Mode;
  readonly customer: string;
  readonly life: number;
  /** `MODE/CUSTOMER/PERIOD START/RANK/ID`: order of these = order of the list. */
  readonly place: string;
  readonly invoice: Invoice;
}

/** Invoices as they are shown, each under its id. */
export class MongoInvoiceStore implements InvoiceStore {
  private readonly rows: mongoose.mongo.Collection<InvoiceDocument>;

  constructor(database: Database) {
    this.rows = database.collection<InvoiceDocument>('invoices');
  }

  /** Makes the index of a customer's list. */
  async createIndexes(): Promise<void> {
    await this.rows.createIndex({ place: 1 }, { unique: true });
  }

  async save({ mode, customer, life }: CustomerKey, invoice: Invoice): Promise<void> {
    const _id = exactly(invoice.id);
    const { period, reason } = invoice;
    const place = `${listOf(mode, customer)}${period.start}/${RANK[reason]}/${_id}`;
    const row = { mode, customer, life, place, invoice };
    await answered(() => this.rows.replaceOne({ _id }, row, { upsert: true }));
  }

  async find(mode: Mode, id: string): Promise<Invoice | null> {
    const found = await answered(() => this.rows.findOne({ _id: exactly(id), mode }));
    return found?.invoice ?? null;
  }

  async owner(mode: Mode, id: string): Promise<CustomerKey | null> {
    const found = await answered(() => this.rows.findOne({ _id: exactly(id), mode }));
    return found && { mode, customer: found.customer, life: found.life };
  }

  async list(filter: {
    readonly mode: Mode;
    readonly customer: string;
    readonly after?: string;
    readonly limit: number;
  }) {
    const { mode, customer, after, limit } = filter;
    const list = listOf(mode, customer);
    const below = after === undefined ? `${list}~` : `${list}${placeOf(after)}`;
    const found = await answered(() =>
      this.rows
        .find({ place: { $gt: list, $lt: below } })
        .sort({ place: -1 })
        .limit(limit + 1)
        .toArray(),
    );
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last ? cursorOf(last.place.slice(list.length)) : null;
    return { invoices: page.map(({ invoice }) => invoice), nextCursor };
  }
}

function listOf(mode: Mode, customer: string): string {
  return `${mode}/${exactly(customer)}/`;
}

function cursorOf(place: string): string {
  return Buffer.from(place).toString('base64url');
}

function placeOf(cursor: string): string {
  const place = Buffer.from(exactly(cursor), 'base64url').toString();
  if (/^[-0-9T:.]+Z\/\d\/\S+$/.test(place)) return place;
  throw new LedgerError('invalid', `no page of invoices gave the cursor ${cursor}`);
}
