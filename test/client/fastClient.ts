import { Durabill, type DurabillOptions } from '../../client/durabill.js';
import type { ApiDouble } from './double/server.js';

/** Back-offs of milliseconds: what is tested is what repeats, not how long it waits. */
export const FAST_RETRY = { attemptsMax: 3, backoffMs: 2, backoffMsMax: 8, totalMsMax: 5_000 };

/** A client of the double that gives up soon. */
export function fastClient(api: ApiDouble, options: Partial<DurabillOptions> = {}): Durabill {
  const usual = { url: api.url, key: 'dbk_test_1', timeoutMs: 300, retry: FAST_RETRY };
  return new Durabill({ ...usual, ...options });
}
