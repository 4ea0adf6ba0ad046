import type { LogGroup, UsageEntry, VoidEntry } from '../../../billing/log.js';
import { entriesIn, type Period } from './timeline.js';

/** What the log holds of one meter in one period: before its fence, and in all. */
export interface PeriodUsage {
  /** Units that stand before the fence. */
  readonly frozen: number;
  /** The most that stood at any moment before it: what Stripe may have been told. */
  readonly peak: number;
  /** Units that stand in the end. */
  readonly all: number;
  /** Whether anything was taken back before the fence. */
  readonly hasVoids: boolean;
}

/** Where an event counts: before the first period at its start, beyond the last nowhere. */
export function periodAt(periods: readonly Period[], atMs: number): Period | undefined {
  const [first] = periods;
  if (first && atMs < first.startMs) return first;
  return periods.find(({ startMs, endMs }) => atMs >= startMs && atMs < endMs);
}

/** What one meter has come to so far: a sum, a count, the greatest value or the last one. */
interface Tally {
  readonly units: number;
  readonly lastMs: number;
  readonly lastId: string;
}

const NONE: Tally = { units: 0, lastMs: -Infinity, lastId: '' };

type Counted = UsageEntry | VoidEntry;

function added(before: Tally, entry: Counted, kind: string, quantity: number): Tally {
  const sign = entry.kind === 'void' ? -1 : 1;
  const { units } = before;
  if (kind === 'count') return { ...before, units: units + sign };
  if (kind === 'max') return { ...before, units: Math.max(units, quantity) };
  if (kind === 'sum') return { ...before, units: units + sign * quantity };
  const { atMs, id } = entry;
  const isLater = atMs > before.lastMs || (atMs === before.lastMs && id > before.lastId);
  return isLater ? { units: quantity, lastMs: atMs, lastId: id } : before;
}

/** Numbers at which the fences of the periods stand. */
function fencesIn(groups: readonly LogGroup[]): ReadonlyMap<number, number> {
  return new Map(
    entriesIn(groups).flatMap(({ number, entry }) =>
      entry.kind === 'fence' && entry.fence.type === 'closed'
        ? [[entry.fence.segment, number] as const]
        : [],
    ),
  );
}

interface Tallies {
  readonly frozen: Tally;
  readonly all: Tally;
  readonly peak: number;
  readonly hasVoids: boolean;
}

/** Goes through the log event by event. */
export function usageIn(
  groups: readonly LogGroup[],
  periods: readonly Period[],
): (index: number, meter: string) => PeriodUsage {
  const fences = fencesIn(groups);
  const book = new Map<string, Tallies>();
  const read = (name: string) =>
    book.get(name) ?? { frozen: NONE, all: NONE, peak: 0, hasVoids: false };
  for (const { number, entry } of entriesIn(groups)) {
    if (entry.kind !== 'usage' && entry.kind !== 'void') continue;
    const period = periodAt(periods, entry.atMs);
    if (!period) continue;
    const isIn = number < (fences.get(period.index) ?? Infinity);
    for (const [meter, quantity] of Object.entries(entry.quantities)) {
      const kind = period.plan.meters[meter]?.aggregation ?? 'sum';
      const before = read(`${period.index}/${meter}`);
      const frozen = isIn ? added(before.frozen, entry, kind, quantity) : before.frozen;
      book.set(`${period.index}/${meter}`, {
        frozen,
        all: added(before.all, entry, kind, quantity),
        peak: Math.max(before.peak, frozen.units),
        hasVoids: before.hasVoids || (isIn && entry.kind === 'void'),
      });
    }
  }
  return (index, meter) => {
    const { frozen, all, ...rest } = read(`${index}/${meter}`);
    return { frozen: frozen.units, all: all.units, ...rest };
  };
}
