import type { SumRow } from '../log.js';
import { addRow } from '../meters.js';
import type { CustomerState, Segment } from '../state.js';
import { changeSegment, extendTo, segmentAt, snapshotOf } from './segments.js';

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
  const extended = extendTo(state, atMs);
  const segment = segmentAt(extended, atMs);
  return changeSegment(extended, segment.index, counted(extended, segment, row));
}

function counted(state: CustomerState, segment: Segment, row: SumRow): Partial<Segment> {
  const { meters } = snapshotOf(state, segment.plan);
  if (segment.frozen) return { late: addRow(segment.late, meters, row) };
  const totals = addRow(segment.totals, meters, row);
  const newest = { ...segment.newest };
  for (const meter of Object.keys(totals)) {
    if (totals[meter] === segment.totals[meter]) continue;
    newest[meter] = Math.max(newest[meter] ?? 0, row.bucket);
  }
  return { totals, newest };
}
