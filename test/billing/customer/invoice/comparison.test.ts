import { differences, type Prediction } from '../../../../billing/customer/invoice/comparison.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import type {
  StripeInvoiceView,
  StripeLineView,
} from '../../../../billing/customer/invoice/view.js';
import type { DraftItem, Segment } from '../../../../billing/state.js';
import { subscribed } from '../world.js';

const RATED = { description: '', quantity: 1, unitAmountMinor: '0' };
const usage = (amountMinor: number) => ({ ...RATED, ref: 'tokens', meter: 'tokens', amountMinor });
const base = (amountMinor: number) => ({ ...RATED, ref: 'base', amountMinor });
const item = (ref: string, amountMinor: number) => ({ ref, amountMinor }) as DraftItem;

function line(change: Partial<StripeLineView>): StripeLineView {
  return {
    id: 'il',
    kind: 'meter',
    name: 'tokens',
    quantity: '0',
    unitAmountMinor: '0.5',
    amountMinor: 0,
    description: '',
    startSeconds: 0,
    endSeconds: 0,
    ...change,
  };
}

/** What differs between a prediction and lines at Stripe, with 150 units reported. */
function differing(
  prediction: Partial<Prediction>,
  lines: StripeLineView[],
  change: Partial<Segment> = {},
): string[] {
  const totals = { intended: 150, accepted: 150, inDoubt: 0, deadLetter: 0, lastAtMs: 0 };
  const state = changeSegment(subscribed(), 0, { reports: { tokens: totals }, ...change });
  const whole = { usage: [], base: [], items: [], ...prediction };
  const view = { lines } as unknown as StripeInvoiceView;
  return differences(state, state.segments[0] as Segment, whole, view);
}

const told = line({ quantity: '150', amountMinor: 75 });

describe("Stripe's invoice is compared with the prediction, to the cent", () => {
  it('is equal line by line, whatever the order, zero lines left out', () => {
    const lines = [
      line({ kind: 'base', name: null, amountMinor: 2900 }),
      line({ quantity: '50', amountMinor: 25 }),
      line({ quantity: '100', amountMinor: 50 }),
      line({ quantity: '0', amountMinor: 0 }),
      line({ kind: 'ours', name: 'late/tokens', amountMinor: 7 }),
    ];
    const items = [item('late/tokens', 7), item('late/calls', 0)];
    const prediction = { usage: [usage(50), usage(25), usage(0)], base: [base(2900)], items };
    expect(differing(prediction, lines)).toEqual([]);
  });

  it('names a usage line that is a cent off', () => {
    expect(differing({ usage: [usage(76)] }, [told])).toEqual([
      'tokens: expected 76, Stripe has 75',
    ]);
  });

  it('notices two lines of the same sum', () => {
    const half = (amountMinor: number) => line({ quantity: '75', amountMinor });
    const lines = [half(38), half(37)];
    expect(differing({ usage: [usage(75)] }, lines)).toEqual([
      'tokens: expected 75, Stripe has 37 + 38',
    ]);
  });

  it('names a base that is missing or more than expected', () => {
    expect(differing({ usage: [usage(75)], base: [base(2900)] }, [told])).toEqual([
      'base: expected 2900, Stripe has 0',
    ]);
    const extra = line({ kind: 'base', name: null, amountMinor: 5 });
    expect(differing({ usage: [usage(75)] }, [told, extra])).toEqual([
      'base: expected 0, Stripe has 5',
    ]);
  });

  it('names units that were reported and not rated; flat amounts are no units', () => {
    const flat = line({ quantity: '1', unitAmountMinor: null, amountMinor: 9 });
    const lines = [line({ quantity: '149', amountMinor: 75 }), flat];
    expect(differing({ usage: [usage(75), usage(9)] }, lines)).toEqual([
      'tokens: 150 units were reported, Stripe rated 149',
    ]);
  });

  it('does not judge units where Stripe finalised without us', () => {
    expect(differing({ usage: [usage(75)] }, [line({ amountMinor: 75 })], { final: true })).toEqual(
      [],
    );
  });

  it('judges items of ours by ref, those we never made included', () => {
    const lines = [told, line({ kind: 'ours', name: 'credit', amountMinor: -5 })];
    expect(differing({ usage: [usage(75)], items: [item('late/tokens', 7)] }, lines)).toEqual([
      'late/tokens: expected 7, Stripe has 0',
      'credit: expected 0, Stripe has -5',
    ]);
  });

  it('shows what others made at Stripe and does not judge it', () => {
    const foreign = line({ kind: 'foreign', name: null, amountMinor: 12_345 });
    expect(differing({ usage: [usage(75)] }, [told, foreign])).toEqual([]);
  });
});
