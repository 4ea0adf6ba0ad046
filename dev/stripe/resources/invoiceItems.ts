import type { Account } from '../account.js';
import { exact, exactText, minorUnits, multiply, roundToWhole, truncate } from '../arithmetic.js';
import { addToDraft, refreshItem } from '../cycle/pendingItems.js';
import { totalUp } from '../cycle/lines.js';
import { badParameter, badRequest, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import type { Params } from '../http/params.js';
import { newId } from '../state/ids.js';
import type { Kinds } from '../state/records.js';
import { showInvoice } from './invoiceBody.js';
import { plainQuantity } from './priceRules.js';

const LINES_PER_INVOICE_MAX = 250;

type InvoiceItem = Kinds['invoiceItem'];
type Invoice = Kinds['invoice'];

interface ItemAmount {
  readonly amountMinor: number;
  readonly unitAmountDecimal: string;
  readonly quantityDecimal: string;
}

/** Either a whole amount, or a decimal unit amount times a quantity. */
function amountOf(account: Account, params: Params): ItemAmount {
  const amount = params.integer('amount');
  const unit = params.decimal('unit_amount_decimal');
  const quantity = plainQuantity(params, 'quantity') ?? plainQuantity(params, 'quantity_decimal');
  if (amount !== undefined && (unit !== undefined || quantity !== undefined)) {
    const message = 'You may only specify one of these parameters: amount, unit_amount_decimal.';
    throw badParameter('amount', message, 'parameters_exclusive');
  }
  if (amount !== undefined) {
    return { amountMinor: amount, unitAmountDecimal: String(amount), quantityDecimal: '1' };
  }
  if (unit === undefined) {
    throw badParameter('amount', 'Missing required param: amount.', 'parameter_missing');
  }
  const units = exact(quantity ?? '1');
  const rounded = roundToWhole(multiply(units, exact(unit)), account.switches.tieRounding);
  return {
    amountMinor: minorUnits(rounded),
    unitAmountDecimal: unit,
    quantityDecimal: exactText(units),
  };
}

/** The fields of an item that its amount sets. */
function amountFields(account: Account, params: Params) {
  const { amountMinor, unitAmountDecimal, quantityDecimal } = amountOf(account, params);
  return {
    amount: amountMinor,
    net_amount: amountMinor,
    pricing: { type: 'price_details' as const, unit_amount_decimal: unitAmountDecimal },
    quantity: minorUnits(truncate(exact(quantityDecimal))),
    quantity_decimal: quantityDecimal,
  };
}

function draftFor(account: Account, params: Params, customer: string): Invoice | null {
  const id = params.text('invoice');
  if (!id) return null;
  const invoice = account.store.get('invoice', id);
  if (!invoice || invoice.customer !== customer) throw missing('invoice', id, 'invoice');
  if (invoice.status !== 'draft') {
    throw badRequest('This invoice is no longer editable.', 'invoice_not_editable');
  }
  if (account.store.group('line', id).length >= LINES_PER_INVOICE_MAX) {
    throw badRequest(`An invoice can have up to ${LINES_PER_INVOICE_MAX} lines.`);
  }
  return invoice;
}

function subscriptionFor(account: Account, params: Params, customer: string): string | null {
  const id = params.text('subscription');
  if (!id) return null;
  if (account.store.get('subscription', id)?.customer === customer) return id;
  throw missing('subscription', id, 'subscription');
}

function create({ account, params }: Call): object {
  const customer = account.customer(params.needText('customer'), 'customer');
  account.needStill(customer.id);
  const draft = draftFor(account, params, customer.id);
  const subscription = subscriptionFor(account, params, customer.id);
  const now = account.now(customer.id);
  const period = params.child('period');
  const amount = amountFields(account, params);
  const currency = params.text('currency') ?? draft?.currency ?? customer.currency ?? 'usd';
  if (draft && draft.currency !== currency) {
    throw badParameter('currency', `The invoice is in ${draft.currency}.`);
  }
  const item = account.store.put('invoiceItem', {
    id: newId('ii'),
    object: 'invoiceitem',
    ...amount,
    currency,
    customer: customer.id,
    customer_account: null,
    date: now,
    description: params.text('description') ?? null,
    discountable: params.flag('discountable') ?? amount.amount >= 0,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: params.metadata(),
    parent: subscription
      ? { subscription_details: { subscription }, type: 'subscription_details' }
      : null,
    period: { start: period?.integer('start') ?? now, end: period?.integer('end') ?? now },
    proration: false,
    tax_rates: [],
    test_clock: customer.test_clock ?? null,
  });
  if (draft) addToDraft(account, draft, item);
  account.emit('invoiceitem.created', account.store.need('invoiceItem', item.id), now);
  if (draft) touched(account, draft, now);
  return account.store.need('invoiceItem', item.id);
}

function touched(account: Account, draft: Invoice, now: number): void {
  const invoice = totalUp(account, draft.id);
  account.emit('invoice.updated', showInvoice(account, invoice), now);
}

function itemOf(call: Call): InvoiceItem {
  const item = call.account.store.get('invoiceItem', idAt(call, 0));
  if (!item) throw missing('invoiceitem', idAt(call, 0));
  return item;
}

/** The item of the path and its draft, if it is on one; refused on an invoice that is final. */
function editableItem(call: Call): { item: InvoiceItem; invoice: Invoice | undefined } {
  const { account } = call;
  const item = itemOf(call);
  account.needStill(item.customer);
  const invoice = item.invoice ? account.store.get('invoice', item.invoice) : undefined;
  if (!invoice || invoice.status === 'draft') return { item, invoice };
  throw badRequest('The item is on an invoice that is final.', 'invoice_not_editable');
}

/** Changes amount, words and metadata of an item that is pending or on a draft. */
function update(call: Call): object {
  const { account, params } = call;
  const { item, invoice } = editableItem(call);
  const given = ['amount', 'unit_amount_decimal', 'quantity', 'quantity_decimal'];
  const amount = given.some((key) => params.has(key)) ? amountFields(account, params) : {};
  const description = params.text('description');
  const changed = account.store.patch('invoiceItem', item.id, {
    ...amount,
    description: description === undefined ? item.description : description,
    metadata: params.metadata(item.metadata ?? {}),
  });
  if (invoice) {
    refreshItem(account, invoice, changed);
    touched(account, invoice, account.now(item.customer));
  }
  return changed;
}

/** Removes an item that is pending or on a draft. */
function remove(call: Call): object {
  const { account } = call;
  const { item, invoice } = editableItem(call);
  account.store.remove('invoiceItem', item.id);
  const now = account.now(item.customer);
  account.emit('invoiceitem.deleted', item, now);
  if (invoice) {
    for (const line of account.store.group('line', invoice.id)) {
      if (line.hidden.key === item.id) account.store.remove('line', line.id);
    }
    touched(account, invoice, now);
  }
  return { id: item.id, object: 'invoiceitem', deleted: true };
}

function list(call: Call): object {
  const { account, params } = call;
  const customer = params.text('customer');
  const invoice = params.text('invoice');
  const pending = params.flag('pending');
  const created = createdFilter(params);
  const { store } = account;
  const rows = (customer ? store.group('invoiceItem', customer) : store.all('invoiceItem'))
    .filter((item) => customer || invoice || item.test_clock === null)
    .filter((item) => !invoice || item.invoice === invoice)
    .filter((item) => pending === undefined || (item.invoice === null) === pending)
    .filter((item) => created(item.date));
  return page(call, newestFirst(rows), pageRequest(params), (item) => item);
}

/** Endpoints of invoice items. */
export const invoiceItemRoutes: readonly Route[] = [
  ['POST', '/v1/invoiceitems', create],
  ['GET', '/v1/invoiceitems', list],
  ['GET', '/v1/invoiceitems/:id', itemOf],
  ['POST', '/v1/invoiceitems/:id', update],
  ['DELETE', '/v1/invoiceitems/:id', remove],
];
