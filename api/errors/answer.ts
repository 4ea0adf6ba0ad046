import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Answer } from '../http/operation.js';
import { originOf, requestIdOf } from '../http/requestId.js';
import { sendAnswer } from '../http/send.js';
import { errorEntry } from './codes.js';
import { Problem, problemBody, toProblem } from './problem.js';

/** A problem as application/problem+json (RFC 9457). */
export function problemAnswer(problem: Problem, origin: string, requestId: string): Answer {
  const { status } = errorEntry(problem.code);
  const content = JSON.stringify(problemBody(problem, origin, requestId));
  const text = { type: 'application/problem+json', content };
  return { status, text, headers: problem.extras.headers ?? {} };
}

/** Logs what is a fault of ours. */
export function reportProblem(
  logger: Logger,
  problem: Problem,
  error: unknown,
  requestId: string,
): void {
  if (errorEntry(problem.code).status < 500) return;
  logger.error({ err: problem.extras.cause ?? error, requestId, code: problem.code });
}

/** The last stop of every fault: logs what is ours, answers what is theirs. */
export function answerErrors(logger: Logger) {
  return async (
    error: unknown,
    request: Request,
    response: Response,
    next: NextFunction,
  ): Promise<void> => {
    const problem = toProblem(error);
    const id = requestIdOf(response);
    response.locals['code'] = problem.code;
    reportProblem(logger, problem, error, id);
    if (response.headersSent) next(error);
    else await sendAnswer(response, problemAnswer(problem, originOf(request), id));
  };
}

/** For paths that nothing serves. */
export function answerNotFound(request: Request): void {
  throw new Problem('not_found', `There is nothing at ${request.path.slice(0, 200)}.`);
}
