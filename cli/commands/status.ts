import type { Command } from 'commander';
import { CommandFailed } from '../commandFailed.js';
import { runningStack } from '../runningStack.js';
import { readSettings } from '../settings.js';
import { stackTable } from '../stackTable.js';

/** `durabill status`: where the running embedded stack is. */
export function register(program: Command): void {
  program
    .command('status')
    .description('addresses and processes of the running embedded stack; exit 1 when none runs')
    .option('--json', 'print them as JSON')
    .action(async (options: { json?: boolean }) => {
      const { dataFolder } = readSettings();
      const stack = await runningStack(dataFolder);
      if (stack === null) {
        throw new CommandFailed(`No stack runs on ${dataFolder}. Start one: npx durabill start`);
      }
      process.stdout.write(`${options.json ? JSON.stringify(stack) : stackTable(stack)}\n`);
    });
}
