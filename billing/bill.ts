import type { InvoiceReview } from './invoice.js';
import type { DraftItem, SegmentStage } from './state.js';

/** An invoice on its way, from its draft to the money: where it stands and what was asked of it. */

/** What the state keeps of one invoice. */
export interface Bill {
  readonly stage: SegmentStage;
  /** True once its invoice at Stripe is final: a report would be billed nowhere. */
  readonly final: boolean;
  /** The draft (later invoice) at Stripe. */
  readonly stripeInvoice: string | null;
  /** Our items on the draft, decided when the draft is completed. */
  readonly items: readonly DraftItem[];
  /** Items of the invoice before, which was final at Stripe before it could take them. */
  readonly carried?: readonly DraftItem[];
  /** Why an operator is to look at it; kept once approved, for the record. */
  readonly review?: InvoiceReview;
  /** What an operator has let it go for: that does not hold it again. */
  readonly approved?: readonly InvoiceReview['reason'][];
  /** Credits that an operator gives on it, by the id of the log's command. */
  readonly given?: Readonly<Record<string, GivenCredit>>;
  /** Log number of the newest command about it; absent: none. */
  readonly asked?: number;
  /** The same of the newest that Stripe and the stored invoice have followed. */
  readonly attended?: number;
  /** Its payment was refused: Stripe tries again, or has given up. */
  readonly unpaid?: 'retrying' | 'givenUp';
  /** It is to be read anew: something has changed at Stripe. */
  readonly look?: true;
}

/** Money that an operator gives back on one invoice. */
export interface GivenCredit {
  /** Above 0. */
  readonly amountMinor: number;
  readonly reason: string;
  /** True once nothing is left to do about it. */
  readonly done: boolean;
  /** How it stands at Stripe: an item of the draft, or a credit note. */
  readonly as?: 'item' | 'note';
  /** Why it was not given, where it was not. */
  readonly refused?: string;
}

/** A credit on an invoice that no segment kept is about: the first of a plan, or an old one. */
export interface NotedCredit extends GivenCredit {
  /** Stripe's id of the invoice; it is final. */
  readonly stripeInvoice: string;
}
