import type Stripe from 'stripe';
import {
  type World,
  advance,
  customerOnClock,
  eventTypes,
  newestInvoice,
  refusal,
  setCard,
  startWorld,
  usedPlan,
} from './world.js';

/**
 * Customer balance, least charge and credit notes: Invoices.d.ts `amount_due`, `starting_balance`;
 * docs.stripe.com/billing/customer/balance; docs.stripe.com/currencies (minimum charge amounts);
 * CreditNotes.d.ts (what is open is lowered first, the rest is given back).
 */

const HOUR = 3600;

let world: World;
let stripe: Stripe;
beforeEach(async () => {
  world = await startWorld();
  stripe = world.stripe;
});
afterEach(() => world.sandbox.stop());

/** A one-off invoice of one item, open and uncollected. */
async function openInvoice(customer: string, amount: number) {
  const { id } = await stripe.invoices.create({ customer, auto_advance: false });
  await stripe.invoiceItems.create({ customer, invoice: id, amount, currency: 'usd' });
  return stripe.invoices.finalizeInvoice(id, { auto_advance: false });
}

const idOf = (reference: unknown) => (typeof reference === 'string' ? reference : '');

const balanceOf = async (id: string) =>
  ((await stripe.customers.retrieve(id)) as Stripe.Customer).balance;

describe('an invoice below the least charge', () => {
  it('is paid at once, and owed with the next one', async () => {
    const { customer } = await customerOnClock(stripe);
    const small = await openInvoice(customer.id, 49);
    expect(small).toMatchObject({ status: 'paid', total: 49, amount_due: 0, ending_balance: 49 });
    expect((await stripe.invoicePayments.list({ invoice: small.id })).data).toEqual([]);
    const { data } = await stripe.customers.listBalanceTransactions(customer.id);
    expect(data.map(({ amount, type }) => [amount, type])).toEqual([[49, 'invoice_too_small']]);
    const next = await openInvoice(customer.id, 50);
    expect(next).toMatchObject({ status: 'open', starting_balance: 49, amount_due: 99 });
    expect(await balanceOf(customer.id)).toBe(0);
    expect(await stripe.invoices.pay(next.id)).toMatchObject({ amount_paid: 99 });
    const least = await openInvoice(customer.id, 50);
    expect(least).toMatchObject({ status: 'open', amount_due: 50 });
  });

  it('is charged all the same where the switch says so', async () => {
    world.sandbox.controls.switch({ minimumCharge: false });
    const { customer } = await customerOnClock(stripe);
    expect(await openInvoice(customer.id, 1)).toMatchObject({ status: 'open', amount_due: 1 });
  });
});

describe('the balance', () => {
  it('lowers a cycle invoice when it is finalised, not before', async () => {
    const { clock, customer, end } = await usedPlan(stripe);
    const credit = { amount: -300, currency: 'usd', description: 'Sorry' };
    const made = await stripe.customers.createBalanceTransaction(customer.id, credit);
    const read = await stripe.customers.retrieveBalanceTransaction(customer.id, made.id);
    expect(read).toMatchObject({ amount: -300, ending_balance: -300, type: 'adjustment' });
    await advance(stripe, clock.id, end + 60);
    expect(await balanceOf(customer.id)).toBe(-300);
    await advance(stripe, clock.id, end + 2 * HOUR);
    const invoice = await newestInvoice(stripe, customer.id);
    expect(invoice).toMatchObject({ total: 1040, amount_due: 740, amount_paid: 740 });
    expect(await balanceOf(customer.id)).toBe(0);
  });

  it('comes back when the invoice that used it is void', async () => {
    const { customer } = await customerOnClock(stripe);
    await stripe.customers.createBalanceTransaction(customer.id, { amount: -300, currency: 'usd' });
    const invoice = await openInvoice(customer.id, 1000);
    expect(await balanceOf(customer.id)).toBe(0);
    await stripe.invoices.voidInvoice(invoice.id);
    expect(await balanceOf(customer.id)).toBe(-300);
  });
});

describe('sending an invoice', () => {
  it('finalises a draft and tells it (docs: api/invoices/send)', async () => {
    const { customer } = await customerOnClock(stripe);
    const { id } = await stripe.invoices.create({ customer: customer.id, auto_advance: false });
    const item = { customer: customer.id, invoice: id, amount: 700, currency: 'usd' };
    await stripe.invoiceItems.create(item);
    expect(await stripe.invoices.sendInvoice(id)).toMatchObject({ status: 'open' });
    expect(await eventTypes(stripe, id)).toContain('invoice.sent');
  });
});

describe('a credit note', () => {
  it('on an open invoice lowers what is due; all of it makes it paid', async () => {
    const { customer } = await customerOnClock(stripe);
    const invoice = await openInvoice(customer.id, 1000);
    const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 400 });
    expect(note).toMatchObject({ pre_payment_amount: 400, post_payment_amount: 0 });
    const lowered = await stripe.invoices.retrieve(invoice.id);
    expect(lowered).toMatchObject({ status: 'open', total: 1000, amount_due: 600 });
    expect(lowered.pre_payment_credit_notes_amount).toBe(400);
    await stripe.creditNotes.voidCreditNote(note.id);
    expect((await stripe.invoices.retrieve(invoice.id)).amount_remaining).toBe(1000);
    await stripe.creditNotes.create({ invoice: invoice.id, amount: 1000 });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      amount_paid: 0,
    });
  });

  it('on a paid invoice is credited or refunded to the last unit', async () => {
    const { customer } = await customerOnClock(stripe);
    const { id } = await openInvoice(customer.id, 1000);
    await stripe.invoices.pay(id);
    const half = { invoice: id, amount: 500 };
    const short = stripe.creditNotes.create({ ...half, credit_amount: 499 });
    expect((await refusal(short)).statusCode).toBe(400);
    const note = await stripe.creditNotes.create({
      ...half,
      credit_amount: 200,
      refund_amount: 300,
      metadata: { durabill_ref: 'void/1' },
    });
    expect(note).toMatchObject({ type: 'post_payment', post_payment_amount: 500 });
    const [refund] = note.refunds;
    const made = await stripe.refunds.retrieve(idOf(refund?.refund));
    expect(made).toMatchObject({ amount: 300, status: 'succeeded' });
    expect(await balanceOf(customer.id)).toBe(-200);
    const after = await stripe.invoices.retrieve(id);
    expect(after).toMatchObject({ amount_due: 1000, post_payment_credit_notes_amount: 500 });
    const much = stripe.creditNotes.create({ invoice: id, amount: 501, credit_amount: 501 });
    expect((await refusal(much)).message).toContain('At most 500');
    const listed = await stripe.creditNotes.list({ invoice: id });
    expect(listed.data.map((row) => row.metadata)).toEqual([{ durabill_ref: 'void/1' }]);
  });

  it('names lines of its invoice, and none of another', async () => {
    const { customer } = await customerOnClock(stripe);
    const invoice = await openInvoice(customer.id, 1000);
    const other = await openInvoice(customer.id, 700);
    const of = (line: Stripe.InvoiceLineItem | undefined) => ({
      type: 'invoice_line_item' as const,
      invoice_line_item: line?.id ?? '',
      amount: 250,
    });
    const foreign = { invoice: invoice.id, lines: [of(other.lines.data[0])] };
    const error = await refusal(stripe.creditNotes.create(foreign));
    expect(error.param).toBe('lines[0][invoice_line_item]');
    const lines = [of(invoice.lines.data[0])];
    const note = await stripe.creditNotes.create({ invoice: invoice.id, lines });
    expect(note.amount).toBe(250);
    const [line] = (await stripe.creditNotes.listLineItems(note.id)).data;
    expect(line?.invoice_line_item).toBe(invoice.lines.data[0]?.id);
  });

  it('is refused on a draft and on a void invoice', async () => {
    const { customer } = await customerOnClock(stripe);
    await setCard(stripe, customer.id, 'pm_card_visa');
    const draft = await stripe.invoices.create({ customer: customer.id, auto_advance: false });
    const open = await openInvoice(customer.id, 900);
    await stripe.invoices.voidInvoice(open.id);
    for (const invoice of [draft.id, open.id]) {
      const error = await refusal(stripe.creditNotes.create({ invoice, amount: 100 }));
      expect(error.statusCode).toBe(400);
    }
  });
});
