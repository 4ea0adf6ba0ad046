import type { StripeRefusal } from '../../billing/takeover.js';
import { CatalogueRefused } from './publish.js';

/** A clear no: nothing was made that costs anything, and asking again the same way can't help. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly code: StripeRefusal,
    detail: string,
  ) {
    super(detail);
  }
}

/**
 * The same of an error that is one. A plan that stands otherwise at Stripe is not sold before
 * somebody has put that right: its findings say how.
 */
export function refusalIn(error: unknown): Refused | null {
  if (error instanceof Refused) return error;
  return error instanceof CatalogueRefused ? new Refused('conflict', error.message) : null;
}
