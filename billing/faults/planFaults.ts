import { meterOf } from '../branches.js';
import type { Catalogue, CatalogueFault, Meter, Plan } from '../catalogue.js';
import { CREDITS_METER } from '../quantity.js';
import { at, creditFaults, fault, nameFaults } from './fault.js';
import { limitFaults } from './limitFaults.js';
import { unknownMeter } from './meterFaults.js';
import { priceOverlaps } from './overlapFaults.js';
import { priceFaults } from './priceFaults.js';

/** Stripe takes 20 items a subscription, one of them the base. */
const PRICED_METERS_MAX = 19;

/** Faults of one plan. */
export function planFaults(catalogue: Catalogue, id: string, plan: Plan): CatalogueFault[] {
  const path = at('plans', id);
  const { meters } = catalogue;
  return [
    ...nameFaults(path, id),
    ...Object.keys(plan.features ?? {}).flatMap((name) =>
      nameFaults(at(at(path, 'features'), name), name),
    ),
    ...pastDueFaults(path, id, plan, catalogue),
    ...grantFaults(path, plan, catalogue),
    ...planPrices(at(path, 'prices'), plan, catalogue),
    ...unlimitedFaults(at(path, 'unlimited'), plan.unlimited ?? [], meters),
    ...limitFaults(at(path, 'limits'), plan, meters),
    ...spendFaults(at(path, 'spend'), plan),
    ...alertFaults(at(path, 'alertsAtPercent'), plan.alertsAtPercent ?? []),
    ...changeFaults(at(path, 'changes'), plan),
  ];
}

/** `then` is block, allow or another plan. */
function pastDueFaults(
  path: string,
  id: string,
  plan: Plan,
  catalogue: Catalogue,
): CatalogueFault[] {
  const then = plan.pastDue?.then;
  if (then === undefined || then === 'block' || then === 'allow') return [];
  if (then !== id && Object.hasOwn(catalogue.plans, then)) return [];
  const message = 'must be block, allow or another plan of this catalogue';
  return [fault(at(at(path, 'pastDue'), 'then'), then, message)];
}

function grantFaults(path: string, plan: Plan, catalogue: Catalogue): CatalogueFault[] {
  const grant = plan.creditGrant;
  if (!grant) return [];
  const here = at(path, 'creditGrant');
  const missing = meterOf(catalogue.meters, CREDITS_METER)
    ? []
    : [fault(here, grant, 'credits need a meter `credits` with rates')];
  const { amount, rolloverMax } = grant;
  return [
    ...missing,
    ...creditFaults(at(here, 'amount'), amount),
    ...(rolloverMax === undefined ? [] : creditFaults(at(here, 'rolloverMax'), rolloverMax)),
  ];
}

function planPrices(path: string, plan: Plan, catalogue: Catalogue): CatalogueFault[] {
  const prices = Object.entries(plan.prices ?? {});
  const tooMany =
    prices.length > PRICED_METERS_MAX
      ? [fault(path, prices.length, `a plan prices at most ${PRICED_METERS_MAX} meters`)]
      : [];
  const each = prices.flatMap(([id, price]) => {
    const here = at(path, id);
    const meter = meterOf(catalogue.meters, id);
    return meter ? priceFaults(here, meter, price) : unknownMeter(catalogue.meters, here, id);
  });
  return [...tooMany, ...each, ...priceOverlaps(path, plan, catalogue.meters)];
}

function unlimitedFaults(
  path: string,
  unlimited: readonly string[],
  meters: Readonly<Record<string, Meter>>,
): CatalogueFault[] {
  return unlimited.flatMap((id, index) => {
    const here = at(path, index);
    if (unlimited.indexOf(id) !== index) return [fault(here, id, 'is named twice')];
    return unknownMeter(meters, here, id);
  });
}

/** The soft amount warns before the hard one stops. */
function spendFaults(path: string, { spend }: Plan): CatalogueFault[] {
  const { softAmountMinor: soft, hardAmountMinor: hard } = spend ?? {};
  if (soft === undefined || hard === undefined || soft <= hard) return [];
  const message = `warns too late: it is above hardAmountMinor (${hard})`;
  return [fault(at(path, 'softAmountMinor'), soft, message)];
}

function alertFaults(path: string, percents: readonly number[]): CatalogueFault[] {
  return percents.flatMap((percent, index) => {
    if (percents.indexOf(percent) === index) return [];
    return [fault(at(path, index), percent, 'is named twice')];
  });
}

/** A plan tells of its own version and of those before it. */
function changeFaults(path: string, { version, changes = [] }: Plan): CatalogueFault[] {
  return changes.flatMap((change, index) => {
    if (version === undefined || change.version <= version) return [];
    const message = `tells of a version that comes after this one (${version})`;
    return [fault(at(at(path, index), 'version'), change.version, message)];
  });
}
