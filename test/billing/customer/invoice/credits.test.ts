import type { Bill } from '../../../../billing/bill.js';
import {
  creditItem,
  creditLeftMinor,
  standingOf,
} from '../../../../billing/customer/invoice/credits.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import type {
  StripeInvoiceView,
  StripeLineView,
} from '../../../../billing/customer/invoice/view.js';
import type { Segment } from '../../../../billing/state.js';
import { END_MS } from '../close/operator.js';
import { folded, row, START_MS, subscribed, used } from '../world.js';

/** Never more is given back than an invoice comes to. */

const LATE: Bill = {
  stage: 'complete',
  final: false,
  stripeInvoice: 'in_late',
  items: [
    {
      name: 'item/in_late/late/tokens/0',
      ref: 'late/tokens',
      description: 'Tokens: 30 late',
      quantity: 30,
      amountMinor: 15,
      startSeconds: 0,
      endSeconds: 60,
    },
  ],
};

/** A period with usage of 75 and the next base of 2,900; the one after it has no usage. */
const at = (change: Partial<Segment> = {}) =>
  changeSegment(
    folded([used(3, 3, [row(START_MS, 250)])], extendTo(subscribed(), END_MS)),
    0,
    change,
  );
const DRAFT = { status: 'draft', totalMinor: 1, foreignMinor: 0 } as const;

describe('what can be given back of a draft', () => {
  it('is what it will come to, with what others have put there, and never below nothing', () => {
    expect(creditLeftMinor(at(), 0, false, DRAFT)).toBe(2975);
    expect(creditLeftMinor(at(), 0, false, { ...DRAFT, foreignMinor: 500 })).toBe(3475);
    expect(creditLeftMinor(at(), 0, false, { ...DRAFT, foreignMinor: -4000 })).toBe(0);
  });

  it('is of that invoice alone', () => {
    const state = extendTo(at({ lateInvoice: LATE }), Date.UTC(2026, 2, 1));
    expect(creditLeftMinor(state, 1, false, DRAFT)).toBe(2900);
    expect(creditLeftMinor(state, 0, true, DRAFT)).toBe(15);
    expect(creditLeftMinor(state, 7, false, DRAFT)).toBe(0);
    expect(creditLeftMinor(state, 1, true, DRAFT)).toBe(0);
    expect(creditLeftMinor(state, 7, true, DRAFT)).toBe(0);
    const open = { status: 'open', totalMinor: 1000, foreignMinor: 0 } as const;
    expect(creditLeftMinor(state, 1, true, open)).toBe(0);
  });
});

describe('what can be given back of a final invoice', () => {
  const note = { reason: 'sorry', done: true, as: 'note' } as const;
  const given = {
    a: { ...note, amountMinor: 300 },
    b: { ...note, amountMinor: 50, as: 'item' } as const,
  };

  it.each(['open', 'paid'] as const)('that is %s: its total less the credit notes', (status) => {
    const standing = { status, totalMinor: 1000, foreignMinor: 0 };
    expect(creditLeftMinor(at({ given }), 0, false, standing)).toBe(700);
    expect(creditLeftMinor(at(), 0, false, standing)).toBe(1000);
    expect(creditLeftMinor(at({ given }), 0, false, { ...standing, totalMinor: 200 })).toBe(0);
  });

  it.each(['void', 'uncollectible'] as const)('that is %s: nothing', (status) => {
    const standing = { status, totalMinor: 1000, foreignMinor: 0 };
    expect(creditLeftMinor(at(), 0, false, standing)).toBe(0);
  });
});

it('what others have put on an invoice is known by its lines', () => {
  const line = (kind: StripeLineView['kind'], amountMinor: number) => ({ kind, amountMinor });
  const lines = [line('foreign', 500), line('base', 2900), line('ours', 15), line('foreign', -100)];
  const view = { status: 'open', totalMinor: 3315, lines } as unknown as StripeInvoiceView;
  expect(standingOf(view)).toEqual({ status: 'open', totalMinor: 3315, foreignMinor: 400 });
});

it('a credit on a draft is an item named by invoice and command', () => {
  const given = { amountMinor: 500, reason: 'goodwill', done: false };
  expect(creditItem(at().segments[0] as Segment, 'in_1', 'command/9', given)).toEqual({
    name: 'item/in_1/credit/command/9',
    ref: 'credit',
    description: 'goodwill',
    quantity: 1,
    amountMinor: -500,
    startSeconds: START_MS / 1000,
    endSeconds: END_MS / 1000,
  });
});
