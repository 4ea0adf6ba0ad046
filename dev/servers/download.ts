import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Work } from './contract.js';

const HEADERS_LIMIT_MS = 15_000;
const LIMIT_MS = 15 * 60_000;

/**
 * Downloads a file and checks it against a SHA-256 that is written in the source.
 * @throws Error when the server refuses, the sum differs, or it takes more than 15 minutes.
 */
export async function download(
  url: string,
  file: string,
  sha256: string,
  work: Work,
): Promise<void> {
  const slow = new AbortController();
  const headersLimit = setTimeout(() => slow.abort(), HEADERS_LIMIT_MS);
  const signal = AbortSignal.any([work.signal, slow.signal, AbortSignal.timeout(LIMIT_MS)]);
  const answer = await fetch(url, { signal }).finally(() => clearTimeout(headersLimit));
  if (!answer.ok || answer.body === null) throw new Error(`${url}: HTTP ${answer.status}`);

  const total = Number(answer.headers.get('content-length') ?? 0);
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      work.progress(`downloading ${megabytes(bytes)}${total ? ` of ${megabytes(total)}` : ''} MB`);
      done(null, chunk);
    },
  });
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  await pipeline(body, count, createWriteStream(file), { signal });
  const got = hash.digest('hex');
  if (got !== sha256) throw new Error(`${url}: SHA-256 is ${got}, expected ${sha256}`);
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}
