import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be closed: bytes are taken and go nowhere. */
export interface TcpGate {
  /** HOST:PORT. */
  readonly address: string;
  /** From now on nothing passes, of old connections or new ones. */
  close(): void;
  stop(): Promise<void>;
}

/** Starts an open gate to HOST:PORT. */
export async function startTcpGate(target: string): Promise<TcpGate> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let isClosed = false;
  const server = createServer((near) => {
    const far = connect({ host, port: Number(port) });
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => void (isClosed || to.write(chunk)));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void (isClosed = true),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
