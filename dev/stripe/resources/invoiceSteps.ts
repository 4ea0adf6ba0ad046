import { charge, settle } from '../cycle/collecting.js';
import { DRAFT_SECONDS } from '../cycle/drafts.js';
import { voidInvoice } from '../cycle/ending.js';
import { finalise } from '../cycle/finalising.js';
import { giveUp } from '../cycle/pausing.js';
import { StripeFailure, badRequest, cardDeclined, missing } from '../http/failure.js';
import type { Call, Route } from '../http/call.js';
import { showInvoice } from './invoiceBody.js';
import { changeable, show } from './invoices.js';

function finalizeInvoice(call: Call): object {
  const { account, params } = call;
  const { invoice, now } = changeable(call);
  const autoAdvance = params.flag('auto_advance') ?? invoice.auto_advance ?? false;
  const final = finalise(account, invoice.id, now, { autoAdvance });
  if (final.status === 'open' && autoAdvance) {
    const attempt = { next_payment_attempt: now + DRAFT_SECONDS };
    account.store.patch('invoice', invoice.id, attempt);
  }
  return show(account, invoice.id);
}

/** Charges now. A refused card is a 402, and its attempt stays on the invoice. */
function pay(call: Call): object {
  const { account, params } = call;
  const { invoice, now } = changeable(call);
  const methodId = params.text('payment_method');
  const outOfBand = params.flag('paid_out_of_band') ?? false;
  params.flag('off_session');
  const method = methodId ? account.store.get('paymentMethod', methodId) : undefined;
  if (methodId && !method) throw missing('PaymentMethod', methodId, 'payment_method');
  if (invoice.status === 'paid') throw badRequest('Invoice is already paid');
  if (invoice.status === 'void') throw badRequest('This invoice is voided and cannot be paid.');
  if (invoice.status === 'draft') finalise(account, invoice.id, now, { autoAdvance: true });
  const unpaid = account.store.need('invoice', invoice.id).status !== 'paid';
  if (unpaid && outOfBand) settle(account, invoice.id, now, true);
  else if (unpaid) refuseDecline(charge(account, invoice.id, now, method));
  return show(account, invoice.id);
}

function refuseDecline(declined: string | null): void {
  if (declined === null) return;
  if (declined !== 'no_payment_method') throw cardDeclined(declined, true);
  const fields = { code: 'resource_missing' };
  const message = 'There is no default payment method to charge.';
  throw new StripeFailure(400, message, fields, { keepsEffects: true });
}

function voidOpen(call: Call): object {
  const { invoice, now } = changeable(call);
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    throw badRequest('You can only void open and uncollectible invoices.');
  }
  return showInvoice(call.account, voidInvoice(call.account, invoice.id, now));
}

function markUncollectible(call: Call): object {
  const { account } = call;
  const { invoice, now } = changeable(call);
  if (invoice.status !== 'open') {
    throw badRequest('You can only mark open invoices as uncollectible.');
  }
  return showInvoice(account, giveUp(account, invoice.id, now));
}

/** Sends an invoice to the customer; a draft is finalised for it. No mail leaves the sandbox. */
function send(call: Call): object {
  const { account } = call;
  const { invoice, now } = changeable(call);
  if (!['draft', 'open'].includes(invoice.status ?? '')) {
    throw badRequest('You can only send draft and open invoices.');
  }
  if (invoice.status === 'draft') {
    finalise(account, invoice.id, now, { autoAdvance: invoice.auto_advance ?? false });
  }
  account.emit('invoice.sent', show(account, invoice.id), now);
  return show(account, invoice.id);
}

/** Endpoints that move an invoice from status to status. */
export const invoiceStepRoutes: readonly Route[] = [
  ['POST', '/v1/invoices/:id/finalize', finalizeInvoice],
  ['POST', '/v1/invoices/:id/pay', pay],
  ['POST', '/v1/invoices/:id/send', send],
  ['POST', '/v1/invoices/:id/void', voidOpen],
  ['POST', '/v1/invoices/:id/mark_uncollectible', markUncollectible],
];
