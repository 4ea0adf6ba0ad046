import type { Account } from '../account.js';
import { DRAFT_SECONDS } from '../cycle/drafts.js';
import { totalUp } from '../cycle/lines.js';
import { pendingItems, takePending } from '../cycle/pendingItems.js';
import { badRequest, missing } from '../http/failure.js';
import { type Call, type Route, idAt } from '../http/call.js';
import { createdFilter, newestFirst, page, pageRequest } from '../http/pages.js';
import type { Kinds } from '../state/records.js';
import { blankInvoice, linesOf, showInvoice, showLine } from './invoiceBody.js';

type Invoice = Kinds['invoice'];

const STATUSES = ['draft', 'open', 'paid', 'uncollectible', 'void'] as const;

/** The invoice in the path; 404 for an unknown one. */
export function invoiceOf(call: Call): Invoice {
  const invoice = call.account.store.get('invoice', idAt(call, 0));
  if (!invoice) throw missing('invoice', idAt(call, 0));
  return invoice;
}

/** The invoice in the path, on a clock that stands still, and its customer's now. */
export function changeable(call: Call): { invoice: Invoice; now: number } {
  const invoice = invoiceOf(call);
  call.account.needStill(invoice.customer);
  return { invoice, now: call.account.now(invoice.customer) };
}

/** An invoice as it is answered, by its id. */
export function show(account: Account, id: string): object {
  return showInvoice(account, account.store.need('invoice', id));
}

function create({ account, params }: Call): object {
  const customer = account.customer(params.needText('customer'), 'customer');
  account.needStill(customer.id);
  const subscriptionId = params.text('subscription') ?? null;
  const subscription = subscriptionId ? account.store.get('subscription', subscriptionId) : null;
  if (subscription === undefined || (subscription && subscription.customer !== customer.id)) {
    throw missing('subscription', subscriptionId ?? '', 'subscription');
  }
  params.choice('collection_method', ['charge_automatically']);
  const behaviour = params.choice('pending_invoice_items_behavior', ['exclude', 'include']);
  const autoAdvance = params.flag('auto_advance') ?? false;
  const now = account.now(customer.id);
  const blank = blankInvoice({
    customer,
    subscription,
    currency: params.text('currency') ?? subscription?.currency ?? customer.currency ?? 'usd',
    reason: 'manual',
    created: now,
    periodStart: now,
    periodEnd: now,
    autoAdvance,
    finalizesAt: autoAdvance ? now + DRAFT_SECONDS : null,
    usage: [],
  });
  const draft = account.store.put('invoice', {
    ...blank,
    metadata: params.metadata(),
    description: params.text('description', 1500) ?? null,
    default_payment_method: params.text('default_payment_method') ?? null,
  });
  if (behaviour === 'include') {
    takePending(account, draft, pendingItems(account, customer.id, subscriptionId));
  }
  totalUp(account, draft.id);
  account.emit('invoice.created', show(account, draft.id), now);
  return show(account, draft.id);
}

/** `auto_advance` can be switched on draft and open invoices, the rest on drafts. */
function update(call: Call): object {
  const { account, params } = call;
  const { invoice, now } = changeable(call);
  const autoAdvance = params.flag('auto_advance');
  const finalizesAt = params.integer('automatically_finalizes_at');
  const description = params.text('description', 1500);
  const draft = invoice.status === 'draft';
  if (!draft && (description !== undefined || finalizesAt !== undefined)) {
    throw badRequest('Only drafts can be changed in this way.', 'invoice_not_editable');
  }
  if (autoAdvance !== undefined && !draft && invoice.status !== 'open') {
    throw badRequest('auto_advance can only be set on draft and open invoices.');
  }
  account.store.patch('invoice', invoice.id, {
    metadata: params.metadata(invoice.metadata ?? {}),
    description: description === undefined ? invoice.description : description,
    ...(autoAdvance === undefined ? {} : advanceFields(invoice, autoAdvance, now)),
    ...(finalizesAt === undefined ? {} : { automatically_finalizes_at: finalizesAt }),
  });
  account.emit('invoice.updated', show(account, invoice.id), now);
  return show(account, invoice.id);
}

/** Switched on again, a draft is finalised and an open invoice charged within the hour. */
function advanceFields(invoice: Invoice, on: boolean, now: number): Partial<Invoice> {
  const draft = invoice.status === 'draft';
  const soon = Math.max(invoice.created + DRAFT_SECONDS, now);
  return {
    auto_advance: on,
    automatically_finalizes_at: draft && on ? soon : null,
    next_payment_attempt: !draft && on ? now + DRAFT_SECONDS : null,
  };
}

function remove(call: Call): object {
  const { account } = call;
  const { invoice, now } = changeable(call);
  if (invoice.status !== 'draft' || invoice.parent) {
    throw badRequest('You can only delete draft invoices that no subscription made.');
  }
  for (const line of account.store.group('line', invoice.id)) account.store.remove('line', line.id);
  account.emit('invoice.deleted', show(account, invoice.id), now);
  account.store.remove('invoice', invoice.id);
  return { id: invoice.id, object: 'invoice', deleted: true };
}

function list(call: Call): object {
  const { account, params } = call;
  const customer = params.text('customer');
  const subscription = params.text('subscription');
  const status = params.choice('status', STATUSES);
  params.choice('collection_method', ['charge_automatically', 'send_invoice']);
  const created = createdFilter(params);
  const rows = (customer ? account.store.group('invoice', customer) : account.store.all('invoice'))
    .filter((row) => customer || subscription || row.test_clock === null)
    .filter((row) => !subscription || subscriptionIdOf(row) === subscription)
    .filter((row) => !status || row.status === status)
    .filter((row) => created(row.created));
  return page(call, newestFirst(rows), pageRequest(params), (row) => showInvoice(account, row));
}

function subscriptionIdOf(invoice: Invoice): string | null {
  return invoice.parent?.subscription_details?.subscription ?? null;
}

function listLines(call: Call): object {
  const lines = linesOf(call.account, invoiceOf(call).id);
  return page(call, lines, pageRequest(call.params), showLine);
}

/** Endpoints of invoices. */
export const invoiceRoutes: readonly Route[] = [
  ['POST', '/v1/invoices', create],
  ['GET', '/v1/invoices', list],
  ['GET', '/v1/invoices/:id', (call) => showInvoice(call.account, invoiceOf(call))],
  ['POST', '/v1/invoices/:id', update],
  ['DELETE', '/v1/invoices/:id', remove],
  ['GET', '/v1/invoices/:id/lines', listLines],
];
