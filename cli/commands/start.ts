import type { Command } from 'commander';
import { runProgram } from '../runProgram.js';

/** `durabill start`: the embedded stack, until Ctrl-C. */
export function register(program: Command): void {
  program
    .command('start')
    .description('start everything, embedded: Temporal, ledger, Stripe sandbox, worker and API')
    .option('--free-ports', 'take any free ports instead of the usual ones')
    .option('--json', 'print the addresses as JSON (as `status --json`) instead of a table')
    .addHelpText('after', '\nRuns until Ctrl-C. Data is kept in DURABILL_DATA, else .durabill/.')
    .action(async (options: { freePorts?: boolean; json?: boolean }) => {
      const flags = [
        ...(options.freePorts ? ['--free-ports'] : []),
        ...(options.json ? ['--json'] : []),
      ];
      process.exitCode = await runProgram('dev/stack/main.ts', flags);
    });
}
