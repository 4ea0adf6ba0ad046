import type { Bill } from '../../../../billing/bill.js';
import {
  decideItems,
  hasNothingToBill,
  itemLine,
  sentItems,
  usageItems,
  withLateBill,
} from '../../../../billing/customer/invoice/items.js';
import { periodText } from '../../../../billing/customer/invoice/invoicing.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import type { CustomerState, DraftItem, Segment } from '../../../../billing/state.js';
import { END_MS } from '../close/operator.js';
import { closed, folded, row, START_MS, subscribed, used } from '../world.js';

/** What we put on an invoice ourselves: decided once, named by invoice, and nothing for nothing. */

const CUT_MS = START_MS + 10 * 86_400_000;
const EMPTY: Bill = { stage: 'complete', final: false, stripeInvoice: 'in_late', items: [] };

/** A period of 250 tokens that a change of plan cut short, its invoice made; another follows. */
function cut(change: Partial<Segment> = {}): CustomerState {
  const using = folded([used(3, 3, [row(START_MS, 250)])], extendTo(subscribed(), END_MS));
  const short = { endMs: CUT_MS, plannedEndMs: END_MS, close: 'final' } as const;
  return changeSegment(using, 0, { ...short, frozen: true, stripeInvoice: 'in_0', ...change });
}
const zero = ({ segments }: CustomerState) => segments[0] as Segment;
/** A period of `tokens` that is over, and `late` ones that came afterwards. */
const lateAfter = (tokens: number, late: number) =>
  folded(
    [used(3, 3, [row(START_MS, tokens)]), closed(4, 0), used(5, 5, [row(START_MS, late)])],
    extendTo(subscribed(), END_MS),
  );

describe('items of a period cut short', () => {
  it('are named by their invoice; unused time is that from the cut to the planned end', () => {
    const [unused, ...more] = zero(decideItems(cut(), 0)).items;
    expect(more).toEqual([]);
    expect(unused).toMatchObject({
      name: 'item/in_0/base/unused',
      ref: 'base/unused',
      amountMinor: -1965,
      startSeconds: CUT_MS / 1000,
      endSeconds: END_MS / 1000,
    });
    expect(usageItems(cut(), zero(cut()))).toMatchObject([
      { name: 'item/in_0/tokens', amountMinor: 75, endSeconds: CUT_MS / 1000 },
    ]);
  });

  it('are decided once', () => {
    const once = decideItems(cut(), 0);
    expect(zero(decideItems(once, 0)).items).toEqual(zero(once).items);
  });

  it('are decided for a draft alone, that there is', () => {
    const final = cut({ final: true });
    expect(decideItems(final, 0)).toBe(final);
    expect(decideItems(cut(), 0, true)).toStrictEqual(cut());
    expect(decideItems(cut(), 7, true)).toStrictEqual(cut());
  });
});

describe('what is sent for late usage after a customer left', () => {
  it('are the items of that invoice alone: without one, none', () => {
    expect(sentItems(cut(), zero(cut()), true)).toEqual([]);
    const begun = decideItems(withLateBill(lateAfter(250, 30), 0, EMPTY), 0, true);
    expect(sentItems(begun, zero(begun), true)).toMatchObject([
      { name: 'item/in_late/late/tokens/0', amountMinor: 15 },
    ]);
  });

  it('begins on the one period that is named', () => {
    const [first, second] = withLateBill(cut(), 1, EMPTY).segments;
    expect([first?.lateInvoice, second?.lateInvoice]).toEqual([undefined, EMPTY]);
  });
});

describe('an invoice of our own is not made', () => {
  it('where nothing that is to stand on it costs anything', () => {
    const free = lateAfter(10, 30);
    expect(decideItems(free, 1).segments[1]?.items).toMatchObject([{ amountMinor: 0 }]);
    expect(hasNothingToBill(free, 0, true)).toBe(true);
    expect(hasNothingToBill(lateAfter(250, 30), 0, true)).toBe(false);
    expect(hasNothingToBill(cut(), 0)).toBe(false);
  });

  it('for a period that is gone', () => {
    expect(hasNothingToBill(cut(), 7)).toBe(true);
    expect(hasNothingToBill(cut(), 7, true)).toBe(true);
  });
});

describe('the line of an item', () => {
  const PERIOD = periodText(START_MS, CUT_MS);
  const item = (ref: string): DraftItem => ({
    name: 'n',
    ref,
    description: 'd',
    quantity: 3,
    amountMinor: -12,
    startSeconds: 0,
    endSeconds: 60,
  });
  const LINE = { description: 'd', period: PERIOD, quantity: 3, amountMinor: -12 };

  it('of late usage names its meter and has no price for one unit', () => {
    expect(itemLine(item('late/tokens'), PERIOD)).toStrictEqual({
      ...LINE,
      ref: 'late/tokens',
      meter: 'tokens',
      unitAmountMinor: '0',
    });
  });

  it.each(['base/unused', 'net', 'credit'])('of %s has its amount and no meter', (ref) => {
    const line = itemLine(item(ref), PERIOD);
    expect(line).toStrictEqual({ ...LINE, ref, unitAmountMinor: '-12' });
  });
});
