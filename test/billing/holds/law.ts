import { openHolds } from '../../../billing/holds/book.js';
import type { Hold } from '../../../billing/holds/hold.js';
import type { Quantities } from '../../../billing/log.js';
import type { Item } from './protocol.js';

/** The limits once more, counted by a loop over everything: nothing is shared with the rules. */

const DAY_MS = 86_400_000;
const LARGE = ['large', 'huge'];

interface Usage {
  readonly atMs: number;
  readonly user: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly tokens: number;
  readonly requests: number;
}

const tokensOf = (quantities: Quantities) =>
  (quantities['input_tokens'] ?? 0) + (quantities['output_tokens'] ?? 0);

/** What the log counts. */
export function usedIn(log: readonly Item[]): Usage[] {
  return log.flatMap((item) => {
    if (item.type !== 'settle') return [];
    return item.parts.map((part) => ({
      atMs: part.atMs,
      user: item.user,
      properties: item.properties,
      tokens: tokensOf(part.used),
      requests: part.counts ? 1 : 0,
    }));
  });
}

/** What open holds keep. */
export function heldIn(state: Parameters<typeof openHolds>[0]): Usage[] {
  return openHolds(state).map((hold) => ({
    atMs: hold.grantedAtMs,
    user: hold.user ?? '',
    properties: hold.properties,
    tokens: tokensOf(hold.quantities) - tokensOf(hold.settled),
    requests: requestsOf(hold),
  }));
}

function requestsOf(hold: Hold): number {
  if (hold.kind === 'reservation') return 1;
  if (hold.kind === 'extra') return 0;
  return (hold.quantities['requests'] ?? 0) - (hold.settled['requests'] ?? 0);
}

/** Limits that are passed, as text; none is what the law asks for. */
export function passed(usages: readonly Usage[]): string[] {
  const sums = new Map<string, { sum: number; max: number }>();
  const add = (key: string, amount: number, max: number): void => {
    sums.set(key, { sum: (sums.get(key)?.sum ?? 0) + amount, max });
  };
  for (const { atMs, user, properties, tokens, requests } of usages) {
    const day = Math.floor(atMs / DAY_MS);
    add(`daily ${day}`, tokens, 150);
    add(`user ${day} ${user}`, tokens, 100);
    add(`rate ${day}`, requests, 60);
    if (LARGE.includes(properties['model'] ?? '')) {
      add(`large ${day} ${properties['team'] ?? null}`, tokens, 40);
    }
  }
  return [...sums]
    .filter(([, { sum, max }]) => sum > max)
    .map(([key, { sum, max }]) => `${key}: ${sum} of ${max}`);
}
