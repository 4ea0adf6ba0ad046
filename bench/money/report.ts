import { groupDigits } from '../../billing/money.js';
import { figuresTable } from '../../cli/figuresTable.js';
import { callsOf, isOfTestClock, type CallCounts } from './calls.js';
import type { BusyFigures } from './busy.js';
import type { CloseFigures } from './close.js';
import type { DecisionTimes } from './decisions.js';
import type { MoneyFigures } from './money.js';

/** Calls to Stripe per 1,000 usage events of a busy customer: at most this. */
const CALLS_MAX = 1;

/** A customer counts as busy from so many events a second on. */
const BUSY_PER_SECOND = 10;

const grouped = (value: number): string => groupDigits(String(value));

/** Calls for usage, by rate. */
export function busyTable({ busy }: MoneyFigures): string {
  const head = ['events/s', 'events', 'meters', 'reports', 'others', 'per 1,000', 'with the close'];
  const rows = busy.map((one: BusyFigures) => [
    grouped(one.eventsPerSecond),
    grouped(one.events),
    String(one.meters),
    String(one.reports),
    String(one.others),
    one.perThousandEvents.toFixed(3),
    one.withClosePerThousand.toFixed(3),
  ]);
  return figuresTable(head, 0, rows);
}

/** Calls of a close, by kind; those of test clocks last. */
export function callsTable({ calls, customers }: CloseFigures): string {
  const rank = (kind: string): number => (isOfTestClock(kind) ? 1 : 0);
  const rows = Object.entries(calls)
    .toSorted(([a, one], [b, other]) => rank(a) - rank(b) || other.calls - one.calls)
    .map(([kind, { calls: count, failed }]) => [
      kind,
      (count / customers).toFixed(2),
      grouped(count),
      grouped(failed),
    ]);
  return figuresTable(['Stripe calls', 'a close', 'all', 'refused'], 1, rows);
}

/** Activities of a close. */
export function activitiesTable({ history }: CloseFigures): string {
  const rows = Object.entries(history.activities).map(([name, mean]) => [name, mean.toFixed(2)]);
  return figuresTable(['activity', 'a close'], 1, rows);
}

function decisionsText({ p50Ms, p95Ms, p99Ms, longestMs, failed }: DecisionTimes): string {
  const times = `p50 ${p50Ms}, p95 ${p95Ms}, p99 ${p99Ms}, longest ${longestMs} ms`;
  return failed === 0 ? times : `${times}, ${failed} FAILED`;
}

function liveCalls(calls: CallCounts): number {
  return callsOf(calls, (kind) => !isOfTestClock(kind));
}

function closeLines(close: CloseFigures): string[] {
  const { customers, paidSeconds, toldSeconds, calls, history, decisions } = close;
  const live = liveCalls(calls);
  const clocks = callsOf(calls, isOfTestClock);
  const sum = Object.values(history.activities).reduce((all, mean) => all + mean, 0);
  const cpu = Object.entries(close.cpuMsEach).map(([name, ms]) => `${name} ${ms ?? 'unknown'}`);
  return [
    `${grouped(customers)} customers, one end of the period: the first invoice paid after` +
      ` ${paidSeconds.first} s, half of them after ${paidSeconds.middle} s,` +
      ` THE LAST AFTER ${paidSeconds.last} s (all told after ${toldSeconds} s).`,
    `A close: ${(live / customers).toFixed(1)} calls to Stripe` +
      ` (${Math.round(live / paidSeconds.last)} a second), ${(clocks / customers).toFixed(1)} of` +
      ` test clocks beside them; ${sum.toFixed(1)} activities (${history.repeats} repeats),` +
      ` ${history.workflowTasks} workflow tasks, ${history.events} events of history.`,
    `CPU of a close, ms: ${cpu.join(', ')}.`,
    `Decisions before:    ${decisionsText(decisions.before)}.`,
    `Decisions meanwhile: ${decisionsText(decisions.meanwhile)}.`,
  ];
}

function busyLines(busy: readonly BusyFigures[]): string[] {
  const rows = busy.filter(({ eventsPerSecond }) => eventsPerSecond >= BUSY_PER_SECOND);
  if (rows.length === 0) return [];
  const worst = Math.max(...rows.map(({ perThousandEvents }) => perThousandEvents));
  const verdict = worst <= CALLS_MAX ? 'met' : 'MISSED';
  return [
    `A busy customer (${BUSY_PER_SECOND} events/s and more): at most ${worst} calls per 1,000` +
      ` events; required ${CALLS_MAX} ${verdict}.`,
  ];
}

/** What the figures say, in sentences. */
export function moneyLines({ busy, close, faults }: MoneyFigures): string[] {
  return [
    ...busyLines(busy),
    ...(close ? closeLines(close) : []),
    ...faults.slice(0, 20).map((fault) => `WRONG: ${fault}`),
    faults.length === 0
      ? 'Every invoice is right to the cent here and at Stripe: nothing lost, nothing twice.'
      : `${faults.length} invoices or sums are wrong.`,
  ];
}

/** All tables. */
export function moneyTables(figures: MoneyFigures): string[] {
  const { close, busy } = figures;
  return [
    ...(busy.length > 0 ? [busyTable(figures)] : []),
    ...(close ? [callsTable(close), activitiesTable(close)] : []),
  ];
}
