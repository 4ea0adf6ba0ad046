import { stripeClient } from '../../activities/stripe/client.js';
import { publishAtStripe } from '../../activities/stripe/publish.js';
import type { Catalogue } from '../../billing/catalogue.js';
import { loadCatalogueFile } from '../../catalogue/load.js';
import { faultText } from '../../cli/catalogueFile.js';
import type { Ledger } from '../../ledger/contract.js';
import { openLedger } from '../../ledger/open.js';
import { saveSecrets } from './secrets.js';
import type { StackSecrets } from './secrets.js';

/** A catalogue with faults; the message has one line for each. */
export class CatalogueFaulty extends Error {
  override readonly name = 'CatalogueFaulty';
}

/**
 * Reads the catalogue that the stack publishes.
 * @throws CatalogueFaulty with every fault at once.
 */
export async function readCatalogue(file: string): Promise<Catalogue> {
  const read = await loadCatalogueFile(file);
  if ('catalogue' in read) return read.catalogue;
  const lines = read.faults.map((fault) => `  ${faultText(fault)}`);
  throw new CatalogueFaulty(`${file} can't be published:\n${lines.join('\n')}`);
}

/**
 * Publishes the catalogue to the engine and at the sandbox, in test mode, and makes sure that
 * the data folder's test key is a key of this ledger. Repeatable.
 * @returns the test key.
 */
export async function publish(
  catalogue: Catalogue,
  dataFolder: string,
  secrets: StackSecrets,
  places: { readonly mongodbUri: string; readonly stripe: string },
): Promise<string> {
  const ledger = await openLedger({ uri: places.mongodbUri });
  try {
    const published = await ledger.catalogues.publish('test', catalogue);
    const stripe = stripeClient({ secretKey: secrets.stripeSecretKey, apiBase: places.stripe });
    await publishAtStripe(stripe, ledger.ensures, published);
    return await testKey(ledger, dataFolder, secrets);
  } finally {
    await ledger.close();
  }
}

/** The key that was made at the first start, or a new one where the ledger does not know it. */
async function testKey(ledger: Ledger, dataFolder: string, secrets: StackSecrets): Promise<string> {
  const kept = secrets.testKey;
  if (kept !== null && (await ledger.keys.verify(kept)) !== null) return kept;
  const { secret } = await ledger.keys.create('test', 'secret');
  saveSecrets(dataFolder, { ...secrets, testKey: secret });
  return secret;
}
