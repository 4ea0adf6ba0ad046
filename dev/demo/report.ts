import { formatMinor, groupDigits } from '../../billing/money.js';
import { figuresTable } from '../../cli/figuresTable.js';
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

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Puts the customers' years together, and checks what concerns all of them: no call is lost. */
export function reportOf(
  calls: readonly TraceCall[],
  years: readonly CustomerYear[],
  elapsedSeconds: number,
): DemoReport {
  const months = years.flatMap((year) => year.months);
  const usage = years.flatMap((year) => year.usage);
  const totals: readonly (readonly [string, number, number])[] = [
    ['calls', sum(usage.map((one) => one.calls)), calls.length],
    [
      'input tokens',
      sum(usage.map((one) => one.inputTokens)),
      sum(calls.map((one) => one.inputTokens)),
    ],
    [
      'output tokens',
      sum(usage.map((one) => one.outputTokens)),
      sum(calls.map((one) => one.outputTokens)),
    ],
  ];
  const lost = totals
    .filter(([, counted, traced]) => counted !== traced)
    .map(([what, counted, traced]) => `${counted} ${what} are billed, the trace has ${traced}`);
  const clocksMoved = months.filter(({ closedNow }) => closedNow).length;
  const invoicesChanged = sum(years.map(({ changed }) => changed.length));
  const invoicesMade = sum(years.map(({ made }) => made.length));
  return {
    calls: calls.length,
    billedCalls: totals[0]?.[1] ?? 0,
    recorded: sum(months.map(({ recorded }) => recorded)),
    duplicates: sum(months.map(({ duplicate }) => duplicate)),
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
      ...lost,
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
  const laws = report.customers.map(({ id, invoices, invoicedMinor, lawMinor }) => {
    const verdict = invoicedMinor === lawMinor ? '=' : 'is NOT';
    const sums = `${money(invoicedMinor)} ${verdict} ${money(lawMinor)}`;
    return `  ${id.padEnd(12)} ${String(invoices).padStart(2)} invoices, ${sums}`;
  });
  const repeated = report.recorded === 0 && report.clocksMoved === 0;
  return [
    "The law: a customer's invoices = rate over twelve closed periods + the base of the next.",
    ...laws,
    `${groupDigits(report.billedCalls)} of ${groupDigits(report.calls)} calls are billed, each once:` +
      ` ${groupDigits(report.recorded)} recorded now, ${groupDigits(report.duplicates)} duplicates.`,
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
