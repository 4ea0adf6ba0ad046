import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ReconcileDeps } from '../../activities/reconcile/deps.js';
import {
  reconcileCustomer,
  type ReconcileOptions,
  USUAL_OPTIONS,
} from '../../activities/reconcile/reconcile.js';
import type { Mode } from '../../billing/catalogue.js';
import type { CustomerKey } from '../../billing/log.js';
import type { Difference } from '../../billing/reconcile/difference.js';
import { groupDigits } from '../../billing/money.js';
import { printJson } from '../catalogueFile.js';
import { CommandFailed } from '../commandFailed.js';
import { figuresTable } from '../figuresTable.js';
import { customerNamed, withMoney } from '../moneyAccess.js';

/** `durabill reconcile`: ledger against workflow against Stripe, now. */

/** Customers read at a time, and reconciled at once. */
const PAGE = 200;
const CONCURRENCY = 4;

interface Options {
  readonly mode?: Mode;
  readonly json?: true;
  readonly dryRun?: true;
  readonly settled: number;
}

interface Row extends Difference {
  readonly mode: Mode;
}

const EXPLAINED = `
Compared, customer by customer: the log folded anew and the workflow's state, stored reports and
what the workflow and the log say of them, Stripe's counts of the open and the last period, and
the newest invoices, line by line. What is only on its way is looked at a second time.
Too little at Stripe is sent again, once, under its own identifier. Too much is never changed.

Exit code: 0 no difference, 1 any difference, 2 wrong use or missing server.`;

/** Adds `reconcile`. */
export function register(program: Command): void {
  program
    .command('reconcile')
    .description('ledger against workflow against Stripe; exit 1 on any difference')
    .argument('[customer]', 'id of a customer; without it all of them')
    .addOption(new Option('--mode <mode>', 'default: both').choices(['test', 'live']))
    .option('--json', 'print an array, one row for each difference')
    .option('--dry-run', 'repair nothing')
    .option(
      '--settled <seconds>',
      'time Stripe may take to count a report; younger ones may be missing',
      seconds,
      USUAL_OPTIONS.settledMs / 1000,
    )
    .addHelpText('after', EXPLAINED)
    .action(run);
}

function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be whole seconds.');
}

async function run(customer: string | undefined, options: Options): Promise<void> {
  const { mode, json } = options;
  const { rows, customers } = await withMoney(async (deps) => {
    if (customer === undefined) return reconcileAll(deps, options);
    const key = await customerNamed(deps.ledger, customer, mode);
    await requireAlive(deps, key);
    return { rows: await rowsOf(deps, key, options), customers: 1 };
  });
  if (json) printJson(rows);
  else if (rows.length > 0) process.stdout.write(`${table(rows)}\n\n${details(rows)}\n`);
  const counted = `${groupDigits(customers)} ${customers === 1 ? 'customer' : 'customers'}`;
  const found = rows.length === 1 ? '1 difference' : `${rows.length} differences`;
  if (rows.length > 0) throw new CommandFailed(`${counted}: ${found}.`);
  if (!json) process.stdout.write(`${counted}: no difference.\n`);
}

/** Of a deleted customer nothing runs that could be compared. @throws CommandFailed 2. */
async function requireAlive({ ledger }: ReconcileDeps, { mode, customer }: CustomerKey) {
  const row = await ledger.customers.find(mode, customer);
  if (row?.deletion) throw new CommandFailed(`${customer} is deleted; its invoices stay.`, 2);
}

async function rowsOf(deps: ReconcileDeps, key: CustomerKey, options: Options): Promise<Row[]> {
  const how: ReconcileOptions = {
    ...USUAL_OPTIONS,
    repair: options.dryRun !== true,
    settledMs: options.settled * 1000,
  };
  const { differences } = await reconcileCustomer(deps, key, how);
  return differences.map((difference) => ({ mode: key.mode, ...difference }));
}

async function reconcileAll(deps: ReconcileDeps, options: Options) {
  const rows: Row[] = [];
  let customers = 0;
  for (const mode of options.mode ? [options.mode] : (['live', 'test'] as const)) {
    for (let after: string | undefined, more = true; more;) {
      const page = await deps.ledger.customers.list({ mode, after, limit: PAGE });
      rows.push(...(await reconcilePage(deps, page.map(({ key }) => key), options)));
      customers += page.length;
      after = page.at(-1)?.key.customer;
      more = page.length === PAGE;
    }
  }
  return { rows, customers };
}

/** A few at once, the rows in the order of the customers. */
async function reconcilePage(
  deps: ReconcileDeps,
  keys: readonly CustomerKey[],
  options: Options,
): Promise<Row[]> {
  const found = new Map<CustomerKey, Row[]>();
  const queue = [...keys];
  const work = async (): Promise<void> => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
      found.set(key, await rowsOf(deps, key, options));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return keys.flatMap((key) => found.get(key) ?? []);
}

function table(rows: readonly Row[]): string {
  const head = ['', 'customer', 'where', 'period', 'meter', 'action'];
  const cells = rows.map((row, index) => {
    const { customer, where, segment, meter, action, expected, found, difference } = row;
    const about = [String(index + 1), customer, where, String(segment ?? ''), meter ?? '', action];
    return [...about, ...[expected, found, difference].map(grouped)];
  });
  return figuresTable([...head, 'expected', 'found', 'difference'], head.length, cells);
}

function grouped(number: string): string {
  return number.startsWith('-') ? `-${groupDigits(number.slice(1))}` : groupDigits(number);
}

/** What each row is about; too long for a table. */
function details(rows: readonly Row[]): string {
  const texts = rows.map(({ detail, events }, index) => {
    const ids = events && events.length > 0 ? `\n   events: ${events.join(', ')}` : '';
    return `${index + 1}. ${detail}${ids}`;
  });
  return texts.join('\n');
}
