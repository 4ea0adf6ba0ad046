import { reduce } from '../../../billing/customer/reducer.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { StepResult } from '../../../billing/customer/change.js';
import type { StripeInvoiceView } from '../../../billing/customer/invoice/view.js';
import type { CustomerState, Segment } from '../../../billing/state.js';
import { LINK, PRO, START_MS, subscribed } from './world.js';

/** Each result of a step of the money lane reaches what it is about, and wants nothing more. */

const note = { stripeInvoice: 'in_9', amountMinor: 5, reason: 'sorry', done: false };
const given = { 'command/9': { amountMinor: 500, reason: 'goodwill', done: false } };
const PAGE = {
  request: 2,
  stripeCustomer: 'cus_1',
  url: 'https://pay',
  expiresAtMs: START_MS,
  checkout: { session: 'cs_1', plan: PRO },
};
const view = { id: 'in_1', status: 'open', nextAttemptAtMs: null } as StripeInvoiceView;

const learns = (state: CustomerState, result: StepResult): CustomerState => {
  const { state: after, effects } = reduce(state, result);
  expect(effects).toEqual([]);
  return after;
};
const zero = ({ segments }: CustomerState) => segments[0] as Segment;
const at = (change: Partial<Segment>) => changeSegment(subscribed(), 0, change);

it('a checkout that is over is followed no more', () => {
  const open = { ...subscribed(), openPage: PAGE };
  const over = learns(open, { type: 'checkoutSeen', view: { isOpen: false, stripe: null } });
  expect(over.openPage).toEqual({ ...PAGE, checkout: null });
});

it('Stripe knows whether the subscription ends with its period', () => {
  const told = learns(subscribed(), { type: 'cancellationSynced', ends: true });
  expect(told).toStrictEqual({ ...subscribed(), cancelAtEnd: true });
});

it('a credit note was given, or never will be', () => {
  const notes = { 'command/9': note };
  const asked = { ...subscribed(), notes };
  const refused = learns(asked, { type: 'noted', note: 'command/9', refused: 'paid' });
  expect(refused.notes?.['command/9']).toEqual({ ...note, done: true, refused: 'paid' });
});

it('an invoice of our own was made', () => {
  const draft = { ...view, status: 'draft' } as const;
  const made = zero(learns(at({ stage: 'complete' }), { type: 'made', segment: 0, view: draft }));
  expect(made).toMatchObject({ stage: 'complete', stripeInvoice: 'in_1', final: false });
  const late = { type: 'made', segment: 0, late: true, view: null } as const;
  expect(zero(learns(subscribed(), late)).lateInvoice?.stage).toBe('empty');
});

it('a credit was given on an invoice', () => {
  const credit = { id: 'command/9', as: 'item' } as const;
  const state = at({ given, stripeInvoice: 'in_1' });
  const after = zero(learns(state, { type: 'credited', segment: 0, credit }));
  expect(after.given?.['command/9']).toMatchObject({ done: true, as: 'item' });
  expect(after.items).toMatchObject([{ name: 'item/in_1/credit/command/9', amountMinor: -500 }]);
});

it('an invoice was read anew', () => {
  const state = at({ stage: 'billed', asked: 9, unpaid: 'retrying', look: true });
  const after = learns(state, { type: 'attended', segment: 0, number: 9, view });
  expect(zero(after)).toMatchObject({ attended: 9, unpaid: 'givenUp', look: undefined });
});

it('something changed at Stripe: a checkout and a subscription are looked at', () => {
  const touch = { type: 'stripeChanged', adopts: true } as const;
  const looked = { lookAtStripe: true };
  const followed = reduce({ ...subscribed(), stripe: null, openPage: PAGE }, touch);
  expect(followed).toMatchObject({ state: looked, effects: [] });
  expect(reduce({ ...subscribed(), stripe: LINK }, touch)).toMatchObject({ state: looked });
  const neither = { ...subscribed(), stripe: null };
  expect(reduce(neither, touch)).toStrictEqual({ state: neither, effects: [] });
});
