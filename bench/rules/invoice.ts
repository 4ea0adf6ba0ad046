import type { Meter, PlanSnapshot, Price, Tier } from '../../billing/catalogue.js';
import { rate } from '../../billing/rating/rate.js';
import { type Measured, timed } from './measure.js';

/** Rating an invoice of 10 meters with 5 tiers each: 50 lines and the base. */

const METERS = 10;
const TIER_UNITS = 1_000_000;

/** Unit amounts of the tiers, in units of 10^-4 minor units: 0.0009 down to 0.0005. */
const TENTHOUSANDTHS = [9n, 8n, 7n, 6n, 5n];
const BASE_MINOR = 2_900;
const INVOICES = 2_000;

const names = Array.from({ length: METERS }, (_, index) => `meter-${index}`);

function priceOf(): Price {
  const tiers = TENTHOUSANDTHS.map((amount, index): Tier => {
    const last = index === TENTHOUSANDTHS.length - 1;
    return { upTo: last ? 'inf' : (index + 1) * TIER_UNITS, unitAmountMinor: `0.000${amount}` };
  });
  return { type: 'graduated', tiers };
}

const SNAPSHOT: PlanSnapshot = {
  id: 'bench',
  version: 1,
  revision: 1,
  currency: 'usd',
  meters: Object.fromEntries(
    names.map((id): [string, Meter] => [id, { name: id, unit: 'unit', aggregation: 'sum' }]),
  ),
  plan: {
    name: 'Bench',
    interval: 'month',
    baseAmountMinor: BASE_MINOR,
    prices: Object.fromEntries(names.map((id) => [id, priceOf()])),
  },
};

/** Every meter reaches its last tier, each with its own quantity. */
function usageOf(invoice: number): Record<string, number> {
  const beyond = (index: number) => (invoice * 7_919 + index * 104_729) % 999_983;
  return Object.fromEntries(names.map((id, index) => [id, 4 * TIER_UNITS + 1 + beyond(index)]));
}

/** The same in whole numbers alone, line by line. */
function expectedMinor(usage: Readonly<Record<string, number>>): bigint {
  let sum = BigInt(BASE_MINOR);
  for (const quantity of Object.values(usage)) {
    TENTHOUSANDTHS.forEach((amount, index) => {
      const last = index === TENTHOUSANDTHS.length - 1;
      const units = last ? BigInt(quantity - index * TIER_UNITS) : BigInt(TIER_UNITS);
      sum += (2n * units * amount + 10_000n) / 20_000n;
    });
  }
  return sum;
}

/** The benchmark. */
export function invoiceRating(): Measured {
  const usages = Array.from({ length: INVOICES }, (_, invoice) => usageOf(invoice));
  const expected = usages.reduce((sum, usage) => sum + expectedMinor(usage), 0n);
  return {
    name: 'rate an invoice',
    what: `${METERS} meters x ${TENTHOUSANDTHS.length} tiers and a base, 51 lines`,
    calls: INVOICES,
    goalMicros: null,
    round: () => {
      let total = 0;
      const elapsedMs = timed(() => {
        for (const usage of usages) total += rate(SNAPSHOT, usage).subtotalMinor;
      });
      const right = BigInt(total) === expected;
      return { elapsedMs, fault: right ? null : `${total} minor units, not ${expected}` };
    },
  };
}
