import type { StripeLink } from '../../command.js';
import type { CollectionPause } from '../../takeover.js';

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
  /** When Stripe tries to collect it again, ms; null: not any more; absent: not read. */
  readonly nextAttemptAtMs?: number | null;
  readonly lines: readonly StripeLineView[];
}

/** A checkout as it is now. */
export interface CheckoutView {
  readonly isOpen: boolean;
  /** The subscription it has made; null: none (yet). */
  readonly stripe: StripeLink | null;
}

/** A subscription at Stripe as it is now. */
export interface SubscriptionView {
  readonly subscription: string;
  /** Whether it ends with its period. */
  readonly endsWithPeriod: boolean;
  /** When it ended, Unix seconds, and whether a last cycle invoice has its usage. */
  readonly ended: { readonly atSeconds: number; readonly byCycle: boolean } | null;
  /** How its collection is paused; null: it is not; absent: not read. */
  readonly pause?: CollectionPause | null;
}
