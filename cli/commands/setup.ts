import type { Command } from 'commander';
import { runProgram } from '../runProgram.js';

/** `durabill setup`: gets the embedded servers. */
export function register(program: Command): void {
  program
    .command('setup')
    .description('fetch or build the embedded servers, with progress; once')
    .option('--compiled-ledger', 'compile the fast ledger server with cargo (about 7 minutes)')
    .option('--json', 'print what was chosen as JSON')
    .action(async (options: { compiledLedger?: boolean; json?: boolean }) => {
      const flags = [
        ...(options.compiledLedger ? ['--compiled-ledger'] : []),
        ...(options.json ? ['--json'] : []),
      ];
      process.exitCode = await runProgram('dev/servers/setup.ts', flags);
    });
}
