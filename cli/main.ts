import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { CommandFailed } from './commandFailed.js';
import { register as registerDoctor } from './commands/doctor.js';
import { register as registerExplain } from './commands/explain.js';
import { register as registerKeys } from './commands/keys.js';
import { register as registerMigrate } from './commands/migrate.js';
import { register as registerPlans } from './commands/plans.js';
import { register as registerRate } from './commands/rate.js';
import { register as registerReconcile } from './commands/reconcile.js';
import { register as registerRestored } from './commands/restored.js';
import { register as registerSetup } from './commands/setup.js';
import { register as registerStart } from './commands/start.js';
import { register as registerStatus } from './commands/status.js';
import { register as registerStripeSandbox } from './commands/stripeSandbox.js';
import { register as registerTry } from './commands/try.js';
import { PACKAGE_FOLDER } from './tsxProgram.js';

const COMMANDS = [
  ...[registerStart, registerSetup, registerDoctor, registerStatus],
  ...[registerTry, registerKeys, registerRate, registerPlans],
  ...[registerRestored, registerReconcile, registerExplain],
  ...[registerMigrate, registerStripeSandbox],
];

const EXIT_CODES =
  '\nExit code: 0 good, 1 the answer is no or a check failed, 2 wrong use or missing server.';

function buildProgram(): Command {
  const { version } = JSON.parse(
    readFileSync(join(PACKAGE_FOLDER, 'package.json'), 'utf8'),
  ) as { version: string };
  const program = new Command('durabill')
    .description('Usage-based billing for AI products: meter, decide, invoice.')
    .version(version)
    .showHelpAfterError('(see --help)')
    .addHelpText('after', EXIT_CODES)
    .exitOverride();
  for (const register of COMMANDS) register(program);
  // Settings of a command are not inherited by those that were made before it.
  for (const command of everyCommand(program)) command.exitOverride();
  return program;
}

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...everyCommand(child)]);
}

async function main(): Promise<void> {
  try {
    await buildProgram().parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** Commander has printed its own faults; everything else is printed here. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CommandFailed) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

await main();
