import { type Command, InvalidArgumentError } from 'commander';
import type { Percentiles } from '../../billing/migration/percentiles.js';
import { totalsOf, usagePercentiles } from '../../billing/migration/totals.js';
import { creditsOf, microCreditsOf } from '../../billing/quantity.js';
import { apiAccess, postToApi, type ApiAccess } from '../apiAccess.js';
import { printJson } from '../catalogueFile.js';
import { CommandFailed } from '../commandFailed.js';
import {
  billsTable,
  migrationPage,
  totalsText,
  usageTable,
  type MigrationRow,
  type Spread,
} from '../migrationTables.js';
import { progressLine } from '../progressLine.js';

/** `durabill migrate`: the safe way from one plan version to the next, over the API. */

/** Customers that one request is about. */
const PAGE = 200;

interface Options {
  readonly to: number;
  readonly report?: true;
  readonly apply?: true;
  readonly notify?: true;
  readonly customers?: readonly string[];
  readonly json?: true;
}

const EXPLAINED = `
PLAN: pro@1, or pro for all versions before VERSION. Of each customer the whole periods that ended
in the last 90 days are rated under both versions, else the open one so far.
--report changes nothing. --apply moves each customer at the end of its period, unless it is
grandfathered or another change waits there; a repeat is harmless. Where the first full period
costs over 10 % more than before, its invoice gives the difference back.

Exit code: 0 done, 1 refused, 2 wrong use or no API.`;

/** Adds `migrate`. `findApi`: how the API is found; tests give their own. */
export function register(program: Command, findApi: () => Promise<ApiAccess> = apiAccess): void {
  program
    .command('migrate')
    .description('the safe way from one plan version to the next')
    .argument('<plan>', 'such as pro@1, or pro for all versions before')
    .requiredOption('--to <version>', 'version to move to', version)
    .option('--report', "each customer's bills under both; changes nothing")
    .option('--apply', 'move each at the end of its period')
    .option('--notify', 'tell customers ahead (not there yet)')
    .option('--customers <ids>', 'these alone, with commas', ids)
    .option('--json', 'print {percentiles, totals, data}')
    .addHelpText('after', EXPLAINED)
    .action((plan: string, options: Options) => run(findApi, plan, options));
}

function version(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a version such as 2.');
}

function ids(text: string): readonly string[] {
  const named = text.split(',').map((id) => id.trim());
  if (!named.includes('')) return named;
  throw new InvalidArgumentError('must be ids of customers with commas between.');
}

/** @throws CommandFailed 2 for none of them, or more than one. */
function modeOf({ report, apply, notify }: Options): 'report' | 'apply' {
  const given = [report, apply, notify].filter(Boolean).length;
  if (given !== 1) throw new CommandFailed('Say one of --report, --apply.', 2);
  if (!notify) return apply ? 'apply' : 'report';
  const now = 'Use --report, and write to them yourself.';
  throw new CommandFailed(`--notify is not there yet. ${now}`, 2);
}

async function run(
  findApi: () => Promise<ApiAccess>,
  plan: string,
  options: Options,
): Promise<void> {
  const mode = modeOf(options);
  const access = await findApi();
  const { to, currency, data } = await allPages(access, {
    plan,
    to: options.to,
    mode,
    customers: options.customers,
  });
  const totals = totalsOf(data);
  const percentiles = percentilesOf(data);
  if (options.json) {
    printJson({ plan, to, mode, currency, percentiles, totals, data, nextCursor: null });
    return;
  }
  const name = `${to.id}@${to.version}`;
  if (data.length === 0) {
    process.stdout.write(`Nobody is on ${plan}: there is nothing to move to ${name}.\n`);
    return;
  }
  const tables = [usageTable(percentiles), billsTable(data, name, currency)];
  process.stdout.write(`${tables.join('\n\n')}\n\n${totalsText(totals, name, currency)}\n`);
  if (mode === 'apply') process.stdout.write(`${movedText(data)}\n`);
}

interface Asked {
  readonly plan: string;
  readonly to: number;
  readonly mode: 'report' | 'apply';
  readonly customers: readonly string[] | undefined;
}

/** All customers, page by page; a page that is asked again asks nothing new. */
async function allPages(access: ApiAccess, asked: Asked) {
  const progress = await progressLine();
  const limit = asked.customers ? undefined : PAGE;
  const data: MigrationRow[] = [];
  try {
    for (let cursor: string | undefined; ; ) {
      progress.show(`${data.length} customers`);
      const body = { ...asked, limit, cursor };
      const page = migrationPage.parse(await postToApi(access, '/v1/migrations', body));
      data.push(...page.data);
      if (page.nextCursor === null) return { to: page.to, currency: page.currency, data };
      cursor = page.nextCursor;
    }
  } finally {
    progress.end();
  }
}

/** Over all pages; only credits are texts. */
function percentilesOf(rows: readonly MigrationRow[]): Record<string, Spread> {
  const credits = new Set<string>();
  const units = rows.map(({ usage }) => {
    const whole = Object.entries(usage).map(([meter, used]) => {
      if (typeof used === 'number') return [meter, used] as const;
      credits.add(meter);
      return [meter, microCreditsOf(used)] as const;
    });
    return Object.fromEntries(whole);
  });
  const spreads = Object.entries(usagePercentiles(units)).map(([meter, spread]) => {
    return [meter, credits.has(meter) ? inCredits(spread) : spread] as const;
  });
  return Object.fromEntries(spreads);
}

function inCredits(spread: Percentiles): Spread {
  const shown = Object.entries(spread).map(([rank, units]) => [rank, creditsOf(units)] as const);
  return Object.fromEntries(shown) as Spread;
}

function movedText(rows: readonly MigrationRow[]): string {
  const moving = rows.filter(({ applied }) => applied).length;
  return `${moving} of ${rows.length} move at the end of their period.`;
}
