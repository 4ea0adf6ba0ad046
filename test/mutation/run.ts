import Table from 'cli-table3';
import { fileURLToPath } from 'node:url';
import { mutationRun } from './mutate.js';
import { partsOf, testFilesOf, type Part } from './parts.js';
import {
  countsByFile,
  isNoticed,
  judged,
  percent,
  sourcesIn,
  sumCounts,
  survivorLine,
  type Count,
} from './tally.js';

/**
 * Alters every line of billing/ and demands that a mirrored test notices: `npm run mutation`, or
 * `npm run mutation -- limits holds` for some parts, or with paths of single files of billing/.
 * Exits 1 when a part is below the floor. What survives is told line by line; why it may is said
 * in test/mutation/survivors/.
 */

/** Percent of the mutants of each part that tests must notice. */
const FLOOR_PERCENT = 90;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function isBelowFloor({ noticed, all }: Count): boolean {
  return 100 * noticed < FLOOR_PERCENT * all;
}

/** Runs one part and answers its counts by file; survivors are printed. */
async function run(part: Part): Promise<Map<string, Count>> {
  const report = `reports/mutation-${part.name.replaceAll('/', '-')}.json`;
  const testFiles = testFilesOf(part, ROOT);
  const mutants = await mutationRun({ mutate: part.mutate, testFiles, report });
  const sources = sourcesIn(report);
  for (const mutant of judged(mutants)) {
    if (!isNoticed(mutant)) process.stdout.write(`${survivorLine(mutant, ROOT, sources)}\n`);
  }
  return countsByFile(mutants, ROOT);
}

/** Parts by name; `billing/limits/judge.ts` is the part limits, altered in that file alone. */
function partOf(word: string, all: readonly Part[]): Part {
  const folder = /^billing\/(\w+)\/[\w/]+\.ts$/.exec(word)?.[1];
  const part = all.find(({ name }) => name === (folder ?? word));
  const known = all.map(({ name }) => name).join(', ');
  if (!part) throw new Error(`${word} is no file of billing and not one of ${known}`);
  return folder === undefined ? part : { ...part, name: word, mutate: [word] };
}

async function main(words: readonly string[]): Promise<void> {
  const all = partsOf(ROOT);
  const parts = words.length > 0 ? words.map((word) => partOf(word, all)) : all;
  process.chdir(ROOT);
  const table = new Table({
    head: ['part', 'mutants', 'noticed', 'percent', 'seconds'],
    style: { head: [], border: [] },
  });
  const sums: Count[] = [];
  const started = performance.now();
  for (const part of parts) {
    const from = performance.now();
    const counts = await run(part);
    const sum = sumCounts(counts.values());
    sums.push(sum);
    const seconds = Math.round((performance.now() - from) / 1000);
    table.push([part.name, sum.all, sum.noticed, percent(sum), seconds]);
    process.stdout.write(`${part.name}: ${sum.noticed} of ${sum.all}, ${percent(sum)}\n`);
    for (const [file, count] of counts) {
      if (isBelowFloor(count)) process.stdout.write(`  below: ${file} ${percent(count)}\n`);
    }
  }
  const total = sumCounts(sums);
  const seconds = Math.round((performance.now() - started) / 1000);
  table.push(['all', total.all, total.noticed, percent(total), seconds]);
  process.stdout.write(`${table.toString()}\n`);
  process.exitCode = sums.some(isBelowFloor) ? 1 : 0;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
