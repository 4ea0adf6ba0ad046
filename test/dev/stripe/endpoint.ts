import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One webhook as it came. */
export interface Received {
  readonly body: string;
  readonly signature: string;
}

/** An endpoint that keeps what it gets and answers the statuses given, then 200. */
export async function startEndpoint(...statuses: number[]) {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ body, signature: String(request.headers['stripe-signature']) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${port}/webhooks/stripe`, received, close };
}
