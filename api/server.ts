import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** The HTTP server around the API: bounds against slow and endless requests. */

/** A request must have come in whole by then, ms. */
export const REQUEST_MS_MAX = 30_000;

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

/** Listens on a port; 0: any free one. @throws Error when the port is taken. */
export function listen(app: Express, port: number, host?: string): Promise<RunningServer> {
  const server = createServer(
    {
      requestTimeout: REQUEST_MS_MAX,
      headersTimeout: 10_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 2_000,
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
