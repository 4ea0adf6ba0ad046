import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

/** What a caller may choose as its own request id: nothing that could break a header or a log. */
const GIVEN = /^[A-Za-z0-9._-]{1,128}$/;

/** Puts `Request-Id` on every answer: the caller's own, if it is clean, else a new one. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['request-id'];
  const clean = typeof given === 'string' && GIVEN.test(given);
  const id = clean ? given : `req_${randomUUID()}`;
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
export function originOf(request: Request): string {
  const host = request.headers.host ?? '';
  return `${request.protocol}://${HOST.test(host) ? host : 'localhost'}`;
}
