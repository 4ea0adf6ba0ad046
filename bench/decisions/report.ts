import Table from 'cli-table3';
import { groupDigits } from '../../billing/money.js';
import type { DecisionFigures } from './decisions.js';
import type { HttpFigures } from './http.js';

/** Tables of the benchmark of decisions. */

const digits = (value: number): string => groupDigits(String(value));

/** One row for each contestant and number of clients. */
export function pairsTable({ contestants }: DecisionFigures): string {
  const head = ['contestant', 'clients', 'pairs/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU us/pair'];
  const table = new Table({ head: [...head, 'lost', 'twice', 'failed'] });
  for (const { name, runs } of contestants) {
    for (const run of runs) {
      const { clients, pairsPerSecond, p50Ms, p95Ms, p99Ms, cpuMicros } = run;
      const { lost, twice, failed } = run;
      const latencies = [p50Ms, p95Ms, p99Ms, cpuMicros ?? '-'];
      table.push([name, clients, digits(pairsPerSecond), ...latencies, lost, twice, failed]);
    }
  }
  return table.toString();
}

/** What each granted of a cap that many want. */
export function raceTable({ contestants }: DecisionFigures): string {
  const table = new Table({ head: ['contestant', 'rounds', 'most of 1,000', 'over the cap'] });
  for (const { name, race } of contestants) {
    if (race) table.push([name, race.rounds, digits(race.mostGranted), digits(race.overshoot)]);
  }
  return table.toString();
}

/** Latencies over HTTP at fixed rates. */
export function httpTable(figures: readonly HttpFigures[]): string {
  const head = ['server', 'requests', 'a second', 'p50 ms', 'p95 ms', 'p99 ms', 'failed'];
  const table = new Table({ head });
  for (const { name, kind, perSecond, p50Ms, p95Ms, p99Ms, failed } of figures) {
    table.push([name, kind, digits(perSecond), p50Ms, p95Ms, p99Ms, failed]);
  }
  return table.toString();
}

/** What each contestant is, and what could not be run. */
export function decisionLines({ contestants, absent }: DecisionFigures): string[] {
  const known = contestants.map(({ name, what }) => `${name}: ${what}.`);
  return [...known, ...absent.map(({ name, reason }) => `${name}: not run, ${reason}.`)];
}
