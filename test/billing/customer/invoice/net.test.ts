import { netLine } from '../../../../billing/customer/invoice/net.js';
import { changeSegment, planKey } from '../../../../billing/customer/periods/segments.js';
import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Segment } from '../../../../billing/state.js';
import { folded, PRO, row, START_MS, subscribed, used } from '../world.js';

const plan = { ...PRO.plan, name: 'Pro of old', baseAmountMinor: 2000 };
const OLD: PlanSnapshot = { ...PRO, version: 7, plan };

/** 250 tokens in the first period after a migration from a plan with a lower base. */
function lineOf(change: Partial<Segment>) {
  const using = folded([used(3, 3, [row(START_MS, 250)])], subscribed());
  const known = { ...using, snapshots: { ...using.snapshots, [planKey(OLD)]: OLD } };
  const state = changeSegment(known, 0, { netAgainst: OLD, ...change });
  return netLine(state, state.segments[0] as Segment);
}

describe('the net of the first bill after a migration', () => {
  it('gives back what the plan before would not have cost, and names that plan', () => {
    expect(lineOf({})).toStrictEqual({
      ref: 'net',
      description: 'First period after Pro of old',
      quantity: 1,
      unitAmountMinor: '-900',
      amountMinor: -900,
    });
  });

  it('is of a full period: none where it was cut short, nor without a migration', () => {
    expect(lineOf({ close: 'final' })).toBeNull();
    expect(lineOf({ netAgainst: undefined })).toBeNull();
    expect(lineOf({ close: 'last' })?.amountMinor).toBe(-900);
  });
});
