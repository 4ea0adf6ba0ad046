import { meterOf } from '../branches.js';
import type { CatalogueFault, Limit, Meter, Window } from '../catalogue.js';
import { at, fault, nameFaults } from './fault.js';
import { unknownMeter } from './meterFaults.js';
import { limitOverlaps } from './overlapFaults.js';

type Meters = Readonly<Record<string, Meter>>;

/** Windows that can slide: "the last N" (CONTRACT §2 Limits). */
const SLIDING: readonly Window[] = ['minute', 'hour', 'day'];

/** Faults of a plan's limits. */
export function limitFaults(
  path: string,
  limits: readonly Limit[],
  meters: Meters,
): CatalogueFault[] {
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
  const [kind, name] = splitScope(limit.scope);
  if (kind === 'property') faults.push(...nameFaults(at(path, 'scope'), name));
  return faults;
}

function splitScope(scope: string): readonly [kind: string, name: string] {
  const colon = scope.indexOf(':');
  return colon < 0 ? [scope, ''] : [scope.slice(0, colon), scope.slice(colon + 1)];
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
