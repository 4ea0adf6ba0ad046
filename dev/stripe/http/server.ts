import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { API_VERSION } from '../account.js';
import type { RawRequest } from './exchange.js';
import type { Reply } from './keys.js';

const BODY_BYTES_MAX = 1024 * 1024;
const HOST = '127.0.0.1';

/** Answers a request; null: not its path. */
export type Answerer = (request: RawRequest) => Promise<Reply | 'reset' | null>;

/** A listening server. */
export interface Listener {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Listens on the loopback address only; port 0 takes a free one. */
export async function listen(port: number, answer: Answerer): Promise<Listener> {
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, answer).catch((error: unknown) => {
      process.stderr.write(`stripe sandbox: ${String(error)}\n`);
      outgoing.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://${HOST}:${taken}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: Answerer,
): Promise<void> {
  const body = await bodyOf(incoming);
  if (body === null) {
    send(outgoing, { status: 413, body: '{}', headers: { connection: 'close' } });
    return;
  }
  const { pathname, search } = new URL(incoming.url ?? '/', `http://${HOST}`);
  const reply = await answer({
    method: incoming.method ?? 'GET',
    path: pathname,
    query: search.slice(1),
    body,
    header: (name) => {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  });
  if (reply === 'reset') incoming.socket.resetAndDestroy();
  else send(outgoing, reply ?? { status: 404, body: '{}', headers: {} });
}

function send(outgoing: ServerResponse, reply: Reply): void {
  outgoing.writeHead(reply.status, {
    'content-type': 'application/json',
    'stripe-version': API_VERSION,
    ...reply.headers,
  });
  outgoing.end(reply.body);
}

async function bodyOf(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
