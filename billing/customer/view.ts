/** An invoice at Stripe as an activity read it, its lines told apart. */

/** One line at Stripe. */
export interface StripeLineView {
  readonly id: string;
  /** `base`, `meter`: items of our subscription; `ours`: an item we added; `foreign`: others'. */
  readonly kind: 'base' | 'meter' | 'ours' | 'foreign';
  /** The meter of a `meter` line; the ref of an `ours` line. */
  readonly name: string | null;
  /** Exact decimal string. */
  readonly quantity: string;
  /** Exact decimal string of minor units, null where the line has none. */
  readonly unitAmountMinor: string | null;
  readonly amountMinor: number;
  readonly description: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** The invoice as it is now. */
export interface StripeInvoiceView {
  readonly id: string;
  readonly status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  readonly number: string | null;
  readonly autoAdvance: boolean;
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  readonly amountDueMinor: number;
  readonly finalizedAtMs: number | null;
  readonly paidAtMs: number | null;
  readonly hostedUrl: string | null;
  readonly lines: readonly StripeLineView[];
}
