/** What an end user can do about an error. */
export type ErrorAction = 'wait' | 'raiseLimit' | 'topUp' | 'upgrade' | 'pay' | 'contact';

/** One error code: its answer, and what its page under /errors says. */
export interface ErrorEntry {
  readonly status: number;
  readonly title: string;
  /** True where the very same request can succeed later. */
  readonly retryable: boolean;
  readonly cause: string;
  readonly fix: string;
  /** A sentence for the end user. */
  readonly message?: string;
  readonly action?: ErrorAction;
}
