import type { CustomerState, MeterTotal, Segment } from '../../../billing/state.js';
import { must, same } from './broken.js';
import type { Model } from './model.js';
import type { Period } from './periods.js';
import { type Tally, unitsOf } from './tally.js';

/** Periods tile time, and hold what the log holds (I1, I6, I7). */
export function checkSegments(state: CustomerState, before: CustomerState, model: Model): void {
  state.segments.forEach((segment, place) => {
    const next = state.segments[place + 1];
    if (next) {
      same(next.startMs, segment.endMs, 'I7', () => `period ${next.index} begins`);
      same(next.index, segment.index + 1, 'I7', () => `the period after ${segment.index}`);
    }
    must(segment.startMs < segment.endMs, 'I7', () => `period ${segment.index} has no length`);
    const old = before.segments.find(({ index }) => index === segment.index);
    if (old === segment) return;
    model.periods.at(segment.startMs);
    const period = model.periods.numbered(segment.index);
    must(period !== undefined, 'I7', () => `the log has no period ${segment.index}`);
    compare(segment, old, period as Period);
  });
}

function compare(segment: Segment, old: Segment | undefined, period: Period): void {
  const which = `period ${segment.index}`;
  same(segment.startMs, period.startMs, 'I7', () => `${which} begins`);
  same(segment.endMs, period.endMs, 'I7', () => `${which} ends`);
  same(segment.plan.id, period.plan.id, 'I7', () => `${which} is under`);
  if (old?.totals === segment.totals && old.late === segment.late && old.plan === segment.plan) {
    return;
  }
  if (segment.stripe || period.plan.plan.creditGrant) {
    same(segment.frozen, period.closed, 'I1', () => `${which} is closed`);
    compareTotals(`${which}, before its fence`, period, segment.totals, period.sums);
    compareTotals(`${which}, late`, period, segment.late, period.lateSums);
    return;
  }
  compareBoth(which, period, segment);
}

type Totals = Readonly<Record<string, MeterTotal>>;

function compareTotals(which: string, { plan }: Period, totals: Totals, tally: Tally): void {
  for (const id of Object.keys(plan.meters)) {
    const found = unitsOf(plan, id, totals[id]);
    same(found, tally.units(id), 'I1', () => `${which}: ${id}`);
  }
}

/** Without Stripe a period has no fence: time ends it, and both parts count as one. */
function compareBoth(which: string, period: Period, segment: Segment): void {
  const { plan, sums, lateSums } = period;
  for (const [id, { aggregation }] of Object.entries(plan.meters)) {
    if (aggregation === 'max' || aggregation === 'last') continue;
    const found = unitsOf(plan, id, segment.totals[id]) + unitsOf(plan, id, segment.late[id]);
    same(found, sums.units(id) + lateSums.units(id), 'I1', () => `${which}: ${id}`);
  }
}
