import type { Command } from 'commander';
import type { Catalogue, CatalogueFault, PlanSnapshot } from '../../billing/catalogue.js';
import { formatMinor, groupDigits } from '../../billing/money.js';
import { mergePublication } from '../../billing/publication.js';
import {
  type PeriodUsage,
  rate,
  type Rating,
  UsageFaultsError,
} from '../../billing/rating/rate.js';
import { repeatedKeys } from '../../catalogue/repeatedKeys.js';
import { faultText, printJson, readCatalogue } from '../catalogueFile.js';
import { CommandFailed } from '../commandFailed.js';
import { figuresTable } from '../figuresTable.js';

interface RateOptions {
  readonly catalogue: string;
  readonly plan: string;
  readonly usage: string;
  readonly json?: true;
}

/** Adds `durabill rate`: what this usage of one period costs; pure, no server. */
export function register(program: Command): void {
  program
    .command('rate')
    .description('what usage of one period costs under a plan; needs no server')
    .requiredOption('--catalogue <file>', 'catalogue: .json, .ts or .js')
    .requiredOption('--plan <id[@version]>', 'plan of the catalogue, such as pro or pro@2')
    .requiredOption('--usage <json>', 'quantities by meter, such as \'{"tokens": 2345678}\'')
    .option('--json', 'print {currency, lines, subtotalMinor}')
    .action(run);
}

async function run(options: RateOptions): Promise<void> {
  const usage = parseUsage(options.usage);
  const json = options.json === true;
  const catalogue = await readCatalogue(options.catalogue, json);
  const rating = rateOrRefuse(findPlan(catalogue, options.plan), usage);
  if (json) printJson(rating);
  else process.stdout.write(`${ratingTable(rating)}\n`);
}

function parseUsage(text: string): PeriodUsage {
  let usage: unknown;
  try {
    usage = JSON.parse(text);
  } catch {
    throw new CommandFailed(`--usage is no JSON: ${text}`, 2);
  }
  if (usage === null || typeof usage !== 'object' || Array.isArray(usage)) {
    throw new CommandFailed(`--usage must be an object of quantities by meter: ${text}`, 2);
  }
  const repeated = repeatedKeys(text);
  if (repeated.length > 0) throw new CommandFailed(repeated.map(usageText).join('\n'), 2);
  return usage as PeriodUsage;
}

/** A fault found within `--usage`, as the faults of its quantities are told. */
function usageText(found: CatalogueFault): string {
  return faultText({ ...found, path: `usage.${found.path}` });
}

/** @throws CommandFailed 2 for a plan or version that the catalogue does not have. */
function findPlan(catalogue: Catalogue, name: string): PlanSnapshot {
  const publication = mergePublication(null, catalogue, 'test');
  if ('conflicts' in publication) throw new Error('a first publication has no conflicts');
  const { snapshots, newest } = publication.published;
  const wanted = Object.hasOwn(newest, name) ? `${name}@${newest[name]}` : name;
  const snapshot = Object.hasOwn(snapshots, wanted) ? snapshots[wanted] : undefined;
  if (snapshot) return snapshot;
  const known = Object.keys(snapshots).join(', ') || 'none';
  throw new CommandFailed(`There is no plan ${name}; the catalogue has: ${known}.`, 2);
}

function rateOrRefuse(snapshot: PlanSnapshot, usage: PeriodUsage): Rating {
  try {
    return rate(snapshot, usage);
  } catch (error) {
    if (error instanceof UsageFaultsError) {
      throw new CommandFailed(error.faults.map(faultText).join('\n'), 2);
    }
    if (error instanceof RangeError) throw new CommandFailed(error.message, 2);
    throw error;
  }
}

function ratingTable({ currency, lines, subtotalMinor }: Rating): string {
  const rows = lines.map((line) => [
    line.ref,
    line.description,
    typeof line.quantity === 'number' ? groupDigits(line.quantity) : line.quantity,
    formatMinor(line.unitAmountMinor, currency),
    formatMinor(String(line.amountMinor), currency),
  ]);
  const subtotal = ['', 'subtotal', '', '', formatMinor(String(subtotalMinor), currency)];
  return figuresTable(['line', 'description', 'quantity', 'unit', 'amount'], 2, [
    ...rows,
    subtotal,
  ]);
}
