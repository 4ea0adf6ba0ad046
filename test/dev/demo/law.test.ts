import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { baseLines, rate, type PeriodUsage } from '../../../billing/rating/rate.js';
import type { InvoiceView } from '../../../dev/demo/facts.js';
import { judgeCustomer, type CustomerFacts } from '../../../dev/demo/law.js';
import { periodBounds } from '../../../billing/period.js';
import { ANCHOR_MS } from '../../../dev/demo/year.js';

const PLAN: PlanSnapshot = {
  id: 'team',
  version: 1,
  revision: 1,
  currency: 'usd',
  meters: { tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' } },
  plan: {
    name: 'Team',
    interval: 'month',
    baseAmountMinor: 2_900,
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.5' } },
  },
};

const USAGE: PeriodUsage[] = Array.from({ length: 12 }, (_, month) => ({ tokens: 101 * month }));

function invoiceOf(index: number): InvoiceView {
  const usage = USAGE[index - 1];
  const { startMs, endMs } = periodBounds(ANCHOR_MS, 'month', Math.max(0, index - 1));
  const period = { start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() };
  const lines = usage ? rate(PLAN, usage).lines : baseLines(PLAN);
  const subtotalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return {
    id: `inv_${index}`,
    number: null,
    customer: 'c',
    plan: { id: 'team', version: 1 },
    currency: 'usd',
    reason: index === 0 ? 'start' : 'cycle',
    status: 'paid',
    period,
    lines: lines.map((line) => ({ ...line, period })),
    subtotalMinor,
    adjustmentsMinor: 0,
    discountMinor: 0,
    taxMinor: 0,
    totalMinor: subtotalMinor,
    amountDueMinor: subtotalMinor,
    finalizedAt: null,
    paidAt: null,
    hostedUrl: null,
    stripe: { invoice: `in_${index}`, subtotalMinor, totalMinor: subtotalMinor },
    review: null,
  };
}

function goodFacts(): CustomerFacts {
  const invoices = Array.from({ length: 13 }, (_, index) => invoiceOf(index));
  const stripeInvoices = invoices.map(({ subtotalMinor }, index) => ({
    id: `in_${index}`,
    subtotalMinor,
    totalMinor: subtotalMinor,
    status: 'paid',
  }));
  return { id: 'c', plan: PLAN, usage: USAGE, invoices, stripeInvoices };
}

/** Facts with one invoice of the API, or one at Stripe, changed. */
function changed(
  index: number,
  change: Partial<InvoiceView>,
  atStripe: Partial<CustomerFacts['stripeInvoices'][number]> = {},
): CustomerFacts {
  const facts = goodFacts();
  return {
    ...facts,
    invoices: facts.invoices.map((one, at) => (at === index ? { ...one, ...change } : one)),
    stripeInvoices: facts.stripeInvoices.map((one, at) =>
      at === index ? { ...one, ...atStripe } : one,
    ),
  };
}

describe('the law of the demo', () => {
  it('agrees with a year that is right: 13 invoices, sums equal', () => {
    const verdict = judgeCustomer(goodFacts());
    expect(verdict.disagreements).toEqual([]);
    expect(verdict.rows).toHaveLength(13);
    // 13 bases, and 0.5 x 101 x (0 … 11): odd months end in a half cent, rounded up each.
    expect(verdict.lawMinor).toBe(13 * 2_900 + Math.ceil((101 * 66) / 2) + 3);
    expect(verdict.invoicedMinor).toBe(verdict.lawMinor);
  });

  it('takes a free customer only without any invoice', () => {
    const plan: PlanSnapshot = { ...PLAN, plan: { name: 'Free', interval: 'month' } };
    const usage = USAGE.map(() => ({}));
    const free = { id: 'f', plan, usage, invoices: [], stripeInvoices: [] };
    expect(judgeCustomer(free).disagreements).toEqual([]);
    const charged = { ...free, stripeInvoices: goodFacts().stripeInvoices.slice(0, 1) };
    expect(judgeCustomer(charged).disagreements).toEqual(['f has 1 invoices at Stripe, not 0']);
  });

  it.each<[string, CustomerFacts, RegExp]>([
    ['a cent less', changed(3, { subtotalMinor: 3_000 }), /invoice 4: subtotal is 3000, not 3001/],
    ['a cent more at Stripe', changed(3, {}, { subtotalMinor: 3_002 }), /at Stripe is 300/],
    ['another total at Stripe', changed(3, {}, { totalMinor: 1 }), /total at Stripe is 1/],
    ['an unpaid invoice', changed(3, { status: 'inReview' }), /status is inReview, not paid/],
    ['one not paid at Stripe', changed(3, {}, { status: 'open' }), /status at Stripe is open/],
    ['one unknown to Stripe', changed(3, {}, { id: 'in_x' }), /subtotal at Stripe is undefined/],
    ['another reason', changed(0, { reason: 'cycle' }), /reason is cycle, not start/],
    ['a line less', changed(3, { lines: [] }), /the line "tokens: 202 x 0.5 = 101" is missing/],
  ])('sees %s', (_, facts, expected) => {
    expect(judgeCustomer(facts).disagreements.join('\n')).toMatch(expected);
  });

  it('sees a missing invoice, here and at Stripe', () => {
    const facts = goodFacts();
    const fewer = { ...facts, invoices: facts.invoices.slice(0, 12) };
    expect(judgeCustomer(fewer).disagreements).toContain('c has 12 invoices, not 13');
    const atStripe = { ...facts, stripeInvoices: facts.stripeInvoices.slice(0, 12) };
    expect(judgeCustomer(atStripe).disagreements).toContain('c has 12 invoices at Stripe, not 13');
  });

  it('sees lines that are swapped though the sum is the same', () => {
    const [line] = rate(PLAN, { tokens: 404 }).lines;
    if (!line) throw new Error('no line');
    const other = { ...line, quantity: 403 };
    const right = invoiceOf(5);
    const lines = [{ ...other, period: right.period }, ...right.lines.slice(1)];
    expect(judgeCustomer(changed(5, { lines })).disagreements).toEqual([
      'c, invoice 6: the line "tokens: 404 x 0.5 = 202" is missing',
      'c, invoice 6: the line "tokens: 403 x 0.5 = 202" was not predicted',
    ]);
  });
});
