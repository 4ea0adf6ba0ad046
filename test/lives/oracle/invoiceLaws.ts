import type { Price } from '../../../billing/catalogue.js';
import type { Invoice, InvoiceLine } from '../../../billing/invoice.js';
import { invoiceOf, isFinalisedThere, linesOf, sumOf, textOf, type Facts } from './facts.js';
import { naiveCost, naiveLines, naiveUnused, rounded } from './naivePrice.js';
import type { Period } from './timeline.js';

/** Each invoice against the log, rated by hand, to the cent. Answers what differs, in words. */

const MINUTE_MS = 60_000;

/** The prices of a period's plan. */
export function pricesOf({ plan }: Period): readonly (readonly [string, Price])[] {
  return Object.entries(plan.plan.prices ?? {});
}

const baseOf = ({ plan, trial }: Period) => (trial ? 0 : (plan.plan.baseAmountMinor ?? 0));

/** Whether a period is billed at all, and over. */
export function isBilled({ priced, trial, endMs }: Period, untilMs: number): boolean {
  return priced && !trial && endMs <= untilMs;
}

/** Every law about single invoices. */
export function invoiceFaults(facts: Facts): string[] {
  const { periods, untilMs } = facts;
  return [
    ...facts.invoices.flatMap(sumFaults),
    ...periods.filter(({ priced }) => priced).flatMap((period) => startFaults(facts, period)),
    ...periods
      .filter((period) => isBilled(period, untilMs))
      .flatMap((period) => [...baseFaults(facts, period), ...usageFaults(facts, period)]),
    ...strangerFaults(facts),
  ];
}

function differs(what: string, expected: unknown, found: unknown): string[] {
  const same = JSON.stringify(expected) === JSON.stringify(found);
  return same ? [] : [`${what}: ${JSON.stringify(expected)} by hand, ${JSON.stringify(found)}`];
}

function sumFaults({ id, lines, subtotalMinor }: Invoice): string[] {
  return differs(`${id} subtotal`, sumOf(lines), subtotalMinor);
}

function startFaults(facts: Facts, period: Period): string[] {
  const base = baseOf(period);
  const expected = period.starts && base > 0 ? [['base', base]] : [];
  const invoice = invoiceOf(facts, period, 'start');
  const found = (invoice?.lines ?? []).map(({ ref, amountMinor }) => [ref, amountMinor]);
  return differs(`start of period ${period.index}`, expected, found);
}

/** Base, base/change and base/unused of the invoice that a period ends with. */
function baseFaults(facts: Facts, period: Period): string[] {
  const next = facts.periods.find(({ index }) => index === period.index + 1);
  const expected: Record<string, number> = {};
  if (period.end === 'time' && next) {
    expected['base'] = baseOf(period);
    expected['base/change'] = baseOf(next) - baseOf(period);
  }
  if (period.end === 'change') {
    const left = (period.plannedEndMs - period.endMs) / MINUTE_MS;
    const all = (period.plannedEndMs - period.paidFromMs) / MINUTE_MS;
    expected['base/unused'] = naiveUnused(baseOf(period), left, all);
  }
  if (period.overran) expected['base'] = baseOf(period);
  const invoice = invoiceOf(facts, period, 'close');
  const faults = ['base', 'base/change', 'base/unused'].flatMap((ref) => {
    const isChange = ref === 'base/change';
    const own = invoice?.lines.filter((line) => !isChange || !isOf(line, period)) ?? [];
    const lines = isChange && period.end === 'time' ? changesTo(facts, next) : own;
    const found = sumOf(lines.filter((line) => line.ref === ref));
    return differs(`${ref} of period ${period.index}`, expected[ref] ?? 0, found);
  });
  const back = period.overran ? baseOf(period) : 0;
  const found = givenBack(facts, invoice);
  return [...faults, ...differs(`credit of period ${period.index}`, back, found)];
}

/** On the invoice before it, or on its own, where Stripe had finalised that one without us. */
function changesTo({ invoices }: Facts, next: Period | undefined) {
  return next ? invoices.flatMap(({ lines }) => lines).filter((line) => isOf(line, next)) : [];
}

function isOf({ period }: InvoiceLine, { startMs }: Period): boolean {
  return period.start === textOf(startMs);
}

/** What an invoice gives back: as a line, or by credit notes at Stripe. */
function givenBack({ account }: Facts, invoice: Invoice | undefined): number {
  const notes = account.store
    .all('creditNote')
    .filter((note) => note.invoice === invoice?.stripe?.invoice)
    .map(({ amount }) => ({ amountMinor: amount }));
  return sumOf(notes) - sumOf(linesOf(invoice, 'credit'));
}

/** Usage lines are those of what stood at the fence; what came after it is late, nothing lost. */
function usageFaults(facts: Facts, period: Period): string[] {
  const invoice = invoiceOf(facts, period, 'close');
  return pricesOf(period).flatMap(([meter, price]) => {
    const { frozen, peak, all, hasVoids } = facts.usage(period.index, meter);
    const lines = linesOf(invoice, meter);
    const where = `${meter} of period ${period.index} (${period.plan.id})`;
    const shown = lines.filter(({ ref }) => !ref.endsWith('/flat'));
    const told = shown.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    const isTold = isFinalisedThere(facts, invoice)
      ? told <= peak
      : hasVoids && told >= frozen && told <= peak;
    const units = isTold ? told : frozen;
    const billed = naiveLines(price, units).map(({ exact }) => rounded(exact, 'away'));
    const late = lateOf(facts, period, meter);
    return [
      ...differs(where, costly(billed), costly(lines.map(({ amountMinor }) => amountMinor))),
      ...(invoice ? differs(`${where}, units`, units, told) : []),
      ...differs(
        `late ${where}`,
        naiveCost(price, all) - naiveCost(price, units),
        sumOf(late),
      ),
    ];
  });
}

function costly(amounts: readonly number[]): number[] {
  return amounts.filter((amount) => amount !== 0).sort((a, b) => a - b);
}

/** What was billed late of a period, on whatever invoice. */
export function lateOf({ invoices }: Facts, { startMs, endMs }: Period, meter: string) {
  const start = textOf(startMs);
  // A period of no time has no usage, and another begins where it does.
  if (startMs === endMs) return [];
  return invoices
    .flatMap((invoice) => linesOf(invoice, `late/${meter}`))
    .filter(({ period }) => period.start === start);
}

/** No invoice of a period that has none, and no line that nobody asked for. */
function strangerFaults({ invoices, periods }: Facts): string[] {
  const starts = new Set(periods.filter((one) => one.priced).map((one) => textOf(one.startMs)));
  const meters = new Set(periods.flatMap((period) => pricesOf(period).map(([meter]) => meter)));
  return invoices.flatMap((invoice) => {
    const strange = invoice.lines.filter(({ ref }) => {
      const [head = '', meter = ''] = ref.split('/');
      if (head === 'late') return !meters.has(meter);
      return head !== 'base' && head !== 'credit' && !meters.has(head);
    });
    const known = starts.has(invoice.period.start);
    return [
      ...(known ? [] : [`${invoice.id} is of no period: ${invoice.period.start}`]),
      ...strange.map(({ ref }) => `${invoice.id} has a line ${ref}`),
    ];
  });
}

/**
 * Over the whole life: the subtotals are what the periods cost, and what evens out a base that was
 * paid in advance (CONTRACT §4.6). Of the open period it is the base alone.
 */
export function lifelongFaults(facts: Facts): string[] {
  const { periods, invoices, untilMs } = facts;
  const cost = periods.reduce((sum, period) => {
    const extra = period.overran ? (period.plan.plan.baseAmountMinor ?? 0) : 0;
    if (!period.priced || period.trial) return sum + extra;
    const usage = pricesOf(period).map(([meter, price]) =>
      naiveCost(price, facts.usage(period.index, meter).all),
    );
    const isOver = period.endMs <= untilMs;
    return sum + baseOf(period) + extra + (isOver ? usage.reduce((all, one) => all + one, 0) : 0);
  }, 0);
  const unused = sumOf(
    invoices.flatMap((invoice) => [
      ...linesOf(invoice, 'base/unused'),
      ...linesOf(invoice, 'credit'),
    ]),
  );
  const billed = invoices.reduce((sum, { subtotalMinor }) => sum + subtotalMinor, 0);
  return differs('the sum of a life', cost + unused, billed);
}
