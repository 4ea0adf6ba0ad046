import type { AlertDetails, AlertType } from '../../billing/alerts/alert.js';
import type { Mode } from '../../billing/catalogue.js';
import type { AlertDelivery } from '../../ledger/stores/alertStore.js';

/** What a receiver is told. */
export interface Message {
  /** The alert's id: the same however often it is sent. */
  readonly id: string;
  readonly mode: Mode;
  readonly customer: string;
  readonly type: AlertType;
  /** Customer's time, ms. */
  readonly timestampMs: number;
  readonly details: AlertDetails;
  /** The customer, or the invoice, as it is now. */
  readonly object: Readonly<Record<string, unknown>>;
}

/** One way to tell an operator. */
export interface Channel {
  readonly kind: AlertDelivery['channel'];
  /** For people; without any secret. */
  readonly to: string;
  /**
   * Sends once, within `SEND_MS_MAX`. The same message may come again; receivers tell by its id.
   * @throws DeliveryFault when the receiver did not take it; any error of the network.
   */
  send(message: Message, stop: AbortSignal): Promise<void>;
}

/** How long one attempt may take, ms. */
export const SEND_MS_MAX = 10_000;

/** The receiver answered, and did not take it. */
export class DeliveryFault extends Error {
  constructor(
    message: string,
    /** True: it says that nothing must come any more. */
    readonly final: boolean = false,
  ) {
    super(message);
    this.name = 'DeliveryFault';
  }
}
