import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The HTTP server around the API: bounds against slow and endless requests. */

/** A request must have come in whole by then, ms. */
const REQUEST_MS_MAX = 30_000;

/** A server that listens, and how to stop it. */
export interface RunningServer {
  readonly port: number;
  /** Stops accepting; waits for answers under way, at most `graceMs`, then cuts connections. */
  close(graceMs: number): Promise<void>;
}

function closing(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Where to listen. */
export interface Listening {
  /** 0: any free one. */
  readonly port: number;
  /** All interfaces unless given. */
  readonly host?: string;
  /** A request must have come in whole by then, ms; default 30 s. */
  readonly requestMsMax?: number;
}

/** Listens on a port. @throws Error when the port is taken. */
export function listen(app: RequestListener, listening: Listening): Promise<RunningServer> {
  const { port, host, requestMsMax = REQUEST_MS_MAX } = listening;
  const server = createServer(
    {
      requestTimeout: requestMsMax,
      headersTimeout: Math.min(10_000, requestMsMax),
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: Math.min(2_000, requestMsMax),
      maxHeaderSize: 16_384,
    },
    app,
  );
  server.maxRequestsPerSocket = 0;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { port: bound } = server.address() as AddressInfo;
      resolve({ port: bound, close: (graceMs) => closing(server, graceMs) });
    });
  });
}
