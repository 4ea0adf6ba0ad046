import { stripeClients } from '../activities/stripe/client.js';
import { publishAtStripe } from '../activities/stripe/publish.js';
import type { Mode } from '../billing/catalogue.js';
import { readCatalogue } from '../cli/catalogueFile.js';
import { openLedger } from '../ledger/open.js';
import { readSettings } from './settings.js';

const MODES: readonly Mode[] = ['test', 'live'];

/**
 * Program: publishes the catalogue to the engine and at Stripe, in each mode that has a key, then
 * ends. Repeatable: what stands already is left alone, and a published version never changes.
 */
async function main(): Promise<void> {
  const settings = readSettings();
  const catalogue = await readCatalogue(settings.DURABILL_CATALOGUE, false);
  const clients = stripeClients(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE);
  const ledger = await openLedger({ uri: settings.MONGODB_URI });
  try {
    for (const mode of MODES) {
      const stripe = clients[mode];
      if (!stripe) continue;
      const published = await ledger.catalogues.publish(mode, catalogue);
      await publishAtStripe(stripe, ledger.ensures, published);
      const plans = Object.entries(published.newest).map(([id, version]) => `${id}@${version}`);
      process.stdout.write(`${mode}: ${plans.join(', ')}\n`);
    }
  } finally {
    await ledger.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
