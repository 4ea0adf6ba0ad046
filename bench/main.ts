import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGE_FOLDER } from '../cli/tsxProgram.js';
import { computerShape } from './computer.js';
import { decisionFaults, measureDecisions } from './decisions/decisions.js';
import { measureHttp } from './decisions/http.js';
import { decisionLines, httpTable, pairsTable, raceTable } from './decisions/report.js';
import { idleTable, measureIdle } from './idle/idle.js';
import { measureIngest } from './ingest/ingest.js';
import { machineShape } from './ingest/machine.js';
import { cpuTable, ingestLines, ingestTable } from './ingest/report.js';
import { WORKLOADS } from './ingest/workload.js';
import { measureMoney } from './money/money.js';
import { moneyLines, moneyTables } from './money/report.js';
import { rulesLines, rulesTable } from './rules/report.js';
import { measureRules } from './rules/rules.js';

const HELP = `npm run bench -- ingest|rules|decisions|idle|money
                 [--rounds N] [--only A,B] [--customers N] [--json]

ingest: durable, deduplicated usage events a second through HTTP, on a fresh embedded stack:
batches of 100 into one customer and into 1,000, and single events from 100 connections; 5 % are
repeats. rules: the pure rules in one process: rating an invoice of 10 meters x 5 tiers, one
decision for one of 10,000 active users under two limits, and folding a million events into sums.
decisions: reserve and commit by Redis Lua, by GET and INCRBY with BullMQ, by one Temporal Update
each, and ours (exact, with leases, with a lease in the caller), 1 to 256 clients; a cap that 64
clients race for; and over HTTP at fixed rates. idle: 10,000 customers that do nothing.
money: calls to Stripe for a busy customer's usage, and many customers whose period ends in the
same minute, from that end to the last invoice paid.
Prints a table and writes bench/results/NAME.json.
  --only A,B     contestants of \`decisions\`, \`http\` for the part over HTTP; of \`money\`: busy,
                 close
  --rounds N     measured rounds of each workload, after a warm-up (5)
  --customers N  of \`money\` (1000)
  --json         print the results as JSON
Exit code: 0 every result is right, 1 something is wrong (lost, counted twice, over a cap), 2 wrong
use.
`;

const ROUNDS_MAX = 50;
const CUSTOMERS_MAX = 10_000;

/** What a benchmark came to. */
interface Outcome {
  readonly result: object;
  /** What is printed for people. */
  readonly parts: readonly string[];
  readonly isRight: boolean;
}

type Benchmark = (
  rounds: number,
  only: readonly string[],
  customers: number,
) => Outcome | Promise<Outcome>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = { ingest, rules, decisions, idle, money };

interface Options {
  readonly name: string;
  readonly benchmark: Benchmark;
  readonly rounds: number;
  readonly only: readonly string[];
  readonly customers: number;
  readonly json: boolean;
}

/** @throws RangeError for anything but 1 to `max`. */
function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new RangeError(`--${option} must be 1 to ${max}: ${text}`);
}

/** @throws RangeError or TypeError for wrong use. */
function givenOptions(): Options | null {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      customers: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const rounds = wholeNumber('rounds', values.rounds, ROUNDS_MAX);
  const customers = wholeNumber('customers', values.customers, CUSTOMERS_MAX);
  const name = positionals.join(' ');
  const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
  if (!benchmark) {
    const known = Object.keys(BENCHMARKS).join(', ');
    throw new RangeError(`there is no benchmark "${name}"; there are: ${known}`);
  }
  const only = values.only === '' ? [] : values.only.split(',');
  return { name, benchmark, rounds, only, customers, json: values.json };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function ingest(rounds: number): Promise<Outcome> {
  const machine = machineShape();
  const figures = await measureIngest(WORKLOADS, {
    rounds,
    catalogueFile: join(PACKAGE_FOLDER, 'bench/ingest/catalogue.json'),
    say,
  });
  return {
    result: { machine, ...figures },
    parts: [ingestTable(figures), cpuTable(figures), ...ingestLines(figures, machine)],
    isRight: figures.faults.length === 0,
  };
}

function rules(rounds: number): Outcome {
  const machine = computerShape();
  const figures = measureRules(rounds, say);
  return {
    result: { machine, rules: figures },
    parts: [rulesTable(figures), ...rulesLines(figures, machine)],
    isRight: figures.every(({ faults }) => faults.length === 0),
  };
}

/** Races of 1,000 units, and the length of one measured run. */
const RACES = 20;
const RUN_MS = 2_000;

async function decisions(rounds: number, only: readonly string[]): Promise<Outcome> {
  const machine = machineShape();
  const order = { rounds, durationMs: RUN_MS, raceRounds: RACES, say };
  const named = only.filter((name) => name !== 'http');
  const isAll = only.length === 0;
  const figures = await measureDecisions(order, isAll ? undefined : named);
  const http =
    isAll || only.includes('http') ? await measureHttp(rounds, 2 * RUN_MS, say) : [];
  return {
    result: { machine, ...figures, http },
    parts: [pairsTable(figures), raceTable(figures), httpTable(http), ...decisionLines(figures)],
    isRight: decisionFaults(figures).length === 0,
  };
}

async function idle(): Promise<Outcome> {
  const machine = machineShape();
  const figures = await measureIdle(10_000, say);
  return { result: { machine, ...figures }, parts: [idleTable(figures)], isRight: true };
}

async function money(
  _rounds: number,
  only: readonly string[],
  customers: number,
): Promise<Outcome> {
  const machine = machineShape();
  const figures = await measureMoney({ customers, only, say });
  return {
    result: { machine, ...figures },
    parts: [...moneyTables(figures), ...moneyLines(figures)],
    isRight: figures.faults.length === 0,
  };
}

/** @returns true when every result is right. */
async function run(options: Options): Promise<boolean> {
  const { name, benchmark, rounds, only, customers, json } = options;
  const { result, parts, isRight } = await benchmark(rounds, only, customers);
  const described = { benchmark: name, date: new Date().toISOString(), ...result };
  const text = `${JSON.stringify(described, null, 2)}\n`;
  writeFileSync(join(PACKAGE_FOLDER, `bench/results/${name}.json`), text);
  process.stdout.write(json ? text : `${parts.join('\n')}\n`);
  return isRight;
}

async function main(): Promise<void> {
  let options: Options | null;
  try {
    options = givenOptions();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  if (options === null) process.stdout.write(HELP);
  else process.exitCode = (await run(options)) ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
