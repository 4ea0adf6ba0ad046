import type { StripeInvoiceView, StripeLineView } from '../../../billing/customer/invoice/view.js';
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

const NAME = 'cycle invoice inv_1 (in_1)';

const sum = (all: readonly { amountMinor: number }[]) =>
  all.reduce((total, { amountMinor }) => total + amountMinor, 0);

/** Differences where our sums are `own` and both of Stripe's are `found`. */
function compared(
  lines: readonly InvoiceLine[],
  atStripe: readonly StripeLineView[],
  own: Pick<Invoice, 'subtotalMinor' | 'totalMinor'>,
  found: number,
) {
  const invoice = { id: 'inv_1', reason: 'cycle', lines, ...own };
  const view = { id: 'in_1', lines: atStripe, subtotalMinor: found, totalMinor: found };
  return invoiceDifferences(invoice as Invoice, view as unknown as StripeInvoiceView, 3);
}

function differing(lines: readonly InvoiceLine[], atStripe: readonly StripeLineView[], off = 0) {
  const own = { subtotalMinor: sum(lines), totalMinor: sum(lines) };
  return compared(lines, atStripe, own, sum(atStripe) + off);
}

test('equal lines in any order are no difference; free lines may be left out', () => {
  expect(differing(LINES, AT_STRIPE)).toEqual([]);
  expect(differing(LINES, AT_STRIPE.toReversed())).toEqual([]);
});

test('one cent off is told for the totals and for the line it stands on', () => {
  const bent = AT_STRIPE.map((line, index) => (index === 0 ? { ...line, amountMinor: 674 } : line));
  expect(differing(LINES, bent)).toMatchObject([
    { where: 'invoice', segment: 3, meter: null, expected: '3540', found: '3541' },
    { where: 'invoice', segment: 3, meter: null, expected: '3540', found: '3541' },
    { where: 'invoice', segment: 3, meter: 'tokens', expected: '673', found: '674' },
  ]);
  expect(differing(LINES, AT_STRIPE, 1).map(({ detail }) => detail)).toEqual([
    "cycle invoice inv_1 (in_1): our subtotal against Stripe's",
    "cycle invoice inv_1 (in_1): our total against Stripe's",
  ]);
});

test('an invoice of ours that does not add up is told though each line is right', () => {
  const own = { subtotalMinor: 3541, totalMinor: 3540 };
  expect(compared(LINES, AT_STRIPE, own, 3540)).toMatchObject([
    { expected: '3540', found: '3541', detail: `${NAME}: sum of our lines against our subtotal` },
    { expected: '3541', found: '3540', detail: `${NAME}: our subtotal against Stripe's` },
  ]);
});

test('what differs is told by groups in order of names, with the amounts on both sides', () => {
  const lines = [ours('tokens/tier-2', 700, 'tokens'), ours('tokens/tier-1', 90, 'tokens')];
  const items = [theirs({ kind: 'base', name: null, amountMinor: 790 })];
  const told = (own: readonly InvoiceLine[], atStripe: readonly StripeLineView[]) =>
    differing(own, atStripe).map(({ meter, detail }) => [meter, detail]);
  expect(told(lines, items)).toEqual([
    [null, `${NAME}: base, minor units 0; at Stripe 790`],
    ['tokens', `${NAME}: usage of tokens, minor units 90 + 700; at Stripe 0`],
  ]);
  const split = [10, 780].map((amountMinor) => theirs({ amountMinor }));
  expect(told([ours('tokens', 90, 'tokens'), ours('base', 700)], split)).toEqual([
    [null, `${NAME}: base, minor units 700; at Stripe 0`],
    ['tokens', `${NAME}: usage of tokens, minor units 90; at Stripe 10 + 780`],
  ]);
});

test('amounts are held against each other by size: 9 comes before 10', () => {
  const lines = [10, 9].map((amount, tier) => ours(`tokens/tier-${tier}`, amount, 'tokens'));
  const atStripe = [9, 10].map((amountMinor) => theirs({ amountMinor }));
  expect(differing(lines, atStripe)).toEqual([]);
  expect(differing(lines.toReversed(), atStripe)).toEqual([]);
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

test('what an invoice of our own carries as items counts as what it is for', () => {
  const lines = [
    ours('tokens/tier-2', 673, 'tokens'),
    ours('base/unused', -671),
    ours('base/change', 100),
    ours('base', 2900),
    ours('credit', -7),
  ];
  const items = lines.map(({ ref: name, amountMinor }) =>
    theirs({ kind: 'ours', name, amountMinor }),
  );
  expect(differing(lines, items)).toEqual([]);
  const asLines = items.with(0, theirs({ amountMinor: 673 }));
  const withBase = asLines.with(3, theirs({ kind: 'base', name: null, amountMinor: 2900 }));
  expect(differing(lines, withBase)).toEqual([]);
});

test.each(['translate/tier-1', 'planet', 'network', 'accredit', 'credits', 'database/change'])(
  'usage of a meter whose ref is like one of ours, %s, is usage',
  (ref) => {
    const [meter = ''] = ref.split('/');
    const atStripe = [theirs({ name: meter, amountMinor: 5 })];
    expect(differing([ours(ref, 5, meter)], atStripe)).toEqual([]);
    const items = [theirs({ kind: 'ours', name: ref, amountMinor: 5 })];
    expect(differing([ours(ref, 5, meter)], items)).toEqual([]);
  },
);

test('a line that is for nothing known is told under its own name', () => {
  const names = (lines: readonly InvoiceLine[], atStripe: readonly StripeLineView[]) =>
    differing(lines, atStripe).map(({ detail }) => detail.slice(NAME.length + 2).split(',')[0]);
  expect(names([ours('surprise', 5)], [])).toContain('item surprise');
  for (const line of [{ kind: 'ours', name: null }, { kind: 'foreign', name: 'net' }] as const) {
    expect(names([], [theirs({ ...line, id: 'il_7', amountMinor: 5 })])).toContain('line il_7');
  }
});
