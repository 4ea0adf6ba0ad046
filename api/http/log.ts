import type { RequestHandler } from 'express';
import type { LevelWithSilent, Logger } from 'pino';
import { requestIdOf } from './requestId.js';

/** One line a request, made of what can't be a secret: no header, no body, no query. */

/** Should an error ever carry headers along, these are cut out of its line. */
export const REDACTED = ['authorization', 'cookie', '["stripe-signature"]'].flatMap((name) => {
  const path = name.startsWith('[') ? name : `.${name}`;
  return [`headers${path}`, `*.headers${path}`, `*.*.headers${path}`];
});

/** Asked every second by whoever waits for us: "not yet" is no fault of ours. */
const READINESS = '/readyz';

function levelOf(path: string, status: number): LevelWithSilent {
  if (status >= 500 && path !== READINESS) return 'error';
  return status >= 400 ? 'info' : 'debug';
}

/**
 * Good answers at `debug`, refusals at `info`, our own faults at `error`: a busy day of good
 * events must not cost a line each.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const { method, path } = request;
    response.once('finish', () => {
      const { statusCode: status, locals } = response;
      const level = levelOf(path, status);
      if (!logger.isLevelEnabled(level)) return;
      const tookMs = Math.round(performance.now() - startedAt);
      const requestId = requestIdOf(response);
      logger[level]({ requestId, method, path, status, code: locals['code'], tookMs }, 'request');
    });
    next();
  };
}
