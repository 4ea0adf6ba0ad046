import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/** One line a request, without what must not be in a log. */

/** Headers that hold secrets. */
export const REDACTED = [
  'req.headers.authorization',
  'req.headers["stripe-signature"]',
  'req.headers.cookie',
];

/**
 * Good answers at `debug`, refusals at `info`, our own faults at `error`: a busy day of good
 * events must not cost a line each.
 */
export function logRequests(logger: Logger): RequestHandler {
  if (!logger.isLevelEnabled('info')) return (_request, _response, next) => next();
  return pinoHttp({
    logger,
    quietReqLogger: true,
    genReqId: (_request, response) => String(response.getHeader('Request-Id')),
    customLogLevel: (_request, response, error) => {
      if (error || response.statusCode >= 500) return 'error';
      return response.statusCode >= 400 ? 'info' : 'debug';
    },
  });
}
