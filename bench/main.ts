import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGE_FOLDER } from '../cli/tsxProgram.js';
import { measureIngest } from './ingest/ingest.js';
import { machineShape } from './ingest/machine.js';
import { cpuTable, ingestLines, ingestTable } from './ingest/report.js';
import { WORKLOADS } from './ingest/workload.js';

const HELP = `npm run bench -- ingest [--rounds N] [--json]

Durable, deduplicated usage events a second through HTTP, on a fresh embedded stack: batches of
100 into one customer and into 1,000, and single events from 100 connections; 5 % are repeats.
Prints a table and writes bench/results/ingest.json.
  --rounds N  measured rounds of each workload, after a warm-up (5)
  --json      print the results as JSON
Exit code: 0 every sum is right, 1 something was lost or counted twice, 2 wrong use.
`;

const ROUNDS_MAX = 50;

interface Options {
  readonly rounds: number;
  readonly json: boolean;
}

/** @throws RangeError or TypeError for wrong use. */
function givenOptions(): Options | null {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX) {
    throw new RangeError(`--rounds must be 1 to ${ROUNDS_MAX}: ${values.rounds}`);
  }
  if (positionals.join() !== 'ingest') {
    throw new RangeError(`there is no benchmark "${positionals.join(' ')}"; there is: ingest`);
  }
  return { rounds, json: values.json };
}

/** @returns true when every sum is right. */
async function runIngest({ rounds, json }: Options): Promise<boolean> {
  const machine = machineShape();
  const figures = await measureIngest(WORKLOADS, {
    rounds,
    catalogueFile: join(PACKAGE_FOLDER, 'bench/ingest/catalogue.json'),
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const result = { benchmark: 'ingest', date: new Date().toISOString(), machine, ...figures };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  writeFileSync(join(PACKAGE_FOLDER, 'bench/results/ingest.json'), text);
  if (json) process.stdout.write(text);
  else {
    const parts = [ingestTable(figures), cpuTable(figures), ...ingestLines(figures, machine)];
    process.stdout.write(`${parts.join('\n')}\n`);
  }
  return figures.faults.length === 0;
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
  else process.exitCode = (await runIngest(options)) ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
