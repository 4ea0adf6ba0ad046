import { connect, createServer } from 'node:net';

/**
 * Below the ports that systems hand to outgoing connections (Linux: 32768 on): there, a client
 * that keeps trying to reach a dead server can take the server's own port for itself.
 */
const RANGE = { first: 20_000, last: 31_999 };
const TRIES = 100;

/** The port if nobody listens on it, else a free one. Loopback only. */
export async function portOrFree(preferred: number, taken: ReadonlySet<number>): Promise<number> {
  if (!taken.has(preferred) && (await isFree(preferred))) return preferred;
  return freePort(taken);
}

/**
 * A free port, at random so that programs starting side by side rarely choose the same.
 * @param taken ports that were given out already and are not in use yet.
 */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = RANGE.first + Math.floor(Math.random() * (RANGE.last - RANGE.first + 1));
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port found between ${RANGE.first} and ${RANGE.last}`);
}

/** True when nobody answers on a port of 127.0.0.1 and it can be listened on. */
export async function isFree(port: number): Promise<boolean> {
  // Some systems let us listen beside a server of all addresses: so ask for one, too.
  return !(await answers(port)) && (await canListen(port));
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.setTimeout(500, () => end(true));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    const end = (): void => void server.close(() => done(true));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, end);
  });
}
