import { creditsOf, CREDITS_METER } from '../quantity.js';
import { groupDigits } from '../money.js';
import { billableQuantity } from '../meters.js';
import { type Ground, type ReceiptedReport, type Step } from './explanation.js';
import { entriesText, type RatedUsage } from './usageLine.js';

/** What stands behind the usage lines of a meter: reports at Stripe, days, events of the log. */

/** What steps that all lines of a meter share stand under. */
export function evidenceLine(meter: string, late: boolean): string {
  return late ? `late usage of ${meter}` : `usage of ${meter}`;
}

/** Reports, then days, then events of one meter; `late`: what came after the fence. */
export function evidenceSteps(ground: Ground, usage: RatedUsage, late: boolean): Step[] {
  const line = evidenceLine(usage.meter, late);
  return [...(late ? [] : reportSteps(ground, usage)), ...usageSteps(ground, usage, line, late)];
}

function reportSteps({ reportsOf }: Ground, { segment, meter }: RatedUsage): Step[] {
  const { count, acceptedUnits, otherUnits, shown } = reportsOf(segment.index, meter);
  const others = otherUnits === 0 ? '' : `, ${units(meter, otherUnits)} not accepted`;
  const reports = count === 1 ? '1 report' : `${groupDigits(count)} reports`;
  const text = `${reports}: Stripe accepted ${units(meter, acceptedUnits)}${others}`;
  const figures = { reports: count, acceptedUnits, otherUnits };
  return [
    { line: evidenceLine(meter, false), step: 'reports', text, figures },
    ...shown.map((report) => reportStep(meter, report)),
  ];
}

function reportStep(meter: string, report: ReceiptedReport): Step {
  const { id, value, stampSeconds, state, receipt } = report;
  const stamp = new Date(stampSeconds * 1000).toISOString();
  const counted = receipt === null ? '' : `, receipt ${units(meter, receipt)}`;
  const text = `${id} at ${stamp.slice(0, 16)}Z: ${units(meter, value)}, ${state}${counted}`;
  return {
    line: evidenceLine(meter, false),
    step: 'report',
    text,
    figures: { identifier: id, stamp, value, state, receipt },
  };
}

function usageSteps(
  { tally }: Ground,
  { segment, meter, definition }: RatedUsage,
  line: string,
  late: boolean,
): Step[] {
  const { days, newest } = tally.of(segment.index, meter, late);
  const daySteps = days.map(({ day, entries, total }): Step => {
    const quantity = billableQuantity(definition, total);
    const text = `${day}: ${entriesText(entries)}, ${units(meter, quantity)}`;
    return { line, step: 'day', text, figures: { day, entries, quantity } };
  });
  const eventSteps = newest.map(({ id, kind, number, atMs, total }): Step => {
    const quantity = billableQuantity(definition, total);
    const at = new Date(atMs).toISOString();
    const where = `${id} (${kind}, log number ${number}) ${at.slice(0, 16)}Z`;
    const text = `${where}: ${units(meter, quantity)}`;
    return { line, step: 'event', text, figures: { event: id, kind, number, at, quantity } };
  });
  return [...daySteps, ...eventSteps];
}

function units(meter: string, quantity: number): string {
  if (meter === CREDITS_METER) return `${creditsOf(quantity)} credits`;
  return quantity < 0 ? `-${groupDigits(-quantity)}` : groupDigits(quantity);
}
