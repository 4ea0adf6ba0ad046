import { checkTakeover } from '../../../../billing/customer/subscription/takeoverCheck.js';
import type {
  FoundItem,
  FoundSubscription,
  Wanted,
} from '../../../../billing/customer/subscription/foundSubscription.js';
import { PRO } from '../world.js';

/** Whether a running subscription may be billed by a plan, and what it lacks. */

const seconds = (text: string) => Date.parse(text) / 1000;

const item = (change: Partial<FoundItem> = {}): FoundItem => ({
  id: 'si_legacy',
  price: 'price_legacy',
  meter: null,
  quantity: 1,
  unitAmountMinor: '1900',
  interval: 'month',
  intervalCount: 1,
  startSeconds: seconds('2026-02-28T10:20:30Z'),
  endSeconds: seconds('2026-03-31T10:20:30Z'),
  isNew: false,
  ...change,
});

const found = (change: Partial<FoundSubscription> = {}): FoundSubscription => ({
  subscription: 'sub_1',
  customer: 'cus_1',
  status: 'active',
  currency: 'usd',
  isSent: false,
  isScheduled: false,
  anchorSeconds: seconds('2026-01-31T10:20:30Z'),
  items: [item()],
  metersElsewhere: [],
  ...change,
});

const BASE = { price: 'price_base', meter: null, stripeMeter: null };
const TOKENS = { price: 'price_tokens', meter: 'tokens', stripeMeter: 'mtr_1' };

const wanted = (change: Partial<Wanted> = {}): Wanted => ({
  plan: PRO,
  prices: [BASE, TOKENS],
  customer: null,
  nowSeconds: seconds('2026-03-10T00:00:00Z'),
  ...change,
});

const check = (change: Partial<FoundSubscription> = {}, by: Partial<Wanted> = {}) =>
  checkTakeover(found(change), wanted(by));

describe('what it lacks', () => {
  it('a metered price that has no item; the period that runs is counted from the anchor', () => {
    expect(check()).toEqual({
      refused: null,
      missing: ['price_tokens'],
      base: 'others',
      baseItem: null,
      otherItems: ['si_legacy'],
      startSeconds: seconds('2026-02-28T10:20:30Z'),
      periods: 1,
    });
  });

  it('nothing where all of it stands', () => {
    const items = [
      item({ id: 'si_base', price: 'price_base' }),
      item({ id: 'si_tokens', price: 'price_tokens', meter: 'mtr_1', unitAmountMinor: null }),
    ];
    expect(check({ items })).toMatchObject({
      missing: [],
      base: 'charged',
      baseItem: 'si_base',
      otherItems: [],
    });
  });

  it.each([
    ['one of the same amount', [item({ unitAmountMinor: '2900' })], 'charged', 'si_legacy'],
    ['as a decimal', [item({ unitAmountMinor: '2900.0' })], 'charged', 'si_legacy'],
    ['by quantity', [item({ unitAmountMinor: '1450', quantity: 2 })], 'charged', 'si_legacy'],
    ['not by one of its units', [item({ unitAmountMinor: '2900', quantity: 2 })], 'others', null],
    ['not one in tiers', [item({ unitAmountMinor: null })], 'others', null],
    ['ours before another', [
      item({ unitAmountMinor: '2900' }),
      item({ id: 'si_base', price: 'price_base', unitAmountMinor: '2900' }),
    ], 'charged', 'si_base'],
    ['a seat beside it', [item({ id: 'si_seat' }), item({ unitAmountMinor: '2900' })],
      'charged', 'si_legacy'],
  ] as const)('the base is an item: %s', (_name, items, base, baseItem) => {
    expect(check({ items })).toMatchObject({ base, baseItem, missing: ['price_tokens'] });
  });

  it('the base itself where nobody charges one', () => {
    const items = [item({ id: 'si_other', meter: 'mtr_9', unitAmountMinor: '2900' })];
    expect(check({ items })).toMatchObject({
      missing: ['price_base', 'price_tokens'],
      base: 'added',
      baseItem: null,
      otherItems: [],
    });
  });

  it('the same again where an earlier try has added it already', () => {
    const items = [
      item({ id: 'si_other', meter: 'mtr_9' }),
      item({ id: 'si_base', price: 'price_base', unitAmountMinor: '2900', isNew: true }),
      item({ id: 'si_tokens', price: 'price_tokens', meter: 'mtr_1', isNew: true }),
    ];
    expect(check({ items })).toMatchObject({
      missing: ['price_base', 'price_tokens'],
      base: 'added',
      baseItem: null,
    });
  });

  it('no base for a plan that has none; what others charge goes with the next plan', () => {
    const usageOnly = { ...PRO, plan: { ...PRO.plan, baseAmountMinor: undefined } };
    const by = { plan: usageOnly, prices: [TOKENS] };
    expect(check({}, by)).toMatchObject({
      missing: ['price_tokens'],
      base: 'others',
      otherItems: ['si_legacy'],
    });
    const items = [item({ meter: 'mtr_9' })];
    expect(check({ items }, by)).toMatchObject({ base: 'charged', baseItem: null });
    // What costs nothing there is no base of a plan without one.
    const gift = check({ items: [item({ unitAmountMinor: '0' })] }, by);
    expect(gift).toMatchObject({ base: 'others', baseItem: null });
  });
});

describe('the period that runs', () => {
  it.each([
    ['the first', '2026-02-28T10:20:30Z', 0],
    ['without drift from a month’s end', '2026-01-31T10:20:30Z', 1],
    ['years later', '2021-10-31T10:20:30Z', 52],
  ])('%s', (_name, anchor, periods) => {
    const items = [item()];
    if (periods === 0) items[0] = item({ endSeconds: seconds('2026-03-28T10:20:30Z') });
    expect(check({ anchorSeconds: seconds(anchor), items })).toMatchObject({ periods });
  });

  it('of a trial is none of the anchor’s', () => {
    const anchorSeconds = seconds('2026-03-31T10:20:30Z');
    expect(check({ status: 'trialing', anchorSeconds })).toMatchObject({ periods: 0 });
    expect(check({ anchorSeconds, items: [item({ startSeconds: 0 })] }).refused).not.toBeNull();
  });
});

describe('refused', () => {
  const items = [item(), item({ id: 'si_2', interval: 'year' })];
  const thrice = [item({ intervalCount: 3 })];
  const stub = seconds('2026-03-30T10:20:30Z');
  it.each([
    ['past_due', { status: 'past_due' }, {},
      'sub_1 is past_due: only one that is active or trialing can be taken over.'],
    ['of another customer', {}, { customer: 'cus_2' }, 'sub_1 belongs to cus_1, not to cus_2.'],
    ['sent', { isSent: true }, {},
      'sub_1 is paid by invoices that are sent: let it charge automatically first.'],
    ['scheduled', { isScheduled: true }, {},
      'sub_1 is run by a schedule at Stripe: release that first.'],
    ['empty', { items: [] }, {}, 'sub_1 has no items.'],
    ['at its end', {}, { nowSeconds: seconds('2026-03-31T10:18:31Z') },
      'sub_1 is at the end of its period: ask again after 2026-03-31T10:20:30.000Z.'],
    ['in euros', { currency: 'eur' }, {}, 'sub_1 is in eur, pro@1 in usd.'],
    ['yearly', { items }, {}, 'sub_1 is billed every 1 year, pro@1 every 1 month.'],
    ['every three', { items: thrice }, {}, 'sub_1 is billed every 3 month, pro@1 every 1 month.'],
    ['double', { items: [item(), item({ id: 'si_9', price: 'price_9', meter: 'mtr_1' })] }, {},
      'sub_1 has si_9, which bills the meter mtr_1 as well: remove it first.'],
    ['double elsewhere', { metersElsewhere: ['mtr_9', 'mtr_1'] }, {},
      'sub_1 is not the only one of cus_1 that bills the meter mtr_1.'],
    ['stub', { items: [item({ endSeconds: stub })] }, {},
      'sub_1 is in a period that its anchor does not give: ask again after ' +
        '2026-03-30T10:20:30.000Z.'],
    ['stub at its start', { items: [item({ startSeconds: stub })] }, {},
      'sub_1 is in a period that its anchor does not give: ask again after ' +
        '2026-03-31T10:20:30.000Z.'],
  ] as const)('%s', (_name, change, by, words) => {
    expect(check(change, by)).toEqual({ refused: words });
  });

  it('up to two minutes before its end it is not', () => {
    expect(check({}, { nowSeconds: seconds('2026-03-31T10:18:30Z') }).refused).toBeNull();
  });

  it('its own customer and foreign meters speak for nothing against it', () => {
    const change = { metersElsewhere: ['mtr_9'], items: [item(), item({ meter: 'mtr_9' })] };
    expect(check(change, { customer: 'cus_1' }).refused).toBeNull();
  });

  it('with more items than Stripe takes, those of an earlier try counted once', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_unused, at) => item({ id: `si_${at}` }));
    expect(check({ items: many(19) }).refused).toBeNull();
    const words = 'sub_1 has 20 items and 1 to come; Stripe takes 20.';
    expect(check({ items: many(20) })).toEqual({ refused: words });
    const tried = [...many(19), item({ price: 'price_tokens', meter: 'mtr_1', isNew: true })];
    expect(check({ items: tried }).refused).toBeNull();
  });
});
