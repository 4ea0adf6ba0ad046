import { ApplicationFailure } from '@temporalio/common';
import { classify, isAway, STRIPE_KEY } from '../activities/stripe/failures.js';
import { CatalogueRefused } from '../activities/stripe/publish.js';
import type { Mode } from '../billing/catalogue.js';
import { LedgerError } from '../ledger/errors.js';
import { CommandFailed } from './commandFailed.js';
import type { EngineAccess } from './engineAccess.js';

/**
 * Runs something with engine and Stripe; their errors become words and an exit code.
 * @param then what the reader should know after any of them.
 * @throws CommandFailed 2 when one of them can't be used, 1 when it refused; anything else as is.
 */
export async function inWords<T>(
  { stripeAt }: EngineAccess,
  mode: Mode,
  then: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const failed = wordsOf(error, `Stripe (${mode} mode, at ${stripeAt})`);
    if (!failed) throw error;
    throw new CommandFailed(`${failed.text} ${then}`.trim(), failed.exitCode);
  }
}

function wordsOf(
  error: unknown,
  stripe: string,
): { readonly text: string; readonly exitCode: 1 | 2 } | null {
  if (error instanceof LedgerError) {
    return { text: `The ledger: ${error.message}.`, exitCode: error.retryable ? 2 : 1 };
  }
  if (error instanceof CatalogueRefused || error instanceof ApplicationFailure) {
    return { text: `${stripe}: ${error.message}.`, exitCode: 1 };
  }
  const fault = classify(error);
  if (!fault) return null;
  const unusable = isAway(fault) || fault.code === STRIPE_KEY;
  return { text: `${stripe}: ${fault.message}`, exitCode: unusable ? 2 : 1 };
}
