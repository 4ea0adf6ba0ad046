import { type Command, Option } from 'commander';
import { explain, type Explanation } from '../../activities/reconcile/explain.js';
import { UnknownSubject } from '../../activities/reconcile/question.js';
import type { Mode } from '../../billing/catalogue.js';
import { formatMinor, groupDigits } from '../../billing/money.js';
import type { Step } from '../../billing/reconcile/explanation.js';
import { printJson } from '../catalogueFile.js';
import { CommandFailed } from '../commandFailed.js';
import { customerNamed, withMoney } from '../moneyAccess.js';

/** `durabill explain`: from an invoice line back to price, arithmetic, reports and events. */

/** Newest events, and reports, of each meter that are listed without being asked for. */
const LISTED = 10;

/** As many as one explanation can keep in memory. */
const LISTED_MAX = 100_000;

interface Options {
  readonly mode?: Mode;
  readonly json?: true;
  readonly events?: true;
}

const EXPLAINED = `
INVOICE: our id, its number, or its id at Stripe; without it the invoice to come.
LINE: its ref such as tokens/tier-2, or its place from 1; without it all lines.
Everything is computed anew: the log is folded from its first entry, each price is applied to
what came out, and every line is compared with the result.

Exit code: 0 all equal, 1 anything comes out otherwise, 2 wrong use or missing server.`;

/** Adds `explain`. */
export function register(program: Command): void {
  program
    .command('explain')
    .description('from an invoice line back to price version, arithmetic, reports and events')
    .argument('<customer>', 'id of the customer')
    .argument('[invoice]', 'invoice; without it the one to come')
    .argument('[line]', 'line of it; without it all lines')
    .addOption(new Option('--mode <mode>', 'where the customer is').choices(['test', 'live']))
    .option('--events', `list all events and reports, not only the newest ${LISTED}`)
    .option('--json', 'print an array, one row for each step')
    .addHelpText('after', EXPLAINED)
    .action(run);
}

async function run(
  customer: string,
  invoice: string | undefined,
  line: string | undefined,
  { mode, json, events }: Options,
): Promise<void> {
  const listed = events ? LISTED_MAX : LISTED;
  const question = { invoice: invoice ?? null, line: line ?? null, listed };
  const explanation = await withMoney(async (deps) => {
    const key = await customerNamed(deps.ledger, customer, mode);
    return explain(deps, key, question).catch(asWrongUse);
  });
  if (json) printJson(rows(explanation));
  else process.stdout.write(`${text(customer, explanation)}\n`);
  if (!explanation.equal) throw new CommandFailed('Computed anew it comes out otherwise.');
}

function asWrongUse(error: unknown): never {
  if (error instanceof UnknownSubject) throw new CommandFailed(error.message, 2);
  throw error;
}

function rows({ invoice, steps }: Explanation) {
  return steps.map(({ line, step, text: words, figures }) => {
    return { invoice: invoice?.id ?? null, line, step, text: words, ...figures };
  });
}

/** Lines with their amounts, the steps of each below it; then what stands behind each meter. */
function text(customer: string, { invoice, explained, steps }: Explanation): string {
  const { reason, period, currency, lines } = explained;
  const name = invoice ? `${reason} invoice ${invoice.id}, ${invoice.status}` : 'Invoice to come';
  const shown: string[] = [`${name}: ${customer}, ${period.start} to ${period.end}`];
  let last = '';
  for (const step of steps) {
    const { line, step: kind, text: words } = step;
    if (line !== last) shown.push('', heading(step, lines, currency));
    last = line;
    shown.push(`  ${kind.padEnd(10)}  ${words}`);
  }
  return shown.join('\n');
}

function heading(
  { line: ref }: Step,
  lines: Explanation['explained']['lines'],
  currency: string,
): string {
  const line = lines.find((candidate) => candidate.ref === ref);
  if (!line) return ref;
  const { description, quantity, amountMinor } = line;
  const units = typeof quantity === 'number' ? groupDigits(quantity) : quantity;
  return `${ref}  ${description}, ${units}: ${formatMinor(String(amountMinor), currency)}`;
}
