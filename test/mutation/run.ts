import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';

/**
 * Alters every line of billing/ and demands that a mirrored test notices: `npm run mutation`, or
 * `npm run mutation -- limits holds` for some parts. Exits 1 below the floor. What survives is
 * told line by line; those that are equivalent stand in test/mutation/survivors/.
 */

/** Percent of mutants that tests must notice. */
const FLOOR_PERCENT = 90;

/** Parts: what is altered, and the tests that must notice. */
const PARTS: Readonly<Record<string, { readonly mutate: string[]; readonly tests: string[] }>> = {
  numbers: {
    mutate: ['billing/*.ts', '!billing/{cells,naming,branches}.ts', '!billing/p*.ts'],
    tests: ['test/billing/*.test.ts', 'test/billing/rating/*.test.ts'],
  },
  catalogue: {
    mutate: [
      'billing/{naming,branches,publication,planVersion,planMeters}.ts',
      'billing/faults/*.ts',
    ],
    tests: ['test/billing/*.test.ts', 'test/billing/faults/**/*.test.ts'],
  },
  ...Object.fromEntries(
    ['rating', 'limits', 'holds', 'credits', 'forecast', 'difference', 'customer'].map((part) => [
      part,
      { mutate: [`billing/${part}/*.ts`], tests: [`test/billing/${part}/**/*.test.ts`] },
    ]),
  ),
  windows: {
    mutate: ['billing/windows/*.ts', 'billing/{cells,period}.ts'],
    tests: ['test/billing/windows/*.test.ts', 'test/billing/{cells,period}.test.ts'],
  },
};

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REPORTS = join(ROOT, 'reports');

interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

interface Count {
  readonly file: string;
  readonly noticed: number;
  readonly all: number;
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, unknown>;
}

/** Runs one part and answers its counts by file; survivors are printed. */
function run(part: string): Count[] {
  const { mutate = [], tests = [] } = PARTS[part] ?? {};
  const report = join(REPORTS, `mutation-${part}.json`);
  const jest = { ...readJson('test/mutation/jest.config.json'), rootDir: ROOT };
  const testMatch = tests.map((path) => `**/${path}`);
  const options = {
    ...readJson('stryker.config.json'),
    mutate,
    jest: { config: { ...jest, testMatch }, enableFindRelatedTests: false },
    jsonReporter: { fileName: report },
    reporters: ['json'],
  };
  const config = join(REPORTS, `stryker-${part}.json`);
  writeFileSync(config, JSON.stringify(options));
  const stryker = join(ROOT, 'node_modules', '.bin', 'stryker');
  execFileSync(stryker, ['run', config], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  return countsOf(report);
}

function countsOf(report: string): Count[] {
  const { files } = JSON.parse(readFileSync(report, 'utf8')) as {
    readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
  };
  return Object.entries(files).map(([file, { mutants }]) => {
    const judged = mutants.filter(({ status }) => !['Ignored', 'CompileError'].includes(status));
    const missed = judged.filter(({ status }) => ['Survived', 'NoCoverage'].includes(status));
    for (const { status, mutatorName, replacement, location } of missed) {
      const at = `${file}:${location.start.line}:${location.start.column}`;
      process.stdout.write(`${status} ${at} ${mutatorName} ${replacement ?? ''}\n`);
    }
    return { file, noticed: judged.length - missed.length, all: judged.length };
  });
}

function percent({ noticed, all }: Omit<Count, 'file'>): string {
  return all === 0 ? '' : `${((100 * noticed) / all).toFixed(1)} %`;
}

function main(): void {
  const wanted = process.argv.slice(2);
  const parts = wanted.length > 0 ? wanted : Object.keys(PARTS);
  const unknown = parts.filter((part) => !Object.hasOwn(PARTS, part));
  const known = Object.keys(PARTS).join(', ');
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is not one of ${known}`);
  mkdirSync(REPORTS, { recursive: true });
  const table = new Table({ head: ['part', 'mutants', 'noticed', 'percent'] });
  const total = { noticed: 0, all: 0 };
  for (const part of parts) {
    const counts = run(part);
    const sum = { noticed: 0, all: 0 };
    for (const { noticed, all } of counts) {
      sum.noticed += noticed;
      sum.all += all;
    }
    total.noticed += sum.noticed;
    total.all += sum.all;
    table.push([part, sum.all, sum.noticed, percent(sum)]);
    process.stdout.write(`${part}: ${sum.noticed} of ${sum.all}, ${percent(sum)}\n`);
  }
  table.push(['all', total.all, total.noticed, percent(total)]);
  process.stdout.write(`${table.toString()}\n`);
  process.exitCode = 100 * total.noticed >= FLOOR_PERCENT * total.all ? 0 : 1;
}

main();
