import type { StripeTouch } from './life.js';
import type { StripeNews } from './messages.js';

/**
 * What is looked at for news of Stripe. Most events of an invoice follow from what we do ourselves
 * and say nothing of the subscription; its creation does: that comes once a period, and finds
 * what a lost event should have told.
 */
function touchOf({ type }: StripeNews): StripeTouch {
  const plain = type?.replace(/^v1\./, '');
  const isInvoice = plain?.startsWith('invoice.') === true && plain !== 'invoice.created';
  return { subscription: !isInvoice };
}

/** What waits to be looked at, and what these news add to it. */
export function joined(waiting: StripeTouch | null, news: StripeNews): StripeTouch {
  const { subscription } = touchOf(news);
  return { subscription: subscription || waiting?.subscription === true };
}
