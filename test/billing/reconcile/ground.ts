import { initialState } from '../../../billing/customer/initial.js';
import { predictedLines } from '../../../billing/customer/invoice/invoicing.js';
import { reduce } from '../../../billing/customer/reducer.js';
import { actsOf } from '../../../billing/entries.js';
import type { InvoiceLine } from '../../../billing/invoice.js';
import { contributionsOf } from '../../../billing/reconcile/contributions.js';
import type { Explained, Ground, Step } from '../../../billing/reconcile/explanation.js';
import { UsageTally } from '../../../billing/reconcile/tally.js';
import type { CustomerState, Segment } from '../../../billing/state.js';
import { sumRows } from '../../../billing/sums.js';
import type { MemoryLog } from './memoryLog.js';

/** What an explanation stands on, from a log in memory: nobody has reported anything. */

/** How many entries of a period are kept one by one. */
export const KEPT = 3;

/** Folds a log from its first group, entry by entry. @throws Error where the log halts. */
export function read(log: MemoryLog): Ground {
  const tally = new UsageTally(() => KEPT);
  let state = initialState(log.key);
  for (const group of log.groups) {
    const { number, entries, ends } = group;
    const before = state;
    for (const one of contributionsOf(before, group, log.published)) tally.add(one);
    const sums = sumRows(entries, log.published);
    const acts = actsOf(entries);
    const stretch = { from: number, to: number, sums, acts, ...(ends && { ends }) };
    state = reduce(before, { type: 'stretch', stretch }).state;
    tally.folded(state);
  }
  if (state.halted !== null) throw new Error(state.halted);
  return groundOf(state, tally);
}

/** All that an explanation of this state asks for. */
export function groundOf(state: CustomerState, tally = new UsageTally(() => KEPT)): Ground {
  return {
    state,
    tally,
    fenceOf: () => null,
    reportsOf: () => ({ count: 0, acceptedUnits: 0, otherUnits: 0, shown: [] }),
    lateBefore: () => 0,
  };
}

/** The segment at this place of the state. @throws Error where there is none. */
export function segmentOf({ segments }: CustomerState, place = 0): Segment {
  const segment = segments[place];
  if (!segment) throw new Error(`no segment at place ${place}`);
  return segment;
}

/** The invoice of the first period, as the close would predict it. */
export function invoiceOf(state: CustomerState): Explained {
  const segment = segmentOf(state);
  const { lines } = predictedLines(state, segment, 'cycle');
  const start = new Date(segment.startMs).toISOString();
  const period = { start, end: new Date(segment.endMs).toISOString() };
  return { reason: 'cycle', plan: segment.plan, currency: 'usd', lines, period };
}

/** January 2026. */
export const PERIOD = { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' };

/** A line of an invoice, of one unit unless something else is said. */
export function lineOf(ref: string, change: Partial<InvoiceLine> = {}): InvoiceLine {
  const line = { ref, description: '', quantity: 1, unitAmountMinor: '1', amountMinor: 0 };
  return { ...line, period: PERIOD, ...change };
}

/** Texts of the steps of one line, of these kinds. */
export function textsOf(
  steps: readonly Step[],
  ref: string,
  ...kinds: readonly Step['step'][]
): string[] {
  return steps
    .filter(({ line, step }) => line === ref && kinds.includes(step))
    .map(({ text }) => text);
}
