import type { DraftItem } from '../../../billing/state.js';
import { createStripeActivities } from '../../../activities/stripe/activities.js';
import { snapshotOf } from './catalogueMaking.js';
import { startWorld, type Subscriber, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
afterEach(() => world.sandbox.controls.clearFaults());

function partyOf({ key, stripe, segment }: Subscriber) {
  return { key, stripe, nowMs: segment.endMs + 60_000 };
}

async function report(who: Subscriber, meter: string, target: number): Promise<void> {
  const { segment } = who;
  const newestSeconds = segment.startSeconds + 60;
  const nowMs = segment.startMs + 120_000;
  await world.acts.reportUsage({ ...partyOf(who), segment, meter, target, nowMs, newestSeconds });
}

async function hold(who: Subscriber, reason: 'start' | 'cycle' = 'cycle') {
  const { segment } = who;
  return (await world.acts.holdInvoice({ ...partyOf(who), segment, reason })).invoice;
}

/** A customer of `pro` whose first period has ended with usage; its held draft. */
async function heldDraft() {
  const who = await world.subscriber();
  await report(who, 'tokens', 1500);
  await report(who, 'images', 21);
  await world.passPeriod(who);
  const draft = await hold(who);
  if (!draft) throw new Error('no draft');
  return { who, draft, close: { ...partyOf(who), invoice: draft.id } };
}

const ITEM: DraftItem = {
  name: 'item/in_1/late/tokens/0',
  ref: 'late/tokens',
  description: 'Tokens: 20 late',
  quantity: 20,
  amountMinor: -10,
  startSeconds: 1_769_000_000,
  endSeconds: 1_769_100_000,
};

describe('holding an invoice', () => {
  it('the first one is final and paid at once: the base of the period that begins', async () => {
    const who = await world.subscriber();
    const start = await hold(who, 'start');
    expect(start).toMatchObject({ status: 'paid', totalMinor: 2900, amountDueMinor: 2900 });
    expect(start?.lines).toHaveLength(1);
    expect(start?.lines[0]).toMatchObject({
      kind: 'base',
      amountMinor: 2900,
      startSeconds: who.segment.startSeconds,
      endSeconds: who.segment.endSeconds,
    });
    expect(start?.hostedUrl).toContain('http');
  });

  it('there is none before the period’s end', async () => {
    expect(await hold(await world.subscriber())).toBeNull();
  });

  it('the draft of a period stays a draft for as long as we hold it', async () => {
    const { who, draft } = await heldDraft();
    expect(draft).toMatchObject({ status: 'draft', autoAdvance: false, number: null });
    await world.passPeriod(who, 3 * 86_400);
    expect(await hold(who)).toMatchObject({ id: draft.id, status: 'draft', autoAdvance: false });
  });

  it('tells the lines apart: each meter’s, the next base, exact decimals', async () => {
    const { who, draft } = await heldDraft();
    const { segment } = who;
    const meters = draft.lines.filter(({ kind }) => kind === 'meter');
    expect(new Set(meters.map(({ name }) => name))).toEqual(new Set(['tokens', 'images']));
    expect(meters.every(({ endSeconds }) => endSeconds === segment.endSeconds)).toBe(true);
    const base = draft.lines.filter(({ kind }) => kind === 'base');
    expect(base.map(({ startSeconds }) => startSeconds)).toEqual([segment.endSeconds]);
    const tier = meters.find(({ unitAmountMinor }) => unitAmountMinor === '0.5');
    expect(tier).toMatchObject({ name: 'tokens', quantity: '500', amountMinor: 250 });
  });

  it('each period finds its own, also the one of an earlier period', async () => {
    const { who, draft } = await heldDraft();
    const { testClock } = who.stripe;
    const nextEnd = Date.UTC(2026, 2, 31, 10, 20, 30) / 1000;
    const toSeconds = nextEnd + 60;
    await world.acts.advanceTestClock({ mode: 'test', testClock: testClock ?? '', toSeconds });
    const next = { ...who.segment, index: 1, startSeconds: who.segment.endSeconds };
    const second = await hold({ ...who, segment: { ...next, endSeconds: nextEnd } });
    expect(second?.id).not.toBe(draft.id);
    expect((await hold(who))?.id).toBe(draft.id);
  });

  it('a plan with a base alone is found by its base line', async () => {
    const who = await world.subscriber(snapshotOf('flat', { baseAmountMinor: 500 }));
    await world.passPeriod(who);
    expect(await hold(who)).toMatchObject({ status: 'draft', totalMinor: 500 });
  });

  it('one that others finalised is found as it is', async () => {
    const { who, draft } = await heldDraft();
    await world.stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
    expect(await hold(who)).toMatchObject({ id: draft.id, status: 'open' });
  });
});

describe('closing an invoice', () => {
  it('finalised it is uncollected, final for repeats, and collected only when told', async () => {
    const { who, close } = await heldDraft();
    await report(who, 'tokens', 1700);
    const { invoice } = await world.acts.finaliseInvoice(close);
    expect(invoice).toMatchObject({ status: 'open', autoAdvance: false, paidAtMs: null });
    expect(invoice.totalMinor).toBe(350 + 300 + 2900);
    expect(await world.acts.finaliseInvoice(close)).toEqual({ invoice });
    const paid = await world.acts.collectInvoice(close);
    expect(paid).toMatchObject({ refused: null, invoice: { status: 'paid' } });
    expect(paid.invoice.paidAtMs).not.toBeNull();
    expect(await world.acts.collectInvoice(close)).toEqual(paid);
  });

  it.each([
    ['finalize$', 'errorAfter', 1],
    ['finalize$', 'resetAfter', 2],
    ['pay$', 'errorAfter', 1],
    ['pay$', 'resetAfter', 2],
  ] as const)('%s answered by %s: paid once', async (path, kind, times) => {
    const { who, close } = await heldDraft();
    world.sandbox.controls.fault({ method: 'POST', path, kind, times });
    await twice(() => world.acts.finaliseInvoice(close));
    const { invoice } = await twice(() => world.acts.collectInvoice(close));
    expect(invoice.status).toBe('paid');
    const payments = await world.stripe.invoicePayments.list({ invoice: invoice.id });
    expect(payments.data.filter(({ status }) => status === 'paid')).toHaveLength(1);
    expect((await hold(who))?.status).toBe('paid');
  });

  it('a refused card leaves it open, and says why', async () => {
    const { who, close } = await heldDraft();
    await world.acts.finaliseInvoice(close);
    const { customer } = who.stripe;
    const card = await world.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer,
    });
    const settings = { default_payment_method: card.id };
    await world.stripe.customers.update(customer, { invoice_settings: settings });
    const { invoice, refused } = await world.acts.collectInvoice(close);
    expect(invoice.status).toBe('open');
    expect(refused).toContain('declined');
  });
});

describe('completing a draft', () => {
  async function ownItems(invoice: string) {
    const { data } = await world.stripe.invoiceItems.list({ invoice, limit: 100 });
    return data;
  }

  it.each([
    ['nothing goes wrong', null],
    ['a 500 before', 'errorBefore'],
    ['a 500 after', 'errorAfter'],
    ['a reset', 'resetAfter'],
    ['a rate limit', 'rateLimit'],
  ] as const)('puts each item on it once though %s', async (_name, kind) => {
    const { close, draft } = await heldDraft();
    const items = [
      { ...ITEM, name: `item/${draft.id}/late/tokens/0` },
      { ...ITEM, name: `item/${draft.id}/late/images/0`, ref: 'late/images', amountMinor: 70 },
    ];
    const fault = { method: 'POST', path: 'invoiceitems$', times: 1 };
    if (kind) world.sandbox.controls.fault({ ...fault, kind });
    await twice(() => world.acts.completeDraft({ ...close, items }));
    await world.acts.completeDraft({ ...close, items });
    expect(await ownItems(draft.id)).toHaveLength(2);
    const { invoice } = await world.acts.finaliseInvoice(close);
    const ours = invoice.lines.filter((line) => line.kind === 'ours');
    expect(ours.map(({ name, amountMinor }) => `${name} ${amountMinor}`).toSorted()).toEqual([
      'late/images 70',
      'late/tokens -10',
    ]);
  });

  it('killed after Stripe took the item in: once', async () => {
    const { close, draft } = await heldDraft();
    const items = [{ ...ITEM, name: `item/${draft.id}/late/tokens/0` }];
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
    await expect(acts.completeDraft({ ...close, items })).rejects.toThrow('killed');
    await world.acts.completeDraft({ ...close, items });
    expect(await ownItems(draft.id)).toHaveLength(1);
  });

  it('leaves an invoice alone that is final', async () => {
    const { close, draft } = await heldDraft();
    await world.acts.finaliseInvoice(close);
    const items = [{ ...ITEM, name: `item/${draft.id}/late/tokens/0` }];
    await world.acts.completeDraft({ ...close, items });
    expect(await ownItems(draft.id)).toEqual([]);
  });

  it('an item that others put there is foreign', async () => {
    const { who, close, draft } = await heldDraft();
    const amount = { amount: 5, currency: 'usd', invoice: draft.id };
    await world.stripe.invoiceItems.create({ customer: who.stripe.customer, ...amount });
    const { invoice } = await world.acts.finaliseInvoice(close);
    const foreign = invoice.lines.filter(({ kind }) => kind === 'foreign');
    expect(foreign.map(({ amountMinor }) => amountMinor)).toEqual([5]);
  });
});

async function twice<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch {
    return act();
  }
}
