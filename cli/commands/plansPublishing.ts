import { type Command, Option } from 'commander';
import type { Catalogue, Mode } from '../../billing/catalogue.js';
import type { Ledger } from '../../ledger/contract.js';
import { printJson, readCatalogue } from '../catalogueFile.js';
import { CommandFailed } from '../commandFailed.js';
import { engineAccess, modesWithKey, withLedger, type EngineAccess } from '../engineAccess.js';
import { inWords } from '../inWords.js';
import { modeChanges, type ModeChanges } from '../plans/catalogueChanges.js';
import { changesText, countOf, refusalsText } from '../plans/changesText.js';
import { pushMode } from '../plans/pushing.js';

/** `durabill plans diff` and `push`: a catalogue beside what engine and Stripe have of it. */

interface Options {
  readonly mode?: Mode;
  readonly json?: true;
  readonly dryRun?: true;
}

const MODE = 'test or live (default: the mode of the one key in STRIPE_SECRET_KEY';

const EXIT_CODES = `
Works on the ledger of MONGODB_URI and the Stripe account of STRIPE_SECRET_KEY (one key a mode),
else on the running embedded stack and its sandbox.

Exit code:`;

/** Adds `diff` and `push` to `durabill plans`. */
export function registerPublishing(plans: Command): void {
  plans
    .command('diff')
    .description('in words, what publishing would change in the engine and at Stripe')
    .argument('<file>', 'catalogue: .json, .ts or .js')
    .addOption(new Option('--mode <mode>', `${MODE}, else both)`).choices(['test', 'live']))
    .option('--json', 'print {changes, refused, standing}, one row for each')
    .addHelpText(
      'after',
      `${EXIT_CODES} 0 nothing would change, 1 something would or is in the way, 2 wrong use`,
    )
    .action(diff);
  plans
    .command('push')
    .description('publish to the engine and at Stripe; a repeat changes nothing')
    .argument('<file>', 'catalogue: .json, .ts or .js')
    .addOption(new Option('--mode <mode>', `${MODE}; needed with two)`).choices(['test', 'live']))
    .option('--dry-run', 'write nothing: the same as diff')
    .option('--json', 'print {changes, refused, standing}, one row for each')
    .addHelpText(
      'after',
      `${EXIT_CODES} 0 published, or nothing to do; 1 refused, nothing written; 2 wrong use`,
    )
    .action((file: string, options: Options) => (options.dryRun ? diff : push)(file, options));
}

async function diff(file: string, options: Options): Promise<void> {
  const json = options.json === true;
  const catalogue = await readCatalogue(file, json);
  const access = await engineAccess();
  const modes = modesOf(access, options);
  const found = await withLedger(access, (ledger) => compare(access, ledger, modes, catalogue));
  show(access, found, { json, done: false });
  const refusals = found.flatMap((mode) => mode.refusals);
  if (refusals.length > 0) throw new CommandFailed(refusalsText(refusals));
  const changes = found.flatMap((mode) => mode.changes);
  if (changes.length === 0) return;
  throw new CommandFailed(`${countOf(changes.length, 'change')}; durabill plans push does it.`);
}

async function push(file: string, options: Options): Promise<void> {
  const json = options.json === true;
  const catalogue = await readCatalogue(file, json);
  const access = await engineAccess();
  const modes = modesOf(access, options);
  const [mode] = modes;
  if (!mode || modes.length > 1) {
    throw new CommandFailed('Both modes have a key. Say which: --mode test or --mode live', 2);
  }
  await withLedger(access, async (ledger) => {
    const found = await compare(access, ledger, [mode], catalogue);
    const refusals = found.flatMap((changes) => changes.refusals);
    if (refusals.length > 0) {
      if (json) printJson(jsonOf(found));
      throw new CommandFailed(refusalsText(refusals));
    }
    if (found.some(({ changes }) => changes.length > 0)) {
      const then = 'What was made stays; push again to go on from there.';
      await inWords(access, mode, then, () => pushMode(access, ledger, mode, catalogue));
    }
    show(access, found, { json, done: true });
  });
}

/** The mode that was asked for, else those that have a key. @throws CommandFailed 2 for none. */
function modesOf(access: EngineAccess, { mode }: Options): readonly Mode[] {
  const modes = mode ? [mode] : modesWithKey(access);
  if (modes.length > 0) return modes;
  throw new CommandFailed('No STRIPE_SECRET_KEY is set. Say which mode: --mode test or live', 2);
}

async function compare(
  access: EngineAccess,
  ledger: Ledger,
  modes: readonly Mode[],
  catalogue: Catalogue,
): Promise<ModeChanges[]> {
  const found: ModeChanges[] = [];
  for (const mode of modes) {
    const look = () => modeChanges(access, ledger, mode, catalogue);
    found.push(await inWords(access, mode, '', look));
  }
  return found;
}

function show(
  { stripeAt }: EngineAccess,
  found: readonly ModeChanges[],
  { json, done }: { readonly json: boolean; readonly done: boolean },
): void {
  if (json) {
    printJson(jsonOf(found));
    return;
  }
  const texts = found.map((changes) => {
    const heading = `${changes.mode} mode, ${stripeAt}`;
    return changesText(changes, { heading, done });
  });
  process.stdout.write(`${texts.join('\n\n')}\n`);
}

function jsonOf(found: readonly ModeChanges[]) {
  return {
    changes: found.flatMap(({ changes }) => changes),
    refused: found.flatMap(({ refusals }) => refusals),
    standing: found.flatMap(({ mode, standing }) =>
      standing.map(({ object, name, id, state }) => ({ mode, object, name, id, state })),
    ),
  };
}
