import type { PackagePrice, Price, VolumePrice } from '../catalogue.js';
import { fromWhole } from '../decimal.js';
import { at } from '../faults/fault.js';
import { bandsOf, type Stretch, stretches } from './bands.js';
import { amountChange, type Difference, type PlanChange, planDifference } from './difference.js';
import {
  amountDifference,
  includedDifference,
  otherScheme,
  type PriceChange,
} from './priceChange.js';
import { type UnitPrice, unitPriceDifferences } from './unitPriceDifferences.js';
import { meterWords, packageWords, rangeWords } from './wording.js';

/** How the price of one meter changed. */

/** What a changed price of a meter means to a customer; empty when both prices bill alike. */
export function priceDifferences(
  change: PlanChange,
  id: string,
  before: Price,
  after: Price,
): Difference[] {
  const pricePath = at(at(change.path, 'prices'), id);
  const units = meterWords(change.after.meters, id);
  const within: PriceChange = { ...change, pricePath, units };
  return [...schemeDifferences(within, before, after), ...overageDifference(within, before, after)];
}

function schemeDifferences(change: PriceChange, before: Price, after: Price): Difference[] {
  if (isUnitPrice(before) && isUnitPrice(after)) return unitPriceDifferences(change, before, after);
  const included = () => includedDifference(change, before.included ?? 0, after.included ?? 0);
  if (before.type === 'volume' && after.type === 'volume') {
    return [...included(), ...volumeDifferences(change, before, after)];
  }
  if (before.type === 'package' && after.type === 'package') {
    return [...included(), ...packageDifference(change, before, after)];
  }
  return [otherScheme(change, before, after)];
}

function isUnitPrice(price: Price): price is UnitPrice {
  return price.type === 'perUnit' || price.type === 'graduated';
}

function volumeDifferences(
  change: PriceChange,
  before: VolumePrice,
  after: VolumePrice,
): Difference[] {
  const [was, is] = [bandsOf(before.tiers), bandsOf(after.tiers)];
  const beyond = before.included || after.included ? ' beyond those included' : '';
  const words = ({ from, upTo }: Stretch): string => {
    const range = rangeWords(from, upTo);
    return range === '' ? change.units : `${change.units}, when ${range} are used${beyond}`;
  };
  const each = stretches(was, is, 0, (band) => band.unitAmountMinor);
  const once = stretches(was, is, 0, (band) => fromWhole(band.flatAmountMinor));
  return [
    ...each.flatMap((stretch) => amountDifference(change, stretch, words(stretch), ' each')),
    ...once.flatMap((stretch) => amountDifference(change, stretch, words(stretch), ' once')),
  ];
}

function packageDifference(
  change: PriceChange,
  before: PackagePrice,
  after: PackagePrice,
): Difference[] {
  const was = packageWords(before, change.before.currency);
  const is = packageWords(after, change.after.currency);
  if (was === is) return [];
  const alike = before.size === after.size && (before.round ?? 'up') === (after.round ?? 'up');
  const amounts = amountChange(change, before.packageAmountMinor, after.packageAmountMinor);
  const kind = alike && amounts ? amounts.kind : 'other';
  const text = `${change.units}: ${was} → ${is}`;
  return [planDifference(change, change.pricePath, kind, text)];
}

function overageDifference(change: PriceChange, before: Price, after: Price): Difference[] {
  const [was, is] = [before.overage === 'block', after.overage === 'block'];
  if (was === is) return [];
  const words = (block: boolean) => (block ? 'refused' : 'charged');
  const text = `${change.units} beyond those included: ${words(was)} → ${words(is)}`;
  return [planDifference(change, at(change.pricePath, 'overage'), 'other', text)];
}
