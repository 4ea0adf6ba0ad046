import type { Price } from '../../../../billing/catalogue.js';
import { invoicedUnits } from '../../../../billing/customer/invoice/prediction.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import type { Segment } from '../../../../billing/state.js';
import { folded, row, START_MS, subscribed, used } from '../world.js';

const EACH: Price = { type: 'perUnit', unitAmountMinor: '0.5', included: 100 };
const PACKAGE: Price = { type: 'package', size: 5, packageAmountMinor: '1', included: 30 };

/** Units on the invoice of a period of 200 tokens of which Stripe was told `intended`. */
function invoiced(intended: number, price: Price, change: Partial<Segment> = {}): number {
  const using = folded([used(3, 3, [row(START_MS, 200)])], subscribed());
  const totals = { intended, accepted: intended, inDoubt: 0, deadLetter: 0, lastAtMs: 0 };
  const state = changeSegment(using, 0, { reports: { tokens: totals }, ...change });
  return invoicedUnits(state, state.segments[0] as Segment, 'tokens', price);
}

describe('the units that an invoice rates', () => {
  it('are at least what Stripe was told, with what it was told less by', () => {
    expect([invoiced(250, EACH), invoiced(150, EACH)]).toEqual([250, 200]);
    expect([invoiced(171, PACKAGE), invoiced(170, PACKAGE)]).toEqual([201, 200]);
  });

  it('are what was used where Stripe was told nothing, however much is included', () => {
    expect(invoiced(0, { ...PACKAGE, included: 300 })).toBe(200);
  });

  it('are what was used where the invoice is our own, whatever Stripe was told', () => {
    expect(invoiced(250, EACH, { close: 'final' })).toBe(200);
    expect(invoiced(250, EACH, { close: 'last' })).toBe(250);
  });

  it('are those that Stripe billed where it finalised without us', () => {
    expect(invoiced(250, EACH, { billed: { tokens: 120 } })).toBe(120);
  });
});
