import type { Meter, PlanSnapshot } from '../catalogue.js';
import { compare, divide, multiply, roundHalfAway } from '../decimal.js';
import { groupDigits } from '../money.js';
import { DAY_MS, MINUTE_MS } from '../period.js';
import { scaleOf, sumDecimals } from '../quantity.js';
import type { CustomerState } from '../state.js';
import { planInForce } from '../customer/periods/segments.js';
import { guardedMeters, paceOf } from './keepPace.js';
import { larger, median } from './median.js';
import type { PaceRow } from './pace.js';

/** Stops a runaway: an hour with more usage than ten typical days (DESIGN §6). */

/** Typical days that one hour may use. */
const DAYS_IN_AN_HOUR = '10';

/** Days a typical one is looked for in, today left out. */
const DAYS_LOOKED_AT = 30;

/** With fewer days of usage nobody can say what is typical. */
const LEAST_DAYS = 3;

/** What the breaker saw. */
export interface BreakerTrip {
  readonly meter: string;
  /** Whole units of the last 60 minutes; micro-credits of credits. */
  readonly units: number;
  /** Units of the typical day, an exact decimal or, of `included` / 30, one of 6 places. */
  readonly typical: string;
  /** For operator and customer, every figure in it. */
  readonly reason: string;
}

/**
 * The first guarded meter that used more in the last 60 minutes than in ten typical days; null:
 * all is well, or it can't be told. The hour is 60 UTC minutes, the running one among them; after
 * a lift it begins with the first whole minute since. Off with `"breaker": false`; says nothing
 * of customers without a plan in force or frozen already.
 */
export function breakerTrip(state: CustomerState, nowMs: number): BreakerTrip | null {
  const snapshot = planInForce(state);
  if (!snapshot || snapshot.plan.breaker === false || state.controls.frozen) return null;
  for (const meter of guardedMeters(snapshot)) {
    const units = unitsOfLastHour(paceOf(state.pace.minutes, meter), state, nowMs);
    // What nobody used is below any bound: most looks end here.
    if (compare(units, '0') <= 0) continue;
    const bound = tenDays(snapshot, meter, paceOf(state.pace.days, meter), nowMs);
    if (bound === null || compare(multiply(units, '30'), bound) <= 0) continue;
    return tripOf(snapshot, meter, units, bound);
  }
  return null;
}

function unitsOfLastHour(minutes: PaceRow, state: CustomerState, nowMs: number): string {
  const now = Math.floor(nowMs / MINUTE_MS);
  const lifted = Math.ceil(state.controls.liftedAtMs / MINUTE_MS);
  const first = Math.max(now - 59, lifted);
  const hour = minutes.filter(([minute]) => minute >= first && minute <= now);
  return sumDecimals(hour.map(([, units]) => String(units)));
}

/** Thirty times the units that an hour may use: whole, because `included` / 30 often is not. */
function tenDays(
  snapshot: PlanSnapshot,
  meter: string,
  days: PaceRow,
  nowMs: number,
): string | null {
  const today = Math.floor(nowMs / DAY_MS);
  const used = days
    .filter(([day, units]) => day >= today - DAYS_LOOKED_AT && day < today && units > 0)
    .map(([, units]) => units);
  const middle = used.length >= LEAST_DAYS ? median(used) : null;
  const thirtyDays = larger(multiply(middle ?? '0', '30'), includedUnits(snapshot, meter));
  return compare(thirtyDays, '0') > 0 ? multiply(thirtyDays, DAYS_IN_AN_HOUR) : null;
}

function includedUnits(snapshot: PlanSnapshot, id: string): string {
  const included = snapshot.plan.prices?.[id]?.included ?? 0;
  return multiply(String(included), String(scaleOf(guardedMeter(snapshot, id))));
}

/** Guarded meters are all among the snapshot's. */
function guardedMeter(snapshot: PlanSnapshot, id: string): Meter {
  return snapshot.meters[id] as Meter;
}

function tripOf(snapshot: PlanSnapshot, id: string, units: string, bound: string): BreakerTrip {
  const typical = divide(bound, '300', 6);
  const meter = guardedMeter(snapshot, id);
  const perUnit = divide('1', String(scaleOf(meter)), 6);
  const shown = (amount: string): string =>
    roundHalfAway(multiply(amount, perUnit), 2).replace(/^[0-9]+/, groupDigits);
  return {
    meter: id,
    units: Number(units),
    typical,
    reason:
      `${meter.name}: ${shown(units)} in the last 60 minutes, ` +
      `more than 10 typical days of ${shown(typical)}.`,
  };
}
