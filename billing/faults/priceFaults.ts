import type { CatalogueFault, Meter, Price, Tier } from '../catalogue.js';
import { CREDIT_PLACES, scaleOf } from '../quantity.js';
import { amountFaults, at, CREDITS_MAX, fault } from './fault.js';

/** Digits after the point of unit and package amounts, as at Stripe. */
const UNIT_PLACES = 12;

/** Faults of one price of a known meter. */
export function priceFaults(path: string, meter: Meter, price: Price): CatalogueFault[] {
  const places = scaleOf(meter) === 1 ? UNIT_PLACES : CREDIT_PLACES;
  return [
    ...amountsOf(path, price, places),
    ...includedFaults(path, meter, price),
    ...sizeFaults(path, meter, price),
  ];
}

function amountsOf(path: string, price: Price, places: number): CatalogueFault[] {
  switch (price.type) {
    case 'perUnit':
      return amountFaults(at(path, 'unitAmountMinor'), price.unitAmountMinor, places);
    case 'package':
      return amountFaults(at(path, 'packageAmountMinor'), price.packageAmountMinor, UNIT_PLACES);
    case 'graduated':
    case 'volume':
      return tierFaults(at(path, 'tiers'), price.tiers, places);
  }
}

function tierFaults(path: string, tiers: readonly Tier[], places: number): CatalogueFault[] {
  if (tiers.length === 0) return [fault(path, tiers, 'needs a tier with upTo "inf"')];
  let highest = 0;
  return tiers.flatMap((tier, index) => {
    const here = at(path, index);
    const isLast = index === tiers.length - 1;
    const bound = boundFault(at(here, 'upTo'), tier, isLast, highest);
    if (tier.upTo !== 'inf') highest = Math.max(highest, tier.upTo);
    return [
      ...bound,
      ...amountFaults(at(here, 'unitAmountMinor'), tier.unitAmountMinor, places),
    ];
  });
}

function boundFault(
  path: string,
  tier: Tier,
  isLast: boolean,
  highest: number,
): CatalogueFault[] {
  const { upTo } = tier;
  if (isLast) {
    const message = 'the last tier must be open: "inf", or units above it would have no price';
    return upTo === 'inf' ? [] : [fault(path, upTo, message)];
  }
  if (upTo === 'inf') return [fault(path, upTo, 'only the last tier is open')];
  return upTo > highest ? [] : [fault(path, upTo, `must be above the tier before (${highest})`)];
}

function includedFaults(path: string, meter: Meter, price: Price): CatalogueFault[] {
  const { included, overage } = price;
  const faults: CatalogueFault[] = [];
  if (overage === 'block') {
    const here = at(path, 'overage');
    if (included === undefined) {
      faults.push(fault(here, overage, 'blocks beyond `included`, which is missing'));
    }
    if (meter.aggregation === 'max' || meter.aggregation === 'last') {
      const message = `a ${meter.aggregation} meter can't have a hard limit`;
      faults.push(fault(here, overage, message));
    }
  }
  if (price.type !== 'graduated' || included === undefined) return faults;
  const low = price.tiers.flatMap(({ upTo }, index) => {
    if (upTo === 'inf' || upTo > included) return [];
    const message = `tiers count from the first unit: must be above included (${included})`;
    return [fault(at(at(at(path, 'tiers'), index), 'upTo'), upTo, message)];
  });
  return [...faults, ...low];
}

/** Whole credits that would not fit into micro-credits. */
function sizeFaults(path: string, meter: Meter, price: Price): CatalogueFault[] {
  if (scaleOf(meter) === 1) return [];
  const sizes: (readonly [string, number | 'inf' | undefined])[] = [
    [at(path, 'included'), price.included],
  ];
  if (price.type === 'package') sizes.push([at(path, 'size'), price.size]);
  if (price.type === 'graduated' || price.type === 'volume') {
    for (const [index, tier] of price.tiers.entries()) {
      sizes.push([at(at(at(path, 'tiers'), index), 'upTo'), tier.upTo]);
    }
  }
  return sizes.flatMap(([here, size]) =>
    typeof size === 'number' && size > CREDITS_MAX
      ? [fault(here, size, `credits go up to ${CREDITS_MAX}`)]
      : [],
  );
}
