import type { CatalogueFault, PlanSnapshot } from '../catalogue.js';
import { fromWhole } from '../decimal.js';
import type { RatedLine } from '../invoice.js';
import { quantityFault, scaleOf, sumDecimals } from '../quantity.js';
import { exactCost, rateMeter } from './rateMeter.js';

/** Quantities of one period by meter: whole numbers; credits a decimal string. */
export type PeriodUsage = Readonly<Record<string, number | string>>;

/** What one period costs. */
export interface Rating {
  readonly currency: string;
  readonly lines: readonly RatedLine[];
  readonly subtotalMinor: number;
}

/** Usage that can't be rated; every fault of it, with its path and value. */
export class UsageFaultsError extends Error {
  constructor(readonly faults: readonly CatalogueFault[]) {
    const texts = faults.map((fault) => `${fault.path}: ${fault.message}`);
    super(`usage can't be rated: ${texts.join('; ')}`);
    this.name = 'UsageFaultsError';
  }
}

function usageFaults(snapshot: PlanSnapshot, usage: PeriodUsage): CatalogueFault[] {
  const faults: CatalogueFault[] = [];
  for (const [meterId, quantity] of Object.entries(usage)) {
    const meter = Object.hasOwn(snapshot.meters, meterId) ? snapshot.meters[meterId] : undefined;
    const message = meter
      ? quantityFault(quantity, scaleOf(meter))
      : 'is no meter of the catalogue';
    if (message !== null) faults.push({ path: `usage.${meterId}`, value: quantity, message });
  }
  return faults;
}

/** Calls `visit` for each priced meter of the usage, in the order of the plan's prices. */
function ratePriced<Result>(
  snapshot: PlanSnapshot,
  usage: PeriodUsage,
  visit: (...priced: Parameters<typeof rateMeter>) => Result,
): Result[] {
  const faults = usageFaults(snapshot, usage);
  if (faults.length > 0) throw new UsageFaultsError(faults);
  const results: Result[] = [];
  for (const [meterId, price] of Object.entries(snapshot.plan.prices ?? {})) {
    const meter = snapshot.meters[meterId];
    const quantity = Object.hasOwn(usage, meterId) ? usage[meterId] : undefined;
    if (!meter || quantity === undefined) continue;
    results.push(visit(meterId, meter, price, quantity));
  }
  return results;
}

/** The line of a plan's base amount; none for a plan without one. */
export function baseLines(snapshot: PlanSnapshot): RatedLine[] {
  const amountMinor = snapshot.plan.baseAmountMinor ?? 0;
  if (amountMinor === 0) return [];
  return [
    {
      ref: 'base',
      description: snapshot.plan.name,
      quantity: 1,
      unitAmountMinor: fromWhole(amountMinor),
      amountMinor,
    },
  ];
}

/**
 * What this usage of one period costs under a plan: the lines of its priced meters in the order
 * of the plan, then the base. Each line is rounded, then they are summed. A meter without a price
 * costs nothing.
 * @throws UsageFaultsError with all faults: unknown meters, quantities that are not whole.
 */
export function rate(snapshot: PlanSnapshot, usage: PeriodUsage): Rating {
  const lines = [...ratePriced(snapshot, usage, rateMeter).flat(), ...baseLines(snapshot)];
  const subtotalMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  if (!Number.isSafeInteger(subtotalMinor)) {
    throw new RangeError(`a subtotal beyond 2^53-1 minor units: ${subtotalMinor}`);
  }
  return { currency: snapshot.currency, lines, subtotalMinor };
}

/**
 * The usage alone, exact and unrounded, without the base: a decimal string of minor units.
 * @throws UsageFaultsError as `rate`.
 */
export function rateExact(snapshot: PlanSnapshot, usage: PeriodUsage): string {
  return sumDecimals(ratePriced(snapshot, usage, exactCost));
}
