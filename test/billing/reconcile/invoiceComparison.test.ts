import type { StripeInvoiceView, StripeLineView } from '../../../billing/customer/view.js';
import type { Invoice, InvoiceLine } from '../../../billing/invoice.js';
import { invoiceDifferences } from '../../../billing/reconcile/invoiceComparison.js';

/** A stored invoice and Stripe's, line by line and to the cent. */

const PERIOD = { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' };

function ours(ref: string, amountMinor: number, meter?: string): InvoiceLine {
  const line = { ref, description: ref, quantity: 1, unitAmountMinor: '1', amountMinor };
  return { ...line, period: PERIOD, ...(meter === undefined ? {} : { meter }) };
}

function theirs(change: Partial<StripeLineView>): StripeLineView {
  const line = { id: 'il', kind: 'meter', name: 'tokens', amountMinor: 0 } as const;
  const rest = { quantity: '1', unitAmountMinor: '1', description: '' };
  return { ...line, ...rest, startSeconds: 0, endSeconds: 0, ...change };
}

const LINES = [
  ours('tokens/tier-1', 0, 'tokens'),
  ours('tokens/tier-2', 673, 'tokens'),
  ours('late/tokens', 12, 'tokens'),
  ours('net', -50),
  ours('stripe/il_9', 5),
  ours('base', 2900),
];

const AT_STRIPE = [
  theirs({ amountMinor: 673 }),
  theirs({ kind: 'ours', name: 'late/tokens', amountMinor: 12 }),
  theirs({ kind: 'ours', name: 'net', amountMinor: -50 }),
  theirs({ id: 'il_9', kind: 'foreign', name: null, amountMinor: 5 }),
  theirs({ kind: 'base', name: null, amountMinor: 2900 }),
];

function differing(lines: readonly InvoiceLine[], atStripe: readonly StripeLineView[], off = 0) {
  const sum = (all: readonly { amountMinor: number }[]) =>
    all.reduce((total, { amountMinor }) => total + amountMinor, 0);
  const subtotalMinor = sum(lines);
  const own = { id: 'inv_1', reason: 'cycle', lines, subtotalMinor, totalMinor: subtotalMinor };
  const found = sum(atStripe) + off;
  const view = { id: 'in_1', lines: atStripe, subtotalMinor: found, totalMinor: found };
  return invoiceDifferences(own as unknown as Invoice, view as unknown as StripeInvoiceView, 3);
}

test('equal lines in any order are no difference; free lines may be left out', () => {
  expect(differing(LINES, AT_STRIPE)).toEqual([]);
  expect(differing(LINES, AT_STRIPE.toReversed())).toEqual([]);
});

test('one cent off is told for the totals and for the line it stands on', () => {
  const bent = AT_STRIPE.map((line, index) => (index === 0 ? { ...line, amountMinor: 674 } : line));
  expect(differing(LINES, bent)).toMatchObject([
    { where: 'invoice', segment: 3, expected: '3540', found: '3541' },
    { expected: '3540', found: '3541' },
    { meter: 'tokens', expected: '673', found: '674' },
  ]);
  expect(differing(LINES, AT_STRIPE, 1)).toHaveLength(2);
});

test.each([['late/tokens', 1], ['net', 2], ['line of others', 3], ['base', 4]] as const)(
  '%s that is missing there is told',
  (_, index) => {
    const lines = differing(LINES, AT_STRIPE.toSpliced(index, 1)).filter(({ detail }) =>
      detail.includes('minor units'),
    );
    expect(lines).toMatchObject([{ found: '0' }]);
  },
);

test('usage that an invoice of our own carries as items counts as usage', () => {
  const lines = [ours('tokens/tier-2', 673, 'tokens'), ours('base/unused', -671)];
  const items = [
    theirs({ kind: 'ours', name: 'tokens/tier-2', amountMinor: 673 }),
    theirs({ kind: 'ours', name: 'base/unused', amountMinor: -671 }),
  ];
  expect(differing(lines, items)).toEqual([]);
});
