import type { InvoiceLine } from '../invoice.js';
import { billableQuantity } from '../meters.js';
import { pricedQuantity } from '../customer/reporting/pricedQuantity.js';
import { compare } from '../decimal.js';
import { sumDecimals } from '../quantity.js';
import { evidenceLine, evidenceSteps } from './evidence.js';
import {
  type Explained,
  type Ground,
  type LineExplanation,
  segmentStarting,
  type Step,
} from './explanation.js';
import { explainOwn } from './ownLine.js';
import { explainUsage, ratedUsage, type RatedUsage } from './usageLine.js';

/** A whole invoice explained, line by line. */

/** What came of it. */
export interface InvoiceExplanation {
  readonly steps: readonly Step[];
  /** False where any line, or the units of any meter, came out otherwise. */
  readonly equal: boolean;
}

/** Refs of lines that are no usage of the invoice's period. */
const OWN_REF = /^(base(\/|$)|late\/|net$|credit$|stripe\/)/;

/** Explains these lines of an invoice, then what stands behind each of their meters, once. */
export function explainInvoice(
  ground: Ground,
  invoice: Explained,
  lines: readonly InvoiceLine[],
): InvoiceExplanation {
  const steps: Step[] = [];
  const behind = new Map<string, Step[]>();
  let equal = true;
  for (const line of lines) {
    const { steps: own, equal: same } = explainLine(ground, invoice, line);
    steps.push(...own);
    equal &&= same;
    const usage = usageBehind(ground, line);
    if (!usage) continue;
    const late = line.ref.startsWith('late/');
    const units = late ? null : unitsStep(ground, invoice, usage);
    if (units?.figures['equal'] === false) equal = false;
    const evidence = [...(units ? [units] : []), ...evidenceSteps(ground, usage, late)];
    behind.set(`${late} ${usage.segment.index} ${usage.meter}`, evidence);
  }
  return { steps: [...steps, ...[...behind.values()].flat()], equal };
}

function explainLine(ground: Ground, invoice: Explained, line: InvoiceLine): LineExplanation {
  const usage = OWN_REF.test(line.ref) ? null : usageBehind(ground, line);
  return usage ? explainUsage(ground, line, usage) : explainOwn(ground, invoice, line);
}

/** The usage that a line bills, late or not; null for lines that bill none. */
function usageBehind(ground: Ground, { ref, meter, period }: InvoiceLine): RatedUsage | null {
  if (meter === undefined) return null;
  if (OWN_REF.test(ref) && !ref.startsWith('late/')) return null;
  return ratedUsage(ground, segmentStarting(ground, period.start), meter);
}

/** The entries of the log, added up one by one, against the fold and the lines of the meter. */
function unitsStep({ tally }: Ground, { lines }: Explained, usage: RatedUsage): Step {
  const { segment, meter, definition, units } = usage;
  const used = billableQuantity(definition, tally.of(segment.index, meter, false).total);
  const folded = billableQuantity(definition, segment.totals[meter]);
  const rated = lines.filter((line) => line.meter === meter && isRated(line));
  const onLines = sumDecimals(rated.map(({ quantity }) => String(quantity)));
  const billed = String(pricedQuantity(meter, units));
  const equal = used === folded && compare(onLines, billed) === 0;
  const entries = `entries add up to ${pricedQuantity(meter, used)}`;
  const text = `${entries}, ${billed} are billed, the lines of ${meter} rate ${onLines}`;
  return {
    line: evidenceLine(meter, false),
    step: 'check',
    text: equal ? text : `${text}: NOT EQUAL`,
    figures: { used, folded, billed, onLines, equal },
  };
}

function isRated({ ref }: InvoiceLine): boolean {
  return !ref.endsWith('/flat') && !OWN_REF.test(ref);
}
