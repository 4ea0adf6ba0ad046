import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { problemAnswer, reportProblem } from '../errors/answer.js';
import { toProblem } from '../errors/problem.js';
import type { Metrics } from '../operation/metrics.js';
import { answerTo, type Exchange, type Mounting } from './exchange.js';
import { BODY_BYTES_MAX } from './json.js';
import { logLine } from './log.js';
import type { Operation } from './operation.js';
import { cleanRequestId, originOfHost } from './requestId.js';
import { sendAnswer } from './send.js';

/**
 * The busiest operations without the router and its middleware, which cost more than the
 * decision itself. The same key, limit, checks, handler, errors, log line, metrics and headers;
 * whatever is unusual about a request (a query, an encoded body) goes the long way.
 */

/** What the thin path stands on. */
export interface ThinPorts {
  readonly mounting: Mounting;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Headers of every answer, as the router's middleware sets them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A path with its parameters, or null where it is not this operation's. */
type Matcher = (path: string) => Readonly<Record<string, string>> | null;

function matcherOf({ path }: Operation): Matcher {
  const parts = path.split('/');
  return (given) => {
    const found = given.split('/');
    if (found.length !== parts.length) return null;
    const parameters: Record<string, string> = {};
    for (const [at, part] of parts.entries()) {
      const value = found[at] ?? '';
      if (part.startsWith('{')) {
        // Escapes are the router's: it knows what a broken one is answered.
        if (value === '' || value.includes('%')) return null;
        parameters[part.slice(1, -1)] = value;
      } else if (part !== value) return null;
    }
    return parameters;
  };
}

/** The error that Express' body reader throws, so that it is answered alike. */
function tooLarge(): Error {
  return Object.assign(new Error('request entity too large'), { status: 413 });
}

function readBody(request: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      // The rest is read and dropped; how long it may take is the server's bound.
      if (bytes > BODY_BYTES_MAX) reject(tooLarge());
      else chunks.push(chunk);
    });
    request.on('end', () => {
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
}

/** True for requests that need nothing of the router. */
function isPlain({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'POST' && !url.includes('?') && headers['content-encoding'] === undefined;
}

function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  path: Readonly<Record<string, string>>,
): Exchange {
  const { headers } = request;
  const origin = originOfHost('http', headers.host);
  const requestId = cleanRequestId(headers['request-id']);
  const readBodyNow = (): Promise<Uint8Array> => readBody(request);
  return { headers, response, path, query: {}, origin, requestId, readBody: readBodyNow };
}

async function serve(operation: Operation, ports: ThinPorts, exchange: Exchange): Promise<void> {
  const { response, requestId, origin } = exchange;
  const startedAt = performance.now();
  const { path: route } = operation;
  const code: { value?: string } = {};
  ports.metrics.observe(response, 'POST', () => route);
  for (const [name, value] of Object.entries(ports.headers)) response.setHeader(name, value);
  response.setHeader('Request-Id', requestId);
  response.once('finish', () => {
    const line = { requestId, method: 'POST', path: route, status: response.statusCode };
    logLine(ports.logger, { ...line, code: code.value }, startedAt);
  });
  try {
    await sendAnswer(response, await answerTo(operation, ports.mounting, exchange));
  } catch (error) {
    const problem = toProblem(error);
    code.value = problem.code;
    reportProblem(ports.logger, problem, error, requestId);
    if (response.headersSent) response.destroy();
    else await sendAnswer(response, problemAnswer(problem, origin, requestId));
  }
}

/** Serves `operations` (POST, no query) at once, and everything else by `app`. */
export function thinFirst(
  app: RequestListener,
  operations: readonly Operation[],
  ports: ThinPorts,
): RequestListener {
  const routes = operations.map((operation) => ({ operation, match: matcherOf(operation) }));
  return (request, response) => {
    if (isPlain(request)) {
      for (const { operation, match } of routes) {
        const path = match(request.url ?? '');
        if (path) return void serve(operation, ports, exchangeOf(request, response, path));
      }
    }
    return app(request, response);
  };
}
