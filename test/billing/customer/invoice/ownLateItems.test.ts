import type { Bill } from '../../../../billing/bill.js';
import { withLateBill } from '../../../../billing/customer/invoice/items.js';
import { owesLate, takeLateItems } from '../../../../billing/customer/invoice/late.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import type { CustomerState, DraftItem, Segment } from '../../../../billing/state.js';
import { closed, folded, row, START_MS, subscribed, used } from '../world.js';

/** On which invoice late usage goes, and under which name. */

const FEB_MS = Date.UTC(2026, 1, 1);
const MAR_MS = Date.UTC(2026, 2, 1);
const LATE: Bill = { stage: 'complete', final: false, stripeInvoice: 'in_late', items: [] };
const CREDIT: DraftItem = {
  name: 'item/in_0/credit/1',
  ref: 'credit',
  description: 'goodwill',
  quantity: 1,
  amountMinor: -5,
  startSeconds: 0,
  endSeconds: 60,
};

/** January with 150 tokens and February with 120, both fenced; March is open. */
const state = folded(
  [used(3, 3, [row(START_MS, 150), row(FEB_MS, 120)]), closed(4, 0), closed(5, 1)],
  extendTo(subscribed(), MAR_MS),
);
const uses = (before: CustomerState, atMs: number, tokens: number) =>
  folded([used(before.mark + 1, before.mark + 1, [row(atMs, tokens)])], before);
const itemsOf = ({ segments }: CustomerState, index: number) =>
  (segments[index] as Segment).items.map(({ quantity, amountMinor }) => [quantity, amountMinor]);

it('usage that costs nothing is not owed', () => {
  const free = folded([used(3, 3, [row(START_MS, 1)]), closed(4, 0)], subscribed());
  const [known] = uses(free, START_MS, 20).segments as [Segment];
  expect(known.late['tokens']?.quantity).toBe(20);
  expect(owesLate(uses(free, START_MS, 20), known)).toBe(false);
  const late = uses(state, START_MS, 20);
  expect(late.segments.map((segment) => owesLate(late, segment))).toEqual([true, false, false]);
});

it('usage of a later period waits for the draft after that', () => {
  const late = uses(uses(state, START_MS, 20), FEB_MS, 40);
  expect(itemsOf(takeLateItems(late, 1), 1)).toEqual([[20, 10]]);
  expect(itemsOf(takeLateItems(late, 0), 0)).toEqual([]);
  expect(itemsOf(takeLateItems(late, 2), 2)).toEqual([[20, 10], [40, 20]]);
});

describe('what a void takes back of an earlier period', () => {
  const voided = (change: Partial<Segment>) => {
    const { segments } = state;
    const [first] = segments as [Segment];
    const total = { quantity: -20, count: -1, max: 0, last: null };
    return changeSegment(state, first.index, { late: { tokens: total }, ...change });
  };

  it.each(['flush', 'complete', 'inReview'] as const)('waits for its draft: %s', (stage) => {
    expect(itemsOf(takeLateItems(voided({ stage }), 1), 1)).toEqual([]);
    expect(itemsOf(takeLateItems(voided({ stage }), 0), 0)).toEqual([[-20, -10]]);
  });

  it('goes on the next one where its invoice is final, or none was made', () => {
    const final = voided({ stage: 'billed', final: true });
    expect(itemsOf(takeLateItems(final, 1), 1)).toEqual([[-20, -10]]);
    const none = voided({ stage: 'empty' });
    expect(itemsOf(takeLateItems(none, 1), 1)).toEqual([[-20, -10]]);
  });
});

describe('the invoice of late usage after a customer left', () => {
  const late = uses(changeSegment(state, 1, { items: [CREDIT] }), FEB_MS, 40);

  it('holds that of its own period too, and not the items of the period’s invoice', () => {
    const taken = takeLateItems(withLateBill(late, 1, LATE), 1, true).segments[1];
    expect(taken?.lateInvoice?.items).toMatchObject([
      { name: 'item/in_late/late/tokens/1', quantity: 40, amountMinor: 20 },
    ]);
    expect(taken?.items).toEqual([CREDIT]);
  });

  it('takes nothing while it is not begun', () => {
    expect(takeLateItems(late, 1, true)).toBe(late);
    expect(takeLateItems(late, 9, true)).toBe(late);
  });
});

it('what was billed for units that turn out to be included is given back', () => {
  const fenced = [used(3, 3, [row(START_MS, 90)]), closed(4, 0)];
  const taken = takeLateItems(uses(folded(fenced, subscribed()), START_MS, 30), 1);
  expect(itemsOf(taken, 1)).toEqual([[30, 10]]);
  // Stripe had finalised 60 of the 90 by itself, and then 30 of all 120 were taken back.
  const found = changeSegment(taken, 0, {
    final: true,
    billed: { tokens: 60 },
    late: {},
  });
  expect(owesLate(found, found.segments[0] as Segment)).toBe(true);
  expect(itemsOf(takeLateItems(found, 1), 1)).toEqual([[30, 10], [0, -10]]);
});

it('each item has a name of its own, however often more comes', () => {
  const thrice = [20, 2, 4].reduce((before, tokens) => {
    return takeLateItems(uses(before, START_MS, tokens), 1);
  }, state);
  expect(thrice.segments[1]?.items.map(({ name }) => name)).toEqual([
    'item/null/late/tokens/0',
    'item/null/late/tokens/0/1',
    'item/null/late/tokens/0/2',
  ]);
});
