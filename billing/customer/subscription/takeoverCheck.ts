import type { Interval } from '../../catalogue.js';
import { compare, multiply } from '../../decimal.js';
import { periodBounds, periodIndexAt } from '../../period.js';
import type { BaseCharge } from '../../takeover.js';
import type { FoundItem, FoundSubscription, TakeoverPlan, Wanted } from './foundSubscription.js';
import { planKey } from '../periods/segments.js';

/** Whether a running subscription can be billed by a plan, and what it lacks for that. */

/** Stripe takes no more (Subscriptions.d.ts). */
const ITEMS_MAX = 20;

/** Items that come later have no whole minute left to count in. */
const LEFT_MIN_SECONDS = 120;

/** Judges a subscription: the first reason against it, in words, or what is to be done. */
export function checkTakeover(found: FoundSubscription, wanted: Wanted): TakeoverPlan {
  const refused = whyNot(found, wanted);
  if (refused !== null) return { refused: `${found.subscription} ${refused}` };
  const { items } = found;
  const before = items.filter(({ isNew }) => !isNew);
  const charge = baseCharge(before, wanted);
  const missing = wanted.prices.filter(({ price, meter }) => {
    if (meter === null) return charge.base === 'added';
    return before.every((item) => item.price !== price);
  });
  if (before.length + missing.length > ITEMS_MAX) {
    const count = `${before.length} items and ${missing.length} to come`;
    return { refused: `${found.subscription} has ${count}; Stripe takes ${ITEMS_MAX}.` };
  }
  const startSeconds = items[0]?.startSeconds ?? 0;
  const periods = periodsSince(found, wanted.plan.plan.interval) ?? 0;
  return {
    refused: null,
    missing: missing.map(({ price }) => price),
    ...charge,
    startSeconds,
    periods,
  };
}

function whyNot(found: FoundSubscription, wanted: Wanted): string | null {
  return whyNotAsItStands(found, wanted) ?? whyNotUnder(found, wanted);
}

/** What speaks against it whatever the plan. */
function whyNotAsItStands(
  { status, customer, isSent, isScheduled, items }: FoundSubscription,
  wanted: Wanted,
): string | null {
  if (status !== 'active' && status !== 'trialing') {
    return `is ${status}: only one that is active or trialing can be taken over.`;
  }
  if (wanted.customer !== null && customer !== wanted.customer) {
    return `belongs to ${customer}, not to ${wanted.customer}.`;
  }
  if (isSent) return 'is paid by invoices that are sent: let it charge automatically first.';
  if (isScheduled) return 'is run by a schedule at Stripe: release that first.';
  const [first] = items;
  if (!first) return 'has no items.';
  if (first.endSeconds - wanted.nowSeconds < LEFT_MIN_SECONDS) {
    return `is at the end of its period: ask again after ${textOf(first.endSeconds)}.`;
  }
  return null;
}

/** What speaks against it under this plan. */
function whyNotUnder(found: FoundSubscription, { plan, prices }: Wanted): string | null {
  const { currency, items, metersElsewhere } = found;
  const { interval } = plan.plan;
  if (currency !== plan.currency) {
    return `is in ${currency}, ${planKey(plan)} in ${plan.currency}.`;
  }
  const other = items.find((item) => item.interval !== interval || item.intervalCount !== 1);
  if (other) {
    const each = `${other.intervalCount} ${other.interval}`;
    return `is billed every ${each}, ${planKey(plan)} every 1 ${interval}.`;
  }
  const ours = new Map(prices.map((price) => [price.price, price]));
  const meters = new Set(prices.flatMap(({ stripeMeter }) => stripeMeter ?? []));
  const double = items.find(({ price, meter }) => meter && meters.has(meter) && !ours.has(price));
  if (double) {
    return `has ${double.id}, which bills the meter ${double.meter} as well: remove it first.`;
  }
  const elsewhere = metersElsewhere.find((meter) => meters.has(meter));
  if (elsewhere !== undefined) {
    return `is not the only one of ${found.customer} that bills the meter ${elsewhere}.`;
  }
  if (periodsSince(found, interval) === null) {
    const end = textOf(items[0]?.endSeconds ?? 0);
    return `is in a period that its anchor does not give: ask again after ${end}.`;
  }
  return null;
}

/** Whole periods from the anchor to the one that runs; null: it is none of the anchor's. */
function periodsSince(
  { status, anchorSeconds, items }: FoundSubscription,
  interval: Interval,
): number | null {
  if (status === 'trialing') return 0;
  const anchorMs = anchorSeconds * 1000;
  const startMs = (items[0]?.startSeconds ?? 0) * 1000;
  const endMs = (items[0]?.endSeconds ?? 0) * 1000;
  const periods = periodIndexAt(anchorMs, interval, startMs);
  const bounds = periodBounds(anchorMs, interval, periods);
  return bounds.startMs === startMs && bounds.endMs === endMs ? periods : null;
}

/**
 * Nobody pays a base twice: an item of our price or of the same amount charges it; where others
 * charge another amount they go on with it, and our base is added only where nobody charges one.
 */
function baseCharge(
  before: readonly FoundItem[],
  { plan, prices }: Wanted,
): { base: BaseCharge; baseItem: string | null; otherItems: readonly string[] } {
  const inAdvance = before.filter(({ meter }) => meter === null);
  const ours = prices.find(({ meter }) => meter === null);
  const own = ours && inAdvance.find(({ price }) => price === ours.price);
  const amount = String(plan.plan.baseAmountMinor ?? 0);
  const item = ours && (own ?? inAdvance.find((candidate) => costs(candidate, amount)));
  if (item) return { base: 'charged', baseItem: item.id, otherItems: [] };
  const otherItems = inAdvance.map(({ id }) => id);
  if (otherItems.length > 0) return { base: 'others', baseItem: null, otherItems };
  return { base: ours ? 'added' : 'charged', baseItem: null, otherItems };
}

function costs({ unitAmountMinor, quantity }: FoundItem, amountMinor: string): boolean {
  if (unitAmountMinor === null) return false;
  return compare(multiply(unitAmountMinor, String(quantity)), amountMinor) === 0;
}

function textOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
