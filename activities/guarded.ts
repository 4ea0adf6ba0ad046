import { ApplicationFailure } from '@temporalio/common';
import { LedgerError } from '../ledger/errors.js';
import { applicationFailure, classify } from './stripe/failures.js';
import { refusalIn } from './stripe/refusal.js';

type Acts = { readonly [name: string]: (...inputs: never[]) => Promise<unknown> };

/** What Temporal is told of an error: its code as `type`, and whether trying again can help. */
export function toApplicationFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure) return error;
  const fault = classify(error);
  if (fault) return applicationFailure(fault);
  const refusal = refusalIn(error);
  if (refusal) {
    const { code: type, message } = refusal;
    return ApplicationFailure.create({ message, type, nonRetryable: true });
  }
  if (error instanceof LedgerError) {
    const { code, message, retryable } = error;
    const type = `ledger_${code}`;
    return ApplicationFailure.create({ message, type, nonRetryable: !retryable, cause: error });
  }
  return error;
}

/** The same activities, failing only with what Temporal understands. */
export function guarded<A>(acts: A & Acts): A {
  const entries = Object.entries(acts as Acts).map(([name, act]) => {
    const guardedAct = async (...inputs: never[]) => {
      try {
        return await act(...inputs);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    };
    return [name, guardedAct];
  });
  return Object.fromEntries(entries) as A;
}
