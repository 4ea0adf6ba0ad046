import { formatMinor, groupDigits } from '../../billing/money.js';
import { figuresTable } from '../../cli/figuresTable.js';
import { sumOf } from './chance.js';
import type { CustomerYear } from './customerYear.js';
import type { TraceCall } from './trace.js';

/** What the run came to, as `--json` prints it. */
export interface DemoReport {
  readonly calls: number;
  readonly billedCalls: number;
  readonly recorded: number;
  readonly duplicates: number;
  readonly clocksMoved: number;
  readonly invoicesMade: number;
  readonly invoicesChanged: number;
  readonly customers: readonly {
    readonly id: string;
    readonly invoices: number;
    readonly invoicedMinor: number;
    readonly lawMinor: number;
  }[];
  readonly invoices: readonly object[];
  readonly elapsedSeconds: number;
  /** Empty: every sum agrees. */
  readonly disagreements: readonly string[];
}

/** Calls and tokens of the trace that are billed to nobody, or to somebody twice. */
function lostCalls(calls: readonly TraceCall[], years: readonly CustomerYear[]): string[] {
  const usage = years.flatMap((year) => year.usage);
  const totals: readonly (readonly [string, readonly number[], readonly number[]])[] = [
    ['calls', usage.map((one) => one.calls), calls.map(() => 1)],
    ['input tokens', usage.map((one) => one.inputTokens), calls.map((one) => one.inputTokens)],
    ['output tokens', usage.map((one) => one.outputTokens), calls.map((one) => one.outputTokens)],
  ];
  return totals
    .filter(([, billed, traced]) => sumOf(billed) !== sumOf(traced))
    .map(([what, billed, traced]) => {
      return `${sumOf(billed)} ${what} are billed, the trace has ${sumOf(traced)}`;
    });
}

/** Puts the customers' years together, and checks what concerns all of them: no call is lost. */
export function reportOf(
  calls: readonly TraceCall[],
  years: readonly CustomerYear[],
  elapsedSeconds: number,
): DemoReport {
  const months = years.flatMap((year) => year.months);
  const clocksMoved = months.filter(({ closedNow }) => closedNow).length;
  const invoicesChanged = sumOf(years.map(({ changed }) => changed.length));
  const invoicesMade = sumOf(years.map(({ made }) => made.length));
  return {
    calls: calls.length,
    billedCalls: sumOf(years.flatMap(({ usage }) => usage.map((one) => one.calls))),
    recorded: sumOf(months.map(({ recorded }) => recorded)),
    duplicates: sumOf(months.map(({ duplicate }) => duplicate)),
    clocksMoved,
    invoicesMade,
    invoicesChanged,
    customers: years.map(({ id, verdict }) => ({
      id,
      invoices: verdict.rows.length,
      invoicedMinor: verdict.invoicedMinor,
      lawMinor: verdict.lawMinor,
    })),
    invoices: years.flatMap(({ verdict }) => verdict.rows),
    elapsedSeconds,
    disagreements: [
      ...years.flatMap(({ verdict }) => verdict.disagreements),
      ...lostCalls(calls, years),
      ...(clocksMoved === 0 && invoicesMade + invoicesChanged > 0
        ? [`${invoicesMade} invoices are new and ${invoicesChanged} changed without any reason`]
        : []),
    ],
  };
}

/** Every invoice: what was predicted, what the engine billed, what Stripe says, whether paid. */
export function invoiceTable(years: readonly CustomerYear[], currency: string): string {
  const money = (minor: number | null) =>
    minor === null ? 'none' : formatMinor(String(minor), currency);
  const rows = years.flatMap(({ verdict }) =>
    verdict.rows.map((row) => [
      row.customer,
      row.reason,
      `${row.start.slice(0, 10)} to ${row.end.slice(0, 10)}`,
      row.status,
      money(row.predictedMinor),
      money(row.invoicedMinor),
      money(row.stripeMinor),
    ]),
  );
  const head = ['customer', 'reason', 'period', 'status', 'predicted', 'invoiced', 'Stripe'];
  return figuresTable(head, 4, rows);
}

/** The end of the story, in sentences. */
export function closingLines(report: DemoReport, currency: string): string[] {
  const money = (minor: number) => formatMinor(String(minor), currency);
  const width = Math.max(...report.customers.map(({ id }) => id.length));
  const laws = report.customers.map(({ id, invoices, invoicedMinor, lawMinor }) => {
    const verdict = invoicedMinor === lawMinor ? '=' : 'is NOT';
    const sums = `${money(invoicedMinor)} ${verdict} ${money(lawMinor)}`;
    return `  ${id.padEnd(width)}  ${String(invoices).padStart(2)} invoices, ${sums}`;
  });
  const repeated = report.recorded === 0 && report.clocksMoved === 0;
  return [
    "The law: a customer's invoices = rate over twelve closed periods + the base of the next.",
    ...laws,
    `${groupDigits(report.billedCalls)} of ${groupDigits(report.calls)} calls are billed,` +
      ` each once: ${groupDigits(report.recorded)} recorded now,` +
      ` ${groupDigits(report.duplicates)} duplicates.`,
    ...(repeated
      ? [
          'All of it was there already: no clock moved,' +
            ` ${report.invoicesMade} invoices new, ${report.invoicesChanged} changed.`,
        ]
      : []),
    ...report.disagreements.map((text) => `DISAGREES: ${text}`),
    report.disagreements.length === 0
      ? `Everything agrees to the cent. ${report.elapsedSeconds} s.`
      : `${report.disagreements.length} disagreements. ${report.elapsedSeconds} s.`,
  ];
}
