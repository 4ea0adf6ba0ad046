import { burn, refundBurn } from '../credits/burns.js';
import { keepPace } from '../forecast/keepPace.js';
import { countRow } from '../limits/counting.js';
import type { SumRow } from '../log.js';
import { addRow } from '../meters.js';
import { MINUTE_SECONDS } from '../period.js';
import { paysInCredits } from '../planMeters.js';
import { CREDITS_METER } from '../quantity.js';
import type { CustomerState, MeterTotal, Segment } from '../state.js';
import { extendTo, segmentAt, segmentsWith, snapshotOf } from './periods/segments.js';

/** The one way usage enters a state: period totals, limits, credits and pace, row by row. */

type Totals = Readonly<Record<string, MeterTotal>>;

/** Counts rows into the segments of their time; after a segment's fence they are late. */
export function foldRows(state: CustomerState, rows: readonly SumRow[]): CustomerState {
  if (rows.length === 0) return state;
  // Without a period nothing is billed: an incomplete customer's usage is written off.
  if (state.status === 'incomplete') return state;
  if (state.segments.length === 0) return { ...state, early: [...state.early, ...rows] };
  let folded = state;
  for (const row of rows) folded = foldRow(folded, row);
  return folded;
}

function foldRow(state: CustomerState, row: SumRow): CustomerState {
  const atMs = row.bucket * 1000;
  if (isAfterEnd(state, atMs)) return state;
  const extended = extendTo(state, atMs);
  const segment = segmentAt(extended, atMs);
  const { meters } = snapshotOf(extended, segment.plan);
  const before = segment.frozen ? segment.late : segment.totals;
  const after = addRow(before, meters, row);
  const change = segment.frozen ? { late: after } : withNewest(segment, after, row);
  const segments = segmentsWith(extended.segments, segment, change);
  const { counters, pace } = limitsWith(extended, segment, row);
  const counted = { ...extended, segments, counters, pace };
  return withCredits(counted, segment, row, creditsOf(before, after));
}

/** What a canceled customer used after the end is written off. */
function isAfterEnd({ status, segments }: CustomerState, atMs: number): boolean {
  return status === 'canceled' && atMs >= (segments.at(-1)?.endMs ?? 0);
}

function withNewest(segment: Segment, totals: Totals, row: SumRow): Partial<Segment> {
  const minute = row.bucket - (row.bucket % MINUTE_SECONDS);
  const newest = { ...segment.newest };
  for (const meter of Object.keys(totals)) {
    if (totals[meter] === segment.totals[meter]) continue;
    newest[meter] = Math.max(newest[meter] ?? 0, minute);
  }
  return { totals, newest };
}

/** Limits are those of the plan in force, whatever plan the usage is rated under. */
function limitsWith(
  state: CustomerState,
  period: Segment,
  row: SumRow,
): Pick<CustomerState, 'counters' | 'pace'> {
  const { counters, pace } = state;
  if (!state.plan) return { counters, pace };
  const snapshot = snapshotOf(state, state.plan);
  const where = { snapshot, zone: state.zone, period };
  return { counters: countRow(counters, where, row), pace: keepPace(pace, snapshot, row) };
}

function creditsOf(before: Totals, after: Totals): number {
  return (after[CREDITS_METER]?.quantity ?? 0) - (before[CREDITS_METER]?.quantity ?? 0);
}

/** Credits that a void gives back never end: they may have been bought. */
function withCredits(
  state: CustomerState,
  segment: Segment,
  row: SumRow,
  microCredits: number,
): CustomerState {
  if (microCredits === 0 || !paysInCredits(snapshotOf(state, segment.plan).plan)) return state;
  const { index } = segment;
  const because = { period: index };
  const usage = { segment: index, atMs: row.bucket * 1000, because };
  const credits =
    microCredits > 0
      ? burn(state.credits, { ...usage, microCredits }).account
      : refundBurn(state.credits, {
          ...usage,
          microCredits: -microCredits,
          event: `period-${index}`,
          expiresAtMs: null,
        }).account;
  return { ...state, credits };
}
