import type { Command } from 'commander';
import { runProgram } from '../runProgram.js';

const USE =
  '\nPoint a program at it with STRIPE_API_BASE and STRIPE_SECRET_KEY. With WEBHOOK_URL and\n' +
  'STRIPE_WEBHOOK_SECRET in the environment it sends its events there.';

/** `durabill stripe-sandbox`: a Stripe account of its own, until Ctrl-C. */
export function register(program: Command): void {
  program
    .command('stripe-sandbox')
    .description('start the Stripe sandbox alone: meters, invoices, test clocks, webhooks, faults')
    .option('--port <number>', 'port to listen on, at 127.0.0.1; a free one if absent')
    .option('--json', 'print address and key as JSON')
    .addHelpText('after', USE)
    .action(async (options: { port?: string; json?: boolean }) => {
      const flags = [
        '--alone',
        ...(options.port === undefined ? [] : [`--port=${options.port}`]),
        ...(options.json ? ['--json'] : []),
      ];
      process.exitCode = await runProgram('dev/stripe/main.ts', flags);
    });
}
