import Stripe from 'stripe';
import {
  START,
  type World,
  advance,
  allLines,
  basePrice,
  customerOnClock,
  newestInvoice,
  refusal,
  startWorld,
  subscribe,
} from './world.js';

const HOUR = 3600;

let world: World;
let stripe: Stripe;
beforeEach(async () => {
  world = await startWorld();
  stripe = world.stripe;
});
afterEach(() => world.sandbox.stop());

/** A customer whose first cycle draft (base of 10.00) stands, its clock a minute after the end. */
async function withDraft() {
  const { clock, customer } = await customerOnClock(stripe);
  const base = await basePrice(stripe, 1000);
  const subscription = await subscribe(stripe, customer.id, base.id);
  const end = subscription.items.data[0]?.current_period_end ?? 0;
  await advance(stripe, clock.id, end + 60);
  return { clock, customer, subscription, end, draft: await newestInvoice(stripe, customer.id) };
}

describe('an invoice finalised with auto_advance false', () => {
  it('stays open and uncollected, however late it gets (docs automatic-advancement)', async () => {
    const { clock, draft, end } = await withDraft();
    const open = await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
    expect(open).toMatchObject({ status: 'open', auto_advance: false, amount_remaining: 1000 });
    expect(open.status_transitions.finalized_at).toBe(end + 60);
    expect(open.hosted_invoice_url).toContain(draft.id);
    await advance(stripe, clock.id, end + 20 * 86_400);
    const later = await stripe.invoices.retrieve(draft.id);
    expect(later).toMatchObject({ status: 'open', attempted: false, amount_paid: 0 });
  });

  it('is paid by `pay`, and by itself once auto_advance is on', async () => {
    const { clock, draft, end } = await withDraft();
    await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
    const paid = await stripe.invoices.pay(draft.id);
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 1000, amount_remaining: 0 });
    const payments = await stripe.invoicePayments.list({ invoice: draft.id });
    expect(payments.data.map((payment) => payment.amount_paid)).toEqual([1000]);
    expect((await refusal(stripe.invoices.pay(draft.id))).message).toBe('Invoice is already paid');
    const second = await withDraft();
    await stripe.invoices.finalizeInvoice(second.draft.id, { auto_advance: false });
    await stripe.invoices.update(second.draft.id, { auto_advance: true });
    await advance(stripe, second.clock.id, end + 3 * HOUR);
    expect((await stripe.invoices.retrieve(second.draft.id)).status).toBe('paid');
    expect(clock.id).not.toBe(second.clock.id);
  });
});

describe('a draft with auto_advance off', () => {
  it('is not finalised by itself', async () => {
    const { clock, draft, end } = await withDraft();
    const held = await stripe.invoices.update(draft.id, { auto_advance: false });
    expect(held).toMatchObject({ auto_advance: false, automatically_finalizes_at: null });
    await advance(stripe, clock.id, end + 5 * HOUR);
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('draft');
  });
});

describe('an invoice item', () => {
  it('is added to a draft, negative too, after its other lines (Invoices.d.ts lines)', async () => {
    const { customer, draft } = await withDraft();
    const item = await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: draft.id,
      amount: -250,
      currency: 'usd',
      description: 'Credit',
      metadata: { durabill_ref: 'credit/1' },
    });
    const lines = await allLines(stripe, draft.id);
    expect(lines.map((line) => line.amount)).toEqual([1000, -250]);
    expect(lines[1]?.parent?.invoice_item_details?.invoice_item).toBe(item.id);
    expect(lines[1]?.metadata).toEqual({ durabill_ref: 'credit/1' });
    expect((await stripe.invoices.retrieve(draft.id)).total).toBe(750);
    await stripe.invoiceItems.del(item.id);
    expect((await stripe.invoices.retrieve(draft.id)).total).toBe(1000);
  });

  it('is its unit amount times its quantity, rounded once', async () => {
    const { customer, draft } = await withDraft();
    const item = await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: draft.id,
      unit_amount_decimal: Stripe.Decimal.from('0.0005'),
      quantity_decimal: Stripe.Decimal.from('2999'),
      currency: 'usd',
    });
    expect(item.amount).toBe(1);
    expect(String(item.quantity_decimal)).toBe('2999');
  });

  it('is refused on an invoice that is final', async () => {
    const { customer, draft } = await withDraft();
    await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
    const params = { customer: customer.id, invoice: draft.id, amount: 1, currency: 'usd' };
    expect((await refusal(stripe.invoiceItems.create(params))).code).toBe('invoice_not_editable');
    expect((await refusal(stripe.invoices.finalizeInvoice(draft.id))).statusCode).toBe(400);
  });

  it('without an invoice waits for the next one and comes first on it', async () => {
    const { clock, customer } = await customerOnClock(stripe);
    const base = await basePrice(stripe, 1000);
    const subscription = await subscribe(stripe, customer.id, base.id);
    await stripe.invoiceItems.create({ customer: customer.id, amount: 70, currency: 'usd' });
    const pending = { customer: customer.id, pending: true };
    expect((await stripe.invoiceItems.list(pending)).data).toHaveLength(1);
    const end = subscription.items.data[0]?.current_period_end ?? 0;
    await advance(stripe, clock.id, end + 2 * HOUR);
    const lines = await allLines(stripe, (await newestInvoice(stripe, customer.id)).id);
    expect(lines.map((line) => line.amount)).toEqual([70, 1000]);
    expect((await stripe.invoiceItems.list(pending)).data).toEqual([]);
  });
});

describe('a one-off invoice', () => {
  it('takes items, is finalised and paid, and lists under its subscription', async () => {
    const { customer, subscription } = await withDraft();
    const oneOff = await stripe.invoices.create({
      customer: customer.id,
      subscription: subscription.id,
      auto_advance: false,
      pending_invoice_items_behavior: 'exclude',
    });
    expect(oneOff).toMatchObject({ status: 'draft', billing_reason: 'manual', total: 0 });
    const params = { customer: customer.id, invoice: oneOff.id, amount: 125, currency: 'usd' };
    await stripe.invoiceItems.create(params);
    await stripe.invoices.finalizeInvoice(oneOff.id, { auto_advance: false });
    expect(await stripe.invoices.pay(oneOff.id)).toMatchObject({ status: 'paid', total: 125 });
    const list = await stripe.invoices.list({ subscription: subscription.id });
    expect(list.data[0]?.id).toBe(oneOff.id);
  });

  it('below zero is paid at once and goes to the balance, which the next one uses', async () => {
    const { customer } = await customerOnClock(stripe);
    const make = async (amount: number) => {
      const invoice = await stripe.invoices.create({ customer: customer.id });
      const item = { customer: customer.id, invoice: invoice.id, amount, currency: 'usd' };
      await stripe.invoiceItems.create(item);
      return stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: false });
    };
    const credit = await make(-300);
    expect(credit).toMatchObject({ status: 'paid', total: -300, amount_due: 0 });
    expect(credit.ending_balance).toBe(-300);
    const next = await make(500);
    expect(next).toMatchObject({ status: 'open', total: 500, amount_due: 200 });
    expect([next.starting_balance, next.ending_balance]).toEqual([-300, 0]);
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: 0 });
  });

  it('without lines cannot be finalised; open ones can be voided or given up', async () => {
    const { customer } = await customerOnClock(stripe);
    const empty = await stripe.invoices.create({ customer: customer.id });
    const error = await refusal(stripe.invoices.finalizeInvoice(empty.id));
    expect(error.code).toBe('invoice_no_customer_line_items');
    for (const end of ['voidInvoice', 'markUncollectible'] as const) {
      const invoice = await stripe.invoices.create({ customer: customer.id });
      const item = { customer: customer.id, invoice: invoice.id, amount: 500, currency: 'usd' };
      await stripe.invoiceItems.create(item);
      await stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: false });
      const { status } = await stripe.invoices[end](invoice.id);
      expect(status).toBe(end === 'voidInvoice' ? 'void' : 'uncollectible');
    }
  });
});

describe('a declined payment', () => {
  it('is a 402 whose attempt stays; another card then pays', async () => {
    const { customer, subscription, draft } = await withDraft();
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: customer.id,
    });
    const settings = { invoice_settings: { default_payment_method: bad.id } };
    await stripe.customers.update(customer.id, settings);
    await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
    const error = await refusal(stripe.invoices.pay(draft.id));
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined' });
    const refused = await stripe.invoices.retrieve(draft.id);
    expect(refused).toMatchObject({ status: 'open', attempted: true, attempt_count: 1 });
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due');
    const params = { customer: customer.id };
    const good = await stripe.paymentMethods.attach('pm_card_mastercard', params);
    await stripe.invoices.pay(draft.id, { payment_method: good.id });
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('paid');
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
  });

  it('on attaching refuses the card (docs testing)', async () => {
    const { customer } = await customerOnClock(stripe, START);
    const params = { customer: customer.id };
    const attach = stripe.paymentMethods.attach('pm_card_chargeDeclined', params);
    expect(await refusal(attach)).toBeInstanceOf(Stripe.errors.StripeCardError);
    const list = await stripe.customers.listPaymentMethods(customer.id);
    expect(list.data).toHaveLength(1);
  });
});
