import { reportingRow } from '../../../../billing/customer/reporting/reportingRow.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import type { Segment } from '../../../../billing/state.js';
import { folded, PRO, row, START_MS, subscribed, used } from '../world.js';

const PRICE = PRO.plan.prices?.['tokens'] ?? { type: 'perUnit', unitAmountMinor: '0' };
const NOTHING = { accepted: 0, pending: 0, inDoubt: 0, deadLetter: 0, withheld: 0, late: 0 };

/** What became of 250 tokens of which Stripe was told 220. */
function rowOf(change: Partial<Segment>) {
  const using = folded([used(3, 3, [row(START_MS, 250)])], subscribed());
  const totals = { intended: 220, accepted: 220, inDoubt: 0, deadLetter: 0, lastAtMs: 0 };
  const state = changeSegment(using, 0, { reports: { tokens: totals }, ...change });
  return reportingRow(state, state.segments[0] as Segment, 'tokens', PRICE);
}

it('usage that Stripe is not told yet is pending', () => {
  expect(rowOf({})).toEqual({ ...NOTHING, ledger: 250, accepted: 220, pending: 30 });
});

it('usage that Stripe’s invoice was final before is late, not withheld', () => {
  expect(rowOf({ final: true })).toEqual({ ...NOTHING, ledger: 250, accepted: 220, late: 30 });
});

it('usage of an invoice of our own is withheld, told or not', () => {
  const own = { close: 'final', frozen: true } as const;
  expect(rowOf(own)).toEqual({ ...NOTHING, ledger: 250, accepted: 220, withheld: 30 });
});

it('usage of a trial is withheld: it is billed nowhere', () => {
  const free = { trial: true, reports: {} } as const;
  expect(rowOf(free)).toEqual({ ...NOTHING, ledger: 250, withheld: 250 });
});
