import { meterOf } from '../branches.js';
import { canonicalJson } from '../canonical.js';
import type { Catalogue, CatalogueFault, CreditRate, Meter } from '../catalogue.js';
import { CREDITS_METER } from '../quantity.js';
import { cycleFaults } from './cycleFaults.js';
import { amountFaults, at, creditFaults, fault, nameFaults } from './fault.js';
import { whereFaults } from './whereFaults.js';

/** First words of refs on invoices that are not a meter's (CONTRACT §2). */
const RESERVED = ['base', 'late', 'net', 'credit', 'stripe', 'included'];

/** Digits after the point of a unit amount, as at Stripe. */
const UNIT_PLACES = 12;

type Meters = Readonly<Record<string, Meter>>;

/** Faults of all meters and of what they cost the operator. */
export function meterFaults(catalogue: Catalogue): CatalogueFault[] {
  const { meters } = catalogue;
  return [
    ...Object.entries(meters).flatMap(([id, meter]) => oneMeter(meters, id, meter)),
    ...cycleFaults(meters),
    ...(catalogue.costs ?? []).flatMap((cost, index) => {
      const path = at('costs', index);
      return [
        ...unknownMeter(meters, at(path, 'meter'), cost.meter),
        ...whereFaults(at(path, 'where'), cost.where),
        ...amountFaults(at(path, 'unitCostMinor'), cost.unitCostMinor, UNIT_PLACES),
      ];
    }),
  ];
}

/** The fault of naming a meter that is not there. */
export function unknownMeter(meters: Meters, path: string, id: string): CatalogueFault[] {
  return meterOf(meters, id) ? [] : [fault(path, id, 'is no meter of this catalogue')];
}

function oneMeter(meters: Meters, id: string, meter: Meter): CatalogueFault[] {
  const path = at('meters', id);
  const reserved = RESERVED.includes(id)
    ? [fault(path, id, `no meter may be called ${RESERVED.join(', ')}`)]
    : [];
  return [
    ...nameFaults(path, id),
    ...reserved,
    ...whereFaults(at(path, 'where'), meter.where),
    ...derivationFaults(meters, path, meter),
    ...creditsFaults(meters, path, id, meter),
  ];
}

function derivationFaults(meters: Meters, path: string, meter: Meter): CatalogueFault[] {
  const { of, where, rates } = meter;
  const faults: CatalogueFault[] = [];
  if (of && rates) faults.push(fault(at(path, 'of'), of, 'a meter has either `of` or `rates`'));
  if (where && !of) {
    const message = 'only a meter with `of` chooses by properties; a rate has its own `where`';
    faults.push(fault(at(path, 'where'), where, message));
  }
  if (of?.length === 0) faults.push(fault(at(path, 'of'), of, 'names no meter'));
  const members = (of ?? []).flatMap((member, index) => {
    const here = at(at(path, 'of'), index);
    const twice = of?.indexOf(member) !== index;
    if (twice) return [fault(here, member, 'is named twice')];
    return memberFaults(meters, here, member);
  });
  return [...faults, ...members];
}

/** What stands in `of` and `rates` must be known, and add up. */
function memberFaults(meters: Meters, path: string, id: string): CatalogueFault[] {
  const meter = meterOf(meters, id);
  if (!meter) return unknownMeter(meters, path, id);
  if (meter.rates) return [fault(path, id, 'credits are no part of other meters')];
  if (meter.aggregation === 'sum' || meter.aggregation === 'count') return [];
  return [fault(path, id, `only sum and count meters add up; this one is ${meter.aggregation}`)];
}

function creditsFaults(
  meters: Meters,
  path: string,
  id: string,
  meter: Meter,
): CatalogueFault[] {
  const { rates, aggregation } = meter;
  if (id === CREDITS_METER && !rates) {
    return [fault(path, meter, 'the meter `credits` needs `rates`')];
  }
  if (!rates) return [];
  const here = at(path, 'rates');
  const faults: CatalogueFault[] = [];
  if (id !== CREDITS_METER) {
    faults.push(fault(here, rates, 'only the meter `credits` has rates'));
  }
  if (aggregation !== 'sum') {
    faults.push(fault(at(path, 'aggregation'), aggregation, 'credits are a sum'));
  }
  if (rates.length === 0) faults.push(fault(here, rates, 'names no rate'));
  const each = rates.flatMap((rate, index) => {
    const line = at(here, index);
    return [
      ...coveredRate(line, rate, rates.slice(0, index)),
      ...memberFaults(meters, at(line, 'meter'), rate.meter),
      ...whereFaults(at(line, 'where'), rate.where),
      ...creditFaults(at(line, 'creditsPerUnit'), rate.creditsPerUnit),
    ];
  });
  return [...faults, ...each];
}

/** The first rate that matches wins: one that an earlier one covers never does. */
function coveredRate(
  path: string,
  rate: CreditRate,
  earlier: readonly CreditRate[],
): CatalogueFault[] {
  const asked = canonicalJson(rate.where ?? null);
  const covers = ({ meter, where }: CreditRate) =>
    meter === rate.meter && (!where || canonicalJson(where) === asked);
  const index = earlier.findIndex(covers);
  if (index < 0) return [];
  return [fault(path, rate, `never applies: rates[${index}] matches all of it first`)];
}
