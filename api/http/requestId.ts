import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

/** What a caller may choose as its own request id: nothing that could break a header or a log. */
const GIVEN = /^[A-Za-z0-9._-]{1,128}$/;

/** The id of a request: the caller's own, if it is clean, else a new one. */
export function cleanRequestId(given: unknown): string {
  return typeof given === 'string' && GIVEN.test(given) ? given : `req_${randomUUID()}`;
}

/** Puts `Request-Id` on every answer. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const id = cleanRequestId(request.headers['request-id']);
  response.locals['requestId'] = id;
  response.setHeader('Request-Id', id);
  next();
}

/** The id of this request. */
export function requestIdOf(response: Response): string {
  return String(response.locals['requestId'] ?? 'req_unknown');
}

const HOST = /^[A-Za-z0-9.:[\]-]{1,255}$/;

/** `http://HOST` as the client addressed us. */
export function originOfHost(protocol: string, host = ''): string {
  return `${protocol}://${HOST.test(host) ? host : 'localhost'}`;
}

/** The origin of a request that came through the router. */
export function originOf(request: Request): string {
  return originOfHost(request.protocol, request.headers.host);
}
