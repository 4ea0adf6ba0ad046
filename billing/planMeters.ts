import { meterOf } from './branches.js';
import type { Meter, Plan } from './catalogue.js';
import { CREDITS_METER } from './quantity.js';

/** True for a plan that pays meters with a rate in credits (CONTRACT §2 Credits). */
export function paysInCredits(plan: Plan): boolean {
  return plan.creditGrant !== undefined || Object.hasOwn(plan.prices ?? {}, CREDITS_METER);
}

/** Meters that a plan names itself: prices, limits, unlimited, credits it pays in. */
function namedMeters(plan: Plan): string[] {
  return [
    ...Object.keys(plan.prices ?? {}),
    ...(plan.unlimited ?? []),
    ...(plan.limits ?? []).flatMap((limit) => limit.meters),
    ...(paysInCredits(plan) ? [CREDITS_METER] : []),
  ];
}

/** The meters a plan names and all that those are derived from, in the order first met. */
export function metersReached(
  plan: Plan,
  meters: Readonly<Record<string, Meter>>,
): Record<string, Meter> {
  const reached = new Map<string, Meter>();
  const waiting = namedMeters(plan);
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    const meter = meterOf(meters, id);
    if (!meter || reached.has(id)) continue;
    reached.set(id, meter);
    waiting.push(...(meter.of ?? []), ...(meter.rates ?? []).map((rate) => rate.meter));
  }
  return Object.fromEntries(reached);
}
