import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';

const LIMIT_MS = 1_500;

/**
 * Tells in time whether a host can be reached: name, then TCP. A machine that is offline answers
 * in milliseconds; a filtered network would hang a download for minutes.
 * @returns null when it can, else the reason.
 */
export async function probeHost(
  host: string,
  port = 443,
  limitMs: number = LIMIT_MS,
): Promise<string | null> {
  const limit = AbortSignal.timeout(limitMs);
  const tooLate = `${host}: no answer within ${limitMs / 1_000} s`;
  const late = new Promise<string>((done) => {
    limit.addEventListener('abort', () => done(tooLate), { once: true });
  });
  return Promise.race([attempt(host, port, limit), late]);
}

async function attempt(host: string, port: number, limit: AbortSignal): Promise<string | null> {
  let address: string;
  try {
    ({ address } = await lookup(host));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `${host}: name not found (offline?)`;
    return `${host}: ${code ?? (error as Error).message}`;
  }
  return new Promise((done) => {
    const socket = connect({ host: address, port });
    const end = (answer: string | null): void => {
      socket.destroy();
      done(answer);
    };
    socket.once('connect', () => end(null));
    socket.once('error', (error: NodeJS.ErrnoException) => end(`${host}: ${error.code}`));
    limit.addEventListener('abort', () => end('too late'), { once: true });
  });
}
