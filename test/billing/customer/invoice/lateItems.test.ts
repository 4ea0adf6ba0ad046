import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { takeLateItems } from '../../../../billing/customer/invoice/late.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { CustomerState } from '../../../../billing/state.js';
import { closed, row, START_MS, subscribed, used } from '../world.js';

const FEB_MS = Date.UTC(2026, 1, 1);
const MAR_MS = Date.UTC(2026, 2, 1);

const uses = (state: CustomerState, atMs: number, tokens: number) =>
  foldStretch(state, used(state.mark + 1, state.mark + 1, [row(atMs, tokens)]));
const ends = (state: CustomerState, segment: number) =>
  foldStretch(state, closed(state.mark + 1, segment));
const itemsOf = (state: CustomerState, index: number) =>
  takeLateItems(state, index).segments.find((segment) => segment.index === index)?.items ?? [];
const brief = (state: CustomerState, index: number) =>
  itemsOf(state, index).map(({ name, quantity, amountMinor }) => [name, quantity, amountMinor]);

/** 100 tokens are included, each further costs half a minor unit. */
describe('late usage goes on the next draft, once', () => {
  it('is noted where it costs nothing, so that what follows is rated from there', () => {
    const state = uses(ends(uses(subscribed(), START_MS, 10), 0), START_MS, 30);
    expect(brief(state, 1)).toEqual([['item/null/late/tokens/0', 30, 0]]);
    const taken = takeLateItems(state, 1);
    expect(taken.segments[0]?.lateBilled).toEqual({ tokens: { quantity: 30, amountMinor: 0 } });
    const more = changeSegment(uses(taken, START_MS, 70), 1, { items: [] });
    expect(brief(more, 1)).toEqual([['item/null/late/tokens/0', 70, 5]]);
  });

  it('is of earlier periods alone, of each its own', () => {
    const january = uses(ends(uses(subscribed(), START_MS, 100), 0), START_MS, 20);
    expect(itemsOf(january, 0)).toEqual([]);
    const february = uses(ends(uses(january, FEB_MS, 100), 1), FEB_MS, 40);
    expect(brief(february, 1)).toEqual([['item/null/late/tokens/0', 20, 10]]);
    const march = turn(february, MAR_MS);
    const taken = takeLateItems(march, 2);
    expect(brief(march, 2)).toEqual([
      ['item/null/late/tokens/0', 20, 10],
      ['item/null/late/tokens/1', 40, 20],
    ]);
    expect(taken.segments.map(({ lateBilled }) => lateBilled)).toEqual([
      { tokens: { quantity: 20, amountMinor: 10 } },
      { tokens: { quantity: 40, amountMinor: 20 } },
      {},
    ]);
    const more = changeSegment(uses(taken, FEB_MS, 2), 2, { items: [] });
    expect(takeLateItems(more, 2).segments[1]?.lateBilled).toEqual({
      tokens: { quantity: 42, amountMinor: 21 },
    });
  });

  it('waits for the fence where Stripe finalised without us', () => {
    const counted = uses(uses(subscribed(), START_MS, 150), FEB_MS, 1);
    const final = changeSegment(counted, 0, { billed: { tokens: 120 }, final: true });
    expect(itemsOf(final, 1)).toEqual([]);
    expect(brief(ends(final, 0), 1)).toEqual([['item/null/late/tokens/0', 30, 15]]);
  });

  it('is kept apart by meter', () => {
    const prices = { type: 'perUnit', unitAmountMinor: '3' } as const;
    const state = subscribed();
    const pro = state.snapshots['pro@1'] as PlanSnapshot;
    const plan = { ...pro.plan, prices: { ...pro.plan.prices, calls: prices } };
    const two = { ...state, snapshots: { 'pro@1': { ...pro, plan } } };
    const late = uses(ends(uses(two, START_MS, 100), 0), START_MS, 20);
    const called = foldStretch(
      late,
      used(late.mark + 1, late.mark + 1, [row(START_MS, 1, 'calls')]),
    );
    expect(brief(called, 1)).toEqual([
      ['item/null/late/tokens/0', 20, 10],
      ['item/null/late/calls/0', 1, 3],
    ]);
    expect(takeLateItems(called, 1).segments[0]?.lateBilled).toEqual({
      tokens: { quantity: 20, amountMinor: 10 },
      calls: { quantity: 1, amountMinor: 3 },
    });
  });
});
