import type { Logger } from 'pino';
import type { Metrics } from '../operation/metrics.js';
import type { WebhookWatch } from './operation.js';

/**
 * Counts webhooks and logs the refused ones: a wrong secret must be seen before Stripe gives the
 * endpoint up. Neither signature nor body is in a line.
 */
export function watchWebhooks(
  metrics: Pick<Metrics, 'countWebhook'>,
  logger: Pick<Logger, 'warn' | 'debug'>,
): WebhookWatch {
  return {
    taken({ id, type, mode }, outcome) {
      metrics.countWebhook(outcome);
      logger.debug({ event: id, type, mode, outcome }, 'webhook');
    },
    refused(reason, requestId) {
      metrics.countWebhook('refused', reason);
      logger.warn({ reason, requestId }, 'a webhook was refused');
    },
  };
}
