import type { Meter, Price } from '../catalogue.js';
import { invoicedUnits } from '../customer/invoice/prediction.js';
import { pricedQuantity } from '../customer/reporting/pricedQuantity.js';
import { billedUnits } from '../customer/reporting/reporting.js';
import { snapshotOf } from '../customer/periods/segments.js';
import type { InvoiceLine, RatedLine } from '../invoice.js';
import { billableQuantity } from '../meters.js';
import { groupDigits } from '../money.js';
import { CREDITS_METER } from '../quantity.js';
import { exactCosts, rateMeter } from '../rating/rateMeter.js';
import type { Segment } from '../state.js';
import { checkStep, type Ground, type LineExplanation, type Step } from './explanation.js';

/** Lines of usage: quantity by price, exact, then rounded once. */

/** What a usage line is rated from. */
export interface RatedUsage {
  readonly segment: Segment;
  readonly meter: string;
  readonly definition: Meter;
  readonly price: Price;
  /** Units that the invoice rates; whole, micro-credits for credits. */
  readonly units: number;
}

/** The usage behind the lines of a meter; null where the segment's plan has no such price. */
export function ratedUsage(
  { state }: Ground,
  segment: Segment,
  meter: string,
): RatedUsage | null {
  const snapshot = snapshotOf(state, segment.plan);
  const price = snapshot.plan.prices?.[meter];
  const definition = snapshot.meters[meter];
  if (!price || !definition) return null;
  const units = segment.frozen
    ? invoicedUnits(state, segment, meter, price)
    : billedUnits(state, segment, meter);
  return { segment, meter, definition, price, units };
}

/** A usage line from its price version to its amount. */
export function explainUsage(
  ground: Ground,
  line: InvoiceLine,
  usage: RatedUsage,
): LineExplanation {
  const { meter, definition, price, units } = usage;
  const quantity = pricedQuantity(meter, units);
  const lines = rateMeter(meter, definition, price, quantity);
  const index = lines.findIndex(({ ref }) => ref === line.ref);
  const rated = lines[index];
  const exactMinor = exactCosts(meter, definition, price, quantity)[index];
  const steps = [priceStep(ground, line, usage), quantityStep(ground, line, usage)];
  if (!rated || exactMinor === undefined) {
    return { steps: [...steps, checkStep(line.ref, 0, line.amountMinor)], ...unequal(line) };
  }
  const equal = rated.amountMinor === line.amountMinor && isSame(rated, line);
  return {
    steps: [
      ...steps,
      ...arithmetic(rated, exactMinor),
      checkStep(line.ref, rated.amountMinor, line.amountMinor),
    ],
    recomputedMinor: rated.amountMinor,
    equal,
  };
}

/** A line that the usage does not give: right only where it costs nothing and nothing is used. */
function unequal({ amountMinor }: InvoiceLine) {
  return { recomputedMinor: 0, equal: amountMinor === 0 };
}

function isSame(rated: RatedLine, line: InvoiceLine): boolean {
  const quantities = String(rated.quantity) === String(line.quantity);
  return quantities && rated.unitAmountMinor === line.unitAmountMinor;
}

function priceStep({ state }: Ground, line: InvoiceLine, usage: RatedUsage): Step {
  const { segment, meter, price } = usage;
  const { id, version, revision } = snapshotOf(state, segment.plan);
  const each = price.type === 'package' && line.packages !== undefined ? 'a package' : 'a unit';
  const text = `${id}@${version}: ${meter} is ${price.type}, ${line.unitAmountMinor} ${each} here`;
  const figures = { plan: id, version, revision, meter, price: price.type };
  return {
    line: line.ref,
    step: 'price',
    text,
    figures: { ...figures, unitAmountMinor: line.unitAmountMinor },
  };
}

/** How many units the whole meter has on this invoice, and where they come from. */
function quantityStep(ground: Ground, line: InvoiceLine, usage: RatedUsage): Step {
  const { segment, meter, definition, units } = usage;
  const { entries, total } = ground.tally.of(segment.index, meter, false);
  const used = billableQuantity(definition, total);
  const fence = ground.fenceOf(segment.index);
  const until = fence === null ? 'so far' : `before the fence at log number ${fence}`;
  const all = `${entriesText(entries)} ${until}: ${unitsText(meter, used)} ${meter}`;
  const text = `${all}${differing(meter, used, units)}; here ${shown(line.quantity)}`;
  const figures = { period: segment.index, entries, fence, used: String(used) };
  return {
    line: line.ref,
    step: 'quantity',
    text,
    figures: { ...figures, billed: String(units), quantity: String(line.quantity) },
  };
}

function differing(meter: string, used: number, units: number): string {
  if (used === units) return '';
  if (meter === CREDITS_METER && units < used) {
    const paid = unitsText(meter, used - units);
    return `, ${paid} paid by the account, ${unitsText(meter, units)} billed`;
  }
  const why = units > used ? 'Stripe was told before a void' : 'Stripe finalised with';
  return `, ${why} ${unitsText(meter, units)}`;
}

function unitsText(meter: string, units: number): string {
  return shown(pricedQuantity(meter, units));
}

/** `1 entry`, `1,234 entries`. */
export function entriesText(entries: number): string {
  return entries === 1 ? '1 entry' : `${groupDigits(entries)} entries`;
}

/** `1,234,567`; a decimal as it is. */
export function shown(quantity: number | string): string {
  return typeof quantity === 'number' ? groupDigits(quantity) : quantity;
}

function arithmetic(rated: RatedLine, exactMinor: string): Step[] {
  const { ref, packages, quantity, unitAmountMinor, amountMinor } = rated;
  const sold = packages === 1 ? '1 package' : `${packages} packages`;
  const what = packages === undefined ? '' : `${shown(quantity)} in ${sold}: `;
  const factor = packages ?? quantity;
  const product = `${shown(factor)} x ${unitAmountMinor} = ${exactMinor}`;
  const figures = { factor: String(factor), unitAmountMinor, exactMinor };
  const isWhole = exactMinor === String(amountMinor);
  const rounded = `${exactMinor} is ${amountMinor}, half away from zero`;
  const rounding = isWhole ? `${exactMinor} is whole` : rounded;
  return [
    { line: ref, step: 'arithmetic', text: `${what}${product}`, figures },
    { line: ref, step: 'rounding', text: rounding, figures: { exactMinor, amountMinor } },
  ];
}
