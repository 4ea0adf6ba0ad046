import type { Command } from 'commander';
import { runProgram } from '../runProgram.js';

/** `durabill doctor`: which servers would be used, and why. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('print for each server every way tried and what would be used; start nothing')
    .option('--json', 'print it as JSON')
    .action(async (options: { json?: boolean }) => {
      process.exitCode = await runProgram('dev/servers/doctor.ts', options.json ? ['--json'] : []);
    });
}
