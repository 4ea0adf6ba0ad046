import { meterOf } from '../branches.js';
import type { Catalogue, CatalogueFault, Plan } from '../catalogue.js';
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
    ...(plan.unlimited ?? []).flatMap((meter, index) =>
      unknownMeter(meters, at(at(path, 'unlimited'), index), meter),
    ),
    ...limitFaults(at(path, 'limits'), plan.limits ?? [], meters),
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
