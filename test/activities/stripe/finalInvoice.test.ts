import { createStripeActivities } from '../../../activities/stripe/activities.js';
import { startWorld, type Subscriber, type World } from './world.js';

/** Invoices of our own, and what an operator does with one, at a real sandbox. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
afterEach(() => world.sandbox.controls.clearFaults());

const partyOf = ({ key, stripe, segment }: Subscriber) => {
  return { key, stripe, nowMs: segment.endMs + 60_000 };
};

const makeInput = (who: Subscriber, reason: 'cycle' | 'final' | 'late' = 'final') => {
  return { ...partyOf(who), segment: who.segment, reason, currency: 'usd' };
};

const itemOf = (invoice: string, ref: string, amountMinor: number) => ({
  name: `item/${invoice}/${ref}`,
  ref,
  description: ref,
  quantity: 1,
  amountMinor,
  startSeconds: 1_769_000_000,
  endSeconds: 1_769_100_000,
});

/** A one-off invoice with items, finalised uncollected. */
async function finalised(amounts: Readonly<Record<string, number>>) {
  const who = await world.subscriber();
  const { id } = (await world.acts.makeInvoice(makeInput(who))).invoice;
  const close = { ...partyOf(who), invoice: id };
  const items = Object.entries(amounts).map(([ref, amount]) => itemOf(id, ref, amount));
  await world.acts.completeDraft({ ...close, items });
  const { invoice } = await world.acts.finaliseInvoice(close);
  return { who, close, invoice };
}

async function madeOf({ stripe }: Subscriber): Promise<number> {
  const { data } = await world.stripe.invoices.list({ customer: stripe.customer, limit: 100 });
  return data.filter(({ billing_reason: reason }) => reason === 'manual').length;
}

async function twice<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch {
    return act();
  }
}

describe('an invoice of our own', () => {
  it('is a draft without lines that Stripe does not move, and takes no waiting item', async () => {
    const who = await world.subscriber();
    const { customer } = who.stripe;
    await world.stripe.invoiceItems.create({ customer, amount: 77, currency: 'usd' });
    const { invoice } = await world.acts.makeInvoice(makeInput(who));
    expect(invoice).toMatchObject({ status: 'draft', autoAdvance: false, lines: [] });
    await world.passPeriod(who, 3 * 86_400);
    const read = { ...partyOf(who), invoice: invoice.id, hold: false };
    const again = await world.acts.readInvoice(read);
    expect(again.invoice.status).toBe('draft');
  });

  it.each(['errorBefore', 'errorAfter', 'resetAfter', 'rateLimit'] as const)(
    'is made once though the answer is %s',
    async (kind) => {
      const who = await world.subscriber();
      world.sandbox.controls.fault({ method: 'POST', path: 'invoices$', kind, times: 1 });
      const { invoice } = await twice(() => world.acts.makeInvoice(makeInput(who)));
      expect((await world.acts.makeInvoice(makeInput(who))).invoice.id).toBe(invoice.id);
      expect(await madeOf(who)).toBe(1);
    },
  );

  it('killed after Stripe made it: found by its name, once', async () => {
    const who = await world.subscriber();
    const { ensures } = world.ledger;
    const dying: typeof ensures = {
      find: (name) => ensures.find(name),
      begin: (name, nowMs) => ensures.begin(name, nowMs),
      reply5xx: (name) => ensures.reply5xx(name),
      done: () => Promise.reject(new Error('killed')),
    };
    const { stripe, now } = world;
    const ledger = { ...world.ledger, ensures: dying };
    const acts = createStripeActivities({ ledger, stripe: { test: stripe, live: null }, now });
    await expect(acts.makeInvoice(makeInput(who))).rejects.toThrow('killed');
    await world.acts.makeInvoice(makeInput(who));
    expect(await madeOf(who)).toBe(1);
  });

  it('of one segment those of other reasons are others', async () => {
    const who = await world.subscriber();
    const made = async (reason: 'cycle' | 'final' | 'late') =>
      (await world.acts.makeInvoice(makeInput(who, reason))).invoice.id;
    const ids = [await made('final'), await made('late'), await made('cycle')];
    expect(new Set(ids).size).toBe(3);
    expect(await made('cycle')).toBe(ids[2]);
  });

  it('holds what we put on it and is collected when told', async () => {
    const { close, invoice } = await finalised({ tokens: 250, 'base/unused': -100 });
    expect(invoice).toMatchObject({ status: 'open', totalMinor: 150 });
    const lines = invoice.lines.map(({ kind, name, amountMinor }) => [kind, name, amountMinor]);
    expect(new Set(lines)).toEqual(
      new Set([
        ['ours', 'base/unused', -100],
        ['ours', 'tokens', 250],
      ]),
    );
    expect((await world.acts.collectInvoice(close)).invoice.status).toBe('paid');
  });

  it('below zero is paid by itself, and the customer has it on the balance', async () => {
    const { who, close, invoice } = await finalised({ tokens: 250, 'base/unused': -900 });
    expect(invoice).toMatchObject({ status: 'paid', totalMinor: -650, amountDueMinor: 0 });
    const customer = await world.stripe.customers.retrieve(who.stripe.customer);
    expect('balance' in customer && customer.balance).toBe(-650);
    expect((await world.acts.collectInvoice(close)).refused).toBeNull();
  });
});

describe('holding one that Stripe would move', () => {
  it('switches it off on a draft and on an open invoice; one that is paid stays', async () => {
    const { close, invoice } = await finalised({ tokens: 250 });
    await world.stripe.invoices.update(invoice.id, { auto_advance: true });
    const read = await world.acts.readInvoice({ ...close, hold: false });
    expect(read.invoice.autoAdvance).toBe(true);
    const held = await world.acts.readInvoice({ ...close, hold: true });
    expect(held.invoice).toMatchObject({ status: 'open', autoAdvance: false });
    await world.acts.collectInvoice(close);
    expect((await world.acts.readInvoice({ ...close, hold: true })).invoice.status).toBe('paid');
  });
});

describe('a credit note', () => {
  const noteOf = (invoice: string, amountMinor: number, refund = false) => {
    return { name: `note/${invoice}/${amountMinor}`, amountMinor, reason: 'goodwill', refund };
  };
  const notes = async (invoice: string) => {
    const { data } = await world.stripe.creditNotes.list({ invoice });
    return data.map(({ amount, pre_payment_amount: before, post_payment_amount: after }) => [
      amount,
      before,
      after,
    ]);
  };

  it('of an open invoice lowers what is to be paid', async () => {
    const { close, invoice } = await finalised({ tokens: 250 });
    const given = await world.acts.creditInvoice({ ...close, ...noteOf(invoice.id, 100) });
    expect(given).toMatchObject({ refused: null, invoice: { status: 'open' } });
    expect(await notes(invoice.id)).toEqual([[100, 100, 0]]);
  });

  it.each([
    ['goes to the balance', false, -100],
    ['goes back to the card of who has left', true, 0],
  ])('of a paid one %s', async (_name, refund, balance) => {
    const { who, close, invoice } = await finalised({ tokens: 250 });
    await world.acts.collectInvoice(close);
    await world.acts.creditInvoice({ ...close, ...noteOf(invoice.id, 100, refund) });
    expect(await notes(invoice.id)).toEqual([[100, 0, 100]]);
    const customer = await world.stripe.customers.retrieve(who.stripe.customer);
    expect('balance' in customer && customer.balance).toBe(balance);
  });

  it.each(['errorAfter', 'resetAfter'] as const)('is given once though %s', async (kind) => {
    const { close, invoice } = await finalised({ tokens: 250 });
    world.sandbox.controls.fault({ method: 'POST', path: 'credit_notes$', kind, times: 1 });
    const note = noteOf(invoice.id, 100);
    await twice(() => world.acts.creditInvoice({ ...close, ...note }));
    await world.acts.creditInvoice({ ...close, ...note });
    expect(await notes(invoice.id)).toHaveLength(1);
  });

  it('beyond the invoice is refused in words, not tried for ever', async () => {
    const { close, invoice } = await finalised({ tokens: 250 });
    const given = await world.acts.creditInvoice({ ...close, ...noteOf(invoice.id, 251) });
    expect(given.refused).toContain('250');
  });
});
