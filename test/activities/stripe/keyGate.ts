import { type AddressInfo } from 'node:net';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** One address in front of several Stripe accounts: the key of a request says which is meant. */

/** A request that came by. */
export interface GateCall {
  readonly key: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly atMs: number;
}

/** A listening gate. */
export interface KeyGate {
  readonly url: string;
  /** Everything that came since the last `forget`. */
  readonly calls: readonly GateCall[];
  forget(): void;
  /**
   * The `nth` POST from now on takes effect and is never answered; resolves once it has.
   * At most one at a time.
   */
  swallow(nth: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a gate to the accounts, by secret key. Any other key is answered by 401. */
export async function startKeyGate(accounts: Readonly<Record<string, string>>): Promise<KeyGate> {
  const calls: GateCall[] = [];
  let swallowing: { left: number; readonly done: () => void } | null = null;
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const key = (incoming.headers.authorization ?? '').replace('Bearer ', '');
    const { method = 'GET', url = '/' } = incoming;
    calls.push({ key, method, path: url.split('?')[0] ?? '', atMs: performance.now() });
    const answer = await forward(accounts[key], incoming);
    if (method === 'POST' && swallowing && --swallowing.left === 0) {
      swallowing.done();
      swallowing = null;
      return;
    }
    if (answer === 'reset') incoming.socket.resetAndDestroy();
    else outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    forget: () => void (calls.length = 0),
    swallow: (nth) => new Promise((done) => void (swallowing = { left: nth, done })),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const UNKNOWN_KEY: Answer = {
  status: 401,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ error: { type: 'invalid_request_error', message: 'Invalid API Key' } }),
};

/** Headers of an answer that the SDK looks at. */
const KEPT_HEADERS = ['content-type', 'request-id', 'retry-after', 'stripe-should-retry'];

async function forward(
  account: string | undefined,
  incoming: IncomingMessage,
): Promise<Answer | 'reset'> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  if (account === undefined) return UNKNOWN_KEY;
  const { method = 'GET', url = '/', headers } = incoming;
  const sent = ['authorization', 'content-type', 'idempotency-key', 'stripe-version'];
  const given = sent.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const body = method === 'GET' ? undefined : Buffer.concat(chunks).toString();
  const request = { method, headers: Object.fromEntries(given), body };
  const response = await fetch(account + url, request).catch(() => null);
  if (!response) return 'reset';
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const { status } = response;
  return { status, headers: Object.fromEntries(kept), body: await response.text() };
}
