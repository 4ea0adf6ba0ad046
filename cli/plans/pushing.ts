import { publishAtStripe } from '../../activities/stripe/publish.js';
import type { Catalogue, Mode } from '../../billing/catalogue.js';
import type { Ledger } from '../../ledger/contract.js';
import type { EngineAccess } from '../engineAccess.js';
import { progressLine } from '../progressLine.js';
import { offering, stripeFor } from './catalogueChanges.js';

/**
 * Publishes to the engine, then at Stripe: killed between the two, a repeat goes on, and a
 * customer's subscription would make what it needs by itself. Repeatable.
 * @throws what engine or Stripe threw.
 */
export async function pushMode(
  access: EngineAccess,
  ledger: Ledger,
  mode: Mode,
  catalogue: Catalogue,
): Promise<void> {
  const published = await ledger.catalogues.publish(mode, catalogue);
  const stripe = stripeFor(access, published);
  if (!stripe) return;
  const progress = await progressLine();
  try {
    await publishAtStripe(stripe, ledger.ensures, published, {
      ...offering(published, catalogue),
      onMake: ({ object, name }) => progress.show(`${mode}: making ${object} ${name}`),
    });
  } finally {
    progress.end();
  }
}
