import { balanceTransactionRoutes } from '../resources/balanceTransactions.js';
import { checkoutSessionRoutes } from '../resources/checkoutSessions.js';
import { creditNoteRoutes } from '../resources/creditNotes.js';
import { customerRoutes } from '../resources/customers.js';
import { eventRoutes } from '../resources/events.js';
import { eventSummaryRoutes } from '../resources/eventSummaries.js';
import { invoiceItemRoutes } from '../resources/invoiceItems.js';
import { invoicePaymentRoutes } from '../resources/invoicePayments.js';
import { invoiceStepRoutes } from '../resources/invoiceSteps.js';
import { invoiceRoutes } from '../resources/invoices.js';
import { meterEventRoutes } from '../resources/meterEvents.js';
import { meterRoutes } from '../resources/meters.js';
import { paymentMethodRoutes } from '../resources/paymentMethods.js';
import { portalSessionRoutes } from '../resources/portalSessions.js';
import { priceRoutes } from '../resources/prices.js';
import { productRoutes } from '../resources/products.js';
import { refundRoutes } from '../resources/refunds.js';
import { subscriptionEndRoutes } from '../resources/subscriptionEnd.js';
import { subscriptionItemRoutes } from '../resources/subscriptionItems.js';
import { subscriptionListRoutes } from '../resources/subscriptionLists.js';
import { subscriptionPauseRoutes } from '../resources/subscriptionPause.js';
import { subscriptionUpdateRoutes } from '../resources/subscriptionUpdate.js';
import { subscriptionRoutes } from '../resources/subscriptions.js';
import { testClockRoutes } from '../resources/testClocks.js';
import { thinEventRoutes } from '../resources/thinEvents.js';
import type { Handler, Route } from './call.js';

const ROUTES: readonly Route[] = [
  ...balanceTransactionRoutes,
  ...checkoutSessionRoutes,
  ...creditNoteRoutes,
  ...customerRoutes,
  ...eventRoutes,
  ...eventSummaryRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...invoiceRoutes,
  ...invoiceStepRoutes,
  ...meterEventRoutes,
  ...meterRoutes,
  ...paymentMethodRoutes,
  ...portalSessionRoutes,
  ...priceRoutes,
  ...productRoutes,
  ...refundRoutes,
  ...subscriptionEndRoutes,
  ...subscriptionItemRoutes,
  ...subscriptionListRoutes,
  ...subscriptionPauseRoutes,
  ...subscriptionRoutes,
  ...subscriptionUpdateRoutes,
  ...testClockRoutes,
  ...thinEventRoutes,
];

/** A handler and the ids of its path. */
export interface Match {
  readonly handler: Handler;
  readonly ids: readonly string[];
  /** The path with `:id` for each of them. */
  readonly endpoint: string;
}

interface Pattern {
  readonly method: string;
  readonly endpoint: string;
  readonly expression: RegExp;
  readonly handler: Handler;
}

const PATTERNS: readonly Pattern[] = ROUTES.map(([method, path, handler]) => ({
  method,
  endpoint: path,
  expression: new RegExp(`^${path.replaceAll(':id', '([^/]+)')}$`),
  handler,
}));

/** The endpoint of a method and path; null where there is none. */
export function findRoute(method: string, path: string): Match | null {
  for (const pattern of PATTERNS) {
    const match = pattern.method === method ? pattern.expression.exec(path) : null;
    if (!match) continue;
    const { handler, endpoint } = pattern;
    return { handler, ids: match.slice(1).map(decodeURIComponent), endpoint };
  }
  return null;
}
