import { meterOf, sharedMeter } from '../branches.js';
import type { CatalogueFault, Limit, Meter, Plan, Window } from '../catalogue.js';
import { CREDITS_METER } from '../quantity.js';
import { at, CREDITS_MAX, fault, nameFaults } from './fault.js';
import { unknownMeter } from './meterFaults.js';
import { limitOverlaps } from './overlapFaults.js';

type Meters = Readonly<Record<string, Meter>>;

/** Windows that can slide: "the last N" (CONTRACT §2 Limits). */
const SLIDING: readonly Window[] = ['minute', 'hour', 'day'];

/** Faults of a plan's limits. */
export function limitFaults(path: string, plan: Plan, meters: Meters): CatalogueFault[] {
  const limits = plan.limits ?? [];
  const ids = limits.map((limit) => limit.id);
  return limits.flatMap((limit, index) => {
    const here = at(path, index);
    const twice = ids.indexOf(limit.id) !== index;
    return [
      ...nameFaults(at(here, 'id'), limit.id),
      ...(twice ? [fault(at(here, 'id'), limit.id, 'another limit has this id')] : []),
      ...ceilingFaults(here, limit),
      ...windowFaults(here, limit),
      ...limitedMeters(here, limit, meters),
      ...creditLimit(here, limit),
      ...moneyLimit(here, limit, plan, meters),
    ];
  });
}

function ceilingFaults(path: string, limit: Limit): CatalogueFault[] {
  const { max, maxAmountMinor } = limit;
  if ((max === undefined) !== (maxAmountMinor === undefined)) return [];
  const [found, value] = max === undefined ? ['neither', null] : ['both', { max, maxAmountMinor }];
  const message = `needs either max (units) or maxAmountMinor (money); it has ${found}`;
  return [fault(path, value, message)];
}

function windowFaults(path: string, limit: Limit): CatalogueFault[] {
  const faults: CatalogueFault[] = [];
  if (limit.sliding && !SLIDING.includes(limit.window)) {
    const message = `only ${SLIDING.join(', ')} windows slide, not ${limit.window}`;
    faults.push(fault(at(path, 'sliding'), true, message));
  }
  return [...faults, ...scopeFaults(at(path, 'scope'), limit.scope)];
}

const PROPERTY = 'property:';

function scopeFaults(path: string, scope: string): CatalogueFault[] {
  if (!scope.startsWith(PROPERTY)) return [];
  const faults = nameFaults(path, scope.slice(PROPERTY.length));
  return faults.map(({ message }) => fault(path, scope, message));
}

function limitedMeters(path: string, limit: Limit, meters: Meters): CatalogueFault[] {
  const here = at(path, 'meters');
  if (limit.meters.length === 0) return [fault(here, limit.meters, 'names no meter')];
  const hard = limit.enforcement !== 'soft';
  const each = limit.meters.flatMap((id, index) => {
    const aggregation = meterOf(meters, id)?.aggregation;
    if (hard && (aggregation === 'max' || aggregation === 'last')) {
      const message = `only sum and count meters have hard limits; this one is ${aggregation}`;
      return [fault(at(here, index), id, message)];
    }
    return unknownMeter(meters, at(here, index), id);
  });
  return [...each, ...limitOverlaps(here, limit.meters, meters)];
}

/** Credits count in millionths: they can't be added to other units, and end earlier. */
function creditLimit(path: string, { meters, max = 0 }: Limit): CatalogueFault[] {
  const index = meters.indexOf(CREDITS_METER);
  if (index < 0) return [];
  const faults: CatalogueFault[] = [];
  if (meters.length > 1) {
    const message = 'credits are no units of other meters: limit them alone';
    faults.push(fault(at(at(path, 'meters'), index), CREDITS_METER, message));
  }
  if (max > CREDITS_MAX) {
    faults.push(fault(at(path, 'max'), max, `credits go up to ${CREDITS_MAX}`));
  }
  return faults;
}

/** A ceiling in money that no price can ever fill protects nobody. */
function moneyLimit(path: string, limit: Limit, plan: Plan, meters: Meters): CatalogueFault[] {
  const { max, maxAmountMinor } = limit;
  if (maxAmountMinor === undefined || max !== undefined || limit.meters.length === 0) return [];
  const priced = Object.keys(plan.prices ?? {});
  const known = [...limit.meters, ...priced].every((id) => meterOf(meters, id));
  const costs = limit.meters.some((id) =>
    priced.some((price) => sharedMeter(meters, id, price) !== null),
  );
  if (costs || !known) return [];
  const message = 'nothing that these meters count has a price in this plan';
  return [fault(at(path, 'maxAmountMinor'), maxAmountMinor, message)];
}
