import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { originOf, requestIdOf } from '../http/requestId.js';
import { errorEntry } from './codes.js';
import { Problem, problemBody, toProblem } from './problem.js';

/** Answers a problem as application/problem+json (RFC 9457). */
export function sendProblem(request: Request, response: Response, problem: Problem): void {
  if (problem.extras.headers) response.set(problem.extras.headers);
  response.status(errorEntry(problem.code).status);
  response.setHeader('Content-Type', 'application/problem+json');
  response.end(
    JSON.stringify(problemBody(problem, originOf(request), requestIdOf(response))),
  );
}

/** The last stop of every fault: logs what is ours, answers what is theirs. */
export function answerErrors(logger: Logger) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    const problem = toProblem(error);
    response.locals['code'] = problem.code;
    if (errorEntry(problem.code).status >= 500) {
      const cause = problem.extras.cause ?? error;
      logger.error({ err: cause, requestId: requestIdOf(response), code: problem.code });
    }
    if (response.headersSent) next(error);
    else sendProblem(request, response, problem);
  };
}

/** For paths that nothing serves. */
export function answerNotFound(request: Request): void {
  throw new Problem('not_found', `There is nothing at ${request.path.slice(0, 200)}.`);
}
