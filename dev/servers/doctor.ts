import { parseArgs } from 'node:util';
import { examine, reportText } from './examine.js';
import { ledgerWays } from './ledgerWays.js';
import { secantusCrate } from './secantusCrate.js';
import { readServerSettings } from './settings.js';
import { temporalWays } from './temporalWays.js';

/** Program: says for each server what would be used and why. Starts nothing. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean' } } });
  const settings = readServerSettings();
  const crate = secantusCrate(settings);
  const asked = { ...crate, name: `${crate.name} (setup --compiled-ledger)` };
  const reports = await Promise.all([
    examine('temporal', temporalWays(settings)),
    examine('ledger', ledgerWays(settings), [asked]),
  ]);
  const [temporal, ledger] = reports;
  const text = values.json
    ? JSON.stringify({ cache: settings.cacheFolder, temporal, ledger }, null, 2)
    : [...reports.map(reportText), `cache: ${settings.cacheFolder}`].join('\n\n');
  process.stdout.write(`${text}\n`);
  process.exitCode = reports.every(({ uses }) => uses !== null) ? 0 : 2;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
