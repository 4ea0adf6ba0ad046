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

/** What one line says. */
export interface LoggedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: unknown;
}

/** Writes the line of an answered request. `startedAt` by `performance.now()`. */
export function logLine(logger: Logger, line: LoggedRequest, startedAt: number): void {
  const level = levelOf(line.path, line.status);
  if (!logger.isLevelEnabled(level)) return;
  logger[level]({ ...line, tookMs: Math.round(performance.now() - startedAt) }, 'request');
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
      const line = { requestId: requestIdOf(response), method, path, status };
      logLine(logger, { ...line, code: locals['code'] }, startedAt);
    });
    next();
  };
}
