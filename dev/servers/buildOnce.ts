import { join } from 'node:path';
import type { ServerName, ServerProgram, Work } from './contract.js';
import { withLock } from './lockFile.js';

/**
 * Gets a server's program under the cache's lock: two builds never run at once. Whoever waited
 * finds it in the cache, so `build` looks there first.
 */
export function buildOnce(
  server: ServerName,
  cache: string,
  work: Work,
  build: () => Promise<ServerProgram>,
): Promise<ServerProgram> {
  const lock = join(cache, 'locks', server);
  const wait = ({ pid }: { pid: number }): void =>
    work.progress(`waiting for process ${pid}, which is getting it`);
  return withLock(lock, work.signal, wait, build);
}
