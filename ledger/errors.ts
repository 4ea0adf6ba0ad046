/**
 * Why the ledger said no. `unavailable`: no answer in time, nothing is known, send it again with
 * the same ids. `conflict`: what stands contradicts it. `invalid`: it can never be stored.
 */
export type LedgerErrorCode = 'unavailable' | 'conflict' | 'invalid';

/** An error of the ledger: a code, a sentence with the offending value, and whether to retry. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode;
  readonly retryable: boolean;

  constructor(code: LedgerErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'LedgerError';
    this.code = code;
    this.retryable = code === 'unavailable';
  }
}
