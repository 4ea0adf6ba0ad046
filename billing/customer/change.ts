import type { Alert } from '../alerts/alert.js';
import type { HoldAnswer, HoldAsk } from '../holds/asks.js';
import type { GivenCredit } from '../bill.js';
import type { InvoiceBody, InvoiceReview } from '../invoice.js';
import type { Fence, LogStretch, UsageMessage } from '../log.js';
import type { Command } from '../command.js';
import type { ReportTotals } from '../state.js';
import type { ReportName } from './reporting/recounting.js';
import type { Step } from './close/steps.js';
import type { CheckoutView, StripeInvoiceView, SubscriptionView } from './invoice/view.js';

/**
 * Everything that can happen to a customer's state, and everything the state can want done:
 * `reduce(state, change)` answers the state after it and the effects. The whole of the product's
 * behaviour is a fold of changes; what stands in the log comes in by `stretch` and `message`.
 */
export type Change =
  /** A process tells what it has recorded. */
  | { readonly type: 'message'; readonly message: UsageMessage }
  /** A heal has read the next stretch of the log. */
  | { readonly type: 'stretch'; readonly stretch: LogStretch }
  /** A heal knows how far the log goes; `missing`: it contradicts itself, all stops. */
  | { readonly type: 'head'; readonly head: number; readonly missing: string | null }
  /** Asks for holds; usage that rides along is folded first. Answers come as one effect. */
  | {
      readonly type: 'decide';
      readonly asks: readonly HoldAsk[];
      readonly usage?: UsageMessage;
      readonly nowMs: number;
    }
  /** Time has come to this instant of the real clock, ms. */
  | { readonly type: 'time'; readonly realNowMs: number; readonly random: string }
  /** Something changed at Stripe; `adopts`: the subscription is to be looked at, too. */
  | { readonly type: 'stripeChanged'; readonly adopts?: boolean }
  /** Sums of reports changed in our books: they are to be read anew. */
  | { readonly type: 'recount'; readonly reports: readonly ReportName[] }
  /** Temporal's data is that of a backup: holds of after it may be out, nobody here knows them. */
  | { readonly type: 'restored' }
  /** What came of a step; each can be repeated. */
  | StepResult;

/** Names an invoice: a segment's, or with `late` that of late usage after the customer left. */
interface OfBill {
  readonly segment: number;
  readonly late?: boolean;
}

/** What became of a credit, by the id of its command. */
type CreditOutcome = { readonly id: string } & Pick<GivenCredit, 'as' | 'refused'>;

/** Results of steps on an invoice. */
export type BillResult = OfBill &
  (
    | {
        readonly type: 'made';
        /** The invoice of our own; null: nothing to bill. */
        readonly view: StripeInvoiceView | null;
      }
    | { readonly type: 'itemsDecided' }
    | {
        readonly type: 'completed';
        /** Why it is not finalised yet. */
        readonly review?: InvoiceReview | null;
      }
    | { readonly type: 'compared'; readonly invoice: InvoiceBody }
    | { readonly type: 'collected'; readonly refused: boolean }
    | { readonly type: 'credited'; readonly credit: CreditOutcome }
    | {
        readonly type: 'attended';
        /** Log number of the newest command that was followed. */
        readonly number: number;
        readonly view: StripeInvoiceView | null;
      }
  );

/** Results of the money lane's steps. */
export type StepResult =
  | { readonly type: 'rowSaved'; readonly fingerprint: string }
  | {
      readonly type: 'alertsRaised';
      readonly alerts: readonly Pick<Alert, 'key' | 'untilMs'>[];
      readonly nowMs: number;
    }
  | { readonly type: 'testClockMoved'; readonly nowSeconds: number }
  | { readonly type: 'cancellationSynced'; readonly ends: boolean; readonly ended?: boolean }
  | { readonly type: 'checkoutSeen'; readonly view: CheckoutView }
  | { readonly type: 'subscriptionSeen'; readonly view: SubscriptionView }
  | { readonly type: 'planDropped'; readonly atMs: number }
  /** `segment`: whose it is; absent: that of the plan in force. */
  | { readonly type: 'startInvoiced'; readonly segment?: number }
  | {
      readonly type: 'reported';
      readonly segment: number;
      readonly meter: string;
      readonly totals: ReportTotals;
      /** How often a recount was wanted when the sums began to be read. */
      readonly recount?: number;
    }
  | {
      readonly type: 'looked';
      readonly segment: number;
      readonly view: StripeInvoiceView | null;
      readonly nowMs: number;
    }
  | {
      readonly type: 'summariesRead';
      readonly segment: number;
      readonly equal: boolean;
      readonly realNowMs: number;
    }
  | BillResult
  | { readonly type: 'noted'; readonly note: string; readonly refused: string | null }
  | {
      readonly type: 'stepFailed';
      readonly step: string;
      readonly reason: string;
      readonly realNowMs: number;
      readonly retryAfterMs: number | null;
    }
  /** `step`: its kind; absent in runs that began before there were alerts. */
  | { readonly type: 'stepDone'; readonly step?: string };

/** What the state wants done. Every effect is idempotent by its name and starts again from it. */
export type Effect =
  /** Answers of a `decide`, in the order of its asks. */
  | { readonly type: 'answer'; readonly answers: readonly HoldAnswer[] }
  /** The log goes further than the fold: read from here, stop before `before`. */
  | {
      readonly type: 'heal';
      readonly from: number;
      readonly before: number | null;
      readonly catalogue: number;
      /** Credits burn in the order of the log: its groups are to be read one by one. */
      readonly apart?: true;
    }
  /** Something ends in the log. */
  | { readonly type: 'writeFence'; readonly name: string; readonly fence: Fence }
  /** The state itself asks something of the customer (the breaker's freeze). */
  | { readonly type: 'writeCommand'; readonly id: string; readonly command: Command }
  /** The money lane's next step is due now. */
  | { readonly type: 'step'; readonly step: Step }
  /** Nothing is due until then: real time, ms; null: for ever. */
  | { readonly type: 'wakeAt'; readonly realMs: number | null };
