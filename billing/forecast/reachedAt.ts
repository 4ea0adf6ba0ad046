import { meterOf } from '../branches.js';
import type { Limit, PlanSnapshot } from '../catalogue.js';
import { balanceAt } from '../credits/balance.js';
import { snapshotOf } from '../customer/periods/segments.js';
import { add, compare, multiply, subtract } from '../decimal.js';
import type { LimitStanding } from '../limits/context.js';
import { MINUTE_MS } from '../period.js';
import { creditsOf, CREDITS_METER, scaleOf, shownQuantity, sumDecimals } from '../quantity.js';
import type { CustomerState, Segment } from '../state.js';
import { windowBounds } from '../windows/calendar.js';
import { grows } from './keepPace.js';
import { growth } from './recentPace.js';
import { paceOfMeter, spendAhead } from './spendAhead.js';

/** When a limit will be reached, were the recent pace to go on. */

/** The last instant that RFC 3339 can write: a limit that never starts again ends there. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Ids of standings of included units begin so. */
const INCLUDED = 'included/';

/** Windows that recent days say more about than the window's own beginning. */
const LONG_WINDOWS: readonly string[] = ['week', 'month', 'period', 'lifetime'];

/** Asked with whole minutes from now: is it reached by then? Once it is, it stays so. */
type Reached = (minutes: number) => boolean;

/**
 * The first instant, in whole minutes from `nowMs`, at which a limit is used up at the recent
 * pace; null: not before it starts again, or not at all. `nowMs` itself where it is used up
 * already. Holds are left out: they may come back. The pace is
 * - of the limit `spend`: what the period will cost, as `projection`, at its highest;
 * - of `included/METER`, and of limits in units of the whole customer over a week or longer: the
 *   meters' recent days;
 * - of all others: what this key used since its window began.
 * A sliding limit is not reached at a steady pace: what comes in goes out; nor is one on a `max`
 * or `last` meter, which stands still.
 */
export function reachedAt(
  state: CustomerState,
  standing: LimitStanding,
  nowMs: number,
): number | null {
  if (compare(String(standing.used), String(standing.max)) >= 0) return nowMs;
  const segment = state.segments.at(-1);
  const endMs = Math.min(standing.resetsAtMs ?? LAST_MS, LAST_MS);
  const reached = segment ? courseOf(state, segment, standing, nowMs) : null;
  if (!reached) return null;
  const minutes = firstMinute(Math.ceil((endMs - nowMs) / MINUTE_MS) - 1, reached);
  return minutes === null ? null : nowMs + minutes * MINUTE_MS;
}

/** The first of 1, 2, 3 … `last` minutes that is reached, by halving. */
function firstMinute(last: number, reached: Reached): number | null {
  if (last < 1 || !reached(last)) return null;
  let before = 0;
  let by = last;
  while (by - before > 1) {
    const middle = Math.floor((before + by) / 2);
    if (reached(middle)) by = middle;
    else before = middle;
  }
  return by;
}

function courseOf(
  state: CustomerState,
  segment: Segment,
  standing: LimitStanding,
  nowMs: number,
): Reached | null {
  if (standing.id === 'spend') return spendCourse(state, segment, standing, nowMs);
  const snapshot = snapshotOf(state, segment.plan);
  const left = subtract(String(standing.max), String(standing.used));
  if (standing.id.startsWith(INCLUDED)) {
    const meter = standing.id.slice(INCLUDED.length);
    // Credits in the account go first; only what is beyond them counts there.
    const free = meter === CREDITS_METER ? creditsOf(balanceAt(state.credits, nowMs)) : '0';
    return unitsCourse(state, snapshot, [meter], add(left, free), nowMs);
  }
  const limit = snapshot.plan.limits?.find(({ id }) => id === standing.id);
  if (!limit || limit.sliding) return null;
  if (!limit.meters.every((meter) => grows(snapshot.meters, meter))) return null;
  const isWhole = limit.scope === 'customer' && limit.max !== undefined;
  return isWhole && LONG_WINDOWS.includes(limit.window)
    ? unitsCourse(state, snapshot, limit.meters, left, nowMs)
    : windowCourse(standing, left, nowMs - startOf(state, segment, limit, nowMs));
}

function spendCourse(
  state: CustomerState,
  segment: Segment,
  { max }: LimitStanding,
  nowMs: number,
): Reached {
  const ahead = spendAhead(state, segment, nowMs);
  return (minutes) => compare(ahead.most(minutes), String(max)) >= 0;
}

/** True once the meters have brought in what is left, in units as a standing shows them. */
function unitsCourse(
  state: CustomerState,
  { meters }: PlanSnapshot,
  counted: readonly string[],
  left: string,
  nowMs: number,
): Reached {
  const growing = counted.map((id) => {
    const meter = meterOf(meters, id);
    const scale = meter ? scaleOf(meter) : 1;
    const { expected } = paceOfMeter(state, id, nowMs);
    return (minutes: number) => String(shownQuantity(growth(expected, minutes), scale));
  });
  return (minutes) => compare(sumDecimals(growing.map((grown) => grown(minutes))), left) >= 0;
}

/** True once what was used in `elapsedMs` has been used again as often as what is left wants. */
function windowCourse({ used }: LimitStanding, left: string, elapsedMs: number): Reached {
  const elapsed = Math.max(1, Math.floor(elapsedMs / MINUTE_MS));
  const wanted = multiply(left, String(elapsed));
  return (minutes) => compare(multiply(String(used), String(minutes)), wanted) >= 0;
}

function startOf(state: CustomerState, segment: Segment, limit: Limit, nowMs: number): number {
  switch (limit.window) {
    case 'period':
      return segment.startMs;
    case 'lifetime':
      return state.firstPeriodStartMs ?? segment.startMs;
    default:
      return windowBounds(limit.window, state.zone, nowMs).startMs;
  }
}
