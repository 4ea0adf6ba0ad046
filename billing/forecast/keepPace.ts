import { isDerivedCount, meterOf } from '../branches.js';
import type { Meter, Plan, PlanSnapshot } from '../catalogue.js';
import type { SumRow } from '../log.js';
import { metersCounting } from '../meters.js';
import type { Pace, PaceRow } from './pace.js';

/** Usage as it comes in, kept by day and by minute as long as a forecast can ask for it. */

/**
 * UTC days kept: the 30 before today that the breaker looks at, today, and tomorrow, where an event
 * from a clock that is ahead may lie.
 */
const DAYS_KEPT = 32;

/** UTC minutes kept: an hour, and the five minutes that an event may lie in the future. */
const MINUTES_KEPT = 66;

/** Closed periods kept. */
const PERIODS_KEPT = 3;

/** True for meters that add up day by day: `max` and `last` do not grow, they have no pace. */
export function grows(meters: Readonly<Record<string, Meter>>, id: string): boolean {
  const aggregation = meterOf(meters, id)?.aggregation;
  return aggregation === 'sum' || aggregation === 'count';
}

function limitedMeters(plan: Plan): string[] {
  return (plan.limits ?? []).flatMap((limit) => limit.meters);
}

/** Meters whose runaway freezes a customer: the priced ones; of a plan without any, the limited. */
export function guardedMeters(snapshot: PlanSnapshot): readonly string[] {
  return watchedBy(snapshot).guarded;
}

function guardedIn({ plan, meters }: PlanSnapshot): string[] {
  const priced = Object.keys(plan.prices ?? {});
  const guarded = priced.length > 0 ? priced : limitedMeters(plan);
  return [...new Set(guarded)].filter((id) => grows(meters, id));
}

/** What a plan forecasts, worked out once for each snapshot: a fold asks for every row. */
interface Watched {
  /** Meters with a forecast: all that are priced or limited and can be added up. */
  readonly forecast: ReadonlySet<string>;
  readonly guarded: readonly string[];
}

const watched = new WeakMap<PlanSnapshot, Watched>();

function watchedBy(snapshot: PlanSnapshot): Watched {
  const known = watched.get(snapshot);
  if (known) return known;
  const { plan, meters } = snapshot;
  const named = [...Object.keys(plan.prices ?? {}), ...limitedMeters(plan)];
  const made = {
    forecast: new Set(named.filter((id) => grows(meters, id))),
    guarded: guardedIn(snapshot),
  };
  watched.set(snapshot, made);
  return made;
}

/** Whole units (micro-credits) that a row adds to a meter. */
interface Added {
  readonly meter: string;
  readonly units: number;
}

/** What a row adds to each meter that counts it. */
function unitsOfRow({ meters }: PlanSnapshot, row: SumRow): Added[] {
  const own = meterOf(meters, row.meter);
  if (row.derived && !(own && isDerivedCount(own))) return [];
  // Of a `count` meter every event is one unit, for itself and for what adds it up.
  const units = own?.aggregation === 'count' ? row.count : row.quantity;
  const counting = metersCounting(meters, row.meter, row.properties);
  return counting.map(({ meter, factor }) => ({ meter, units: units * factor }));
}

/** The row of one meter; none: empty. */
export function paceOf(rows: Readonly<Record<string, PaceRow>>, meter: string): PaceRow {
  const row = Object.hasOwn(rows, meter) ? rows[meter] : undefined;
  return row ?? [];
}

/** Adds units at `index`. Only the newest `kept` indexes stay, in whatever order rows come. */
function withUnits(row: PaceRow, index: number, units: number, kept: number): PaceRow {
  const last = row.at(-1);
  // Most usage is of now.
  if (last?.[0] === index) return row.with(row.length - 1, [index, last[1] + units]);
  const newest = Math.max(index, last?.[0] ?? index);
  if (index <= newest - kept) return row;
  const place = row.findLastIndex(([at]) => at < index) + 1;
  const same = row[place]?.[0] === index ? row[place] : undefined;
  const first = row.findLastIndex(([at]) => at <= newest - kept) + 1;
  return [
    ...row.slice(first, place),
    [index, (same?.[1] ?? 0) + units],
    ...row.slice(same ? place + 1 : place),
  ];
}

function keep(
  rows: Readonly<Record<string, PaceRow>>,
  added: readonly Added[],
  index: number,
  kept: number,
): Readonly<Record<string, PaceRow>> {
  const changed: Record<string, PaceRow> = { ...rows };
  for (const { meter, units } of added) {
    changed[meter] = withUnits(paceOf(rows, meter), index, units, kept);
  }
  return changed;
}

/**
 * The pace with one row of sums: units per UTC day of every meter that the plan prices or limits
 * and that counts the row, and per UTC minute of those the breaker guards. Credits are whole
 * micro-credits. Rows older than what is kept are dropped; voids come as negative rows. The order
 * of rows changes nothing.
 */
export function keepPace(pace: Pace, snapshot: PlanSnapshot, row: SumRow): Pace {
  const { forecast, guarded } = watchedBy(snapshot);
  const added = unitsOfRow(snapshot, row).filter(({ meter }) => forecast.has(meter));
  if (added.length === 0) return pace;
  const kept = added.filter(({ meter }) => guarded.includes(meter));
  return {
    ...pace,
    days: keep(pace.days, added, Math.floor(row.bucket / 86_400), DAYS_KEPT),
    minutes: keep(pace.minutes, kept, Math.floor(row.bucket / 60), MINUTES_KEPT),
  };
}

/**
 * The pace after a period was closed: whole minor units of its usage lines (null: nothing was
 * used, so it is no reference for spikes) and of all of it, base included.
 */
export function closePace(pace: Pace, usageMinor: number | null, spendMinor: number): Pace {
  const closedUsageMinor =
    usageMinor === null ? pace.closedUsageMinor : [...pace.closedUsageMinor, usageMinor];
  return {
    ...pace,
    closedUsageMinor: closedUsageMinor.slice(-PERIODS_KEPT),
    closedSpendMinor: [...pace.closedSpendMinor, spendMinor].slice(-PERIODS_KEPT),
  };
}
