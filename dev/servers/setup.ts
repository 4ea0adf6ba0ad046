import { parseArgs } from 'node:util';
import { chosenText, getServers } from './getServers.js';
import { ledgerWays } from './ledgerWays.js';
import { readServerSettings } from './settings.js';
import { commandBoard } from './spinner.js';
import { temporalWays } from './temporalWays.js';

/** Program: gets both servers, with progress, and prints one line for each. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, 'compiled-ledger': { type: 'boolean' } },
  });
  const settings = readServerSettings();
  const stop = new AbortController();
  const end = (): void => stop.abort(new Error('stopped'));
  for (const name of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(name, end);

  const board = commandBoard();
  const compiled = values['compiled-ledger'] ?? false;
  const ways = { temporal: temporalWays(settings), ledger: ledgerWays(settings, { compiled }) };
  const servers = await getServers(ways, board, stop.signal).finally(() => board.close());
  const { temporal, ledger } = servers;
  const text = values.json
    ? JSON.stringify(servers, null, 2)
    : `temporal: ${chosenText(temporal)}\nledger:   ${chosenText(ledger)}`;
  process.stdout.write(`${text}\n`);
  // The command that started us holds a channel open.
  if (process.connected) process.disconnect();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
  if (process.connected) process.disconnect();
});
