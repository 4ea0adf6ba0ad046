import type { StripeSession } from '../session.js';

/** What the ledger remembers of an object that Stripe does not show under its own name. */
export interface Recalled<T> {
  /** The object that was made, where it is still there. */
  readonly found: T | null;
  /** Name under which it may be made (`ensure`): of its own for each time that it was lost. */
  readonly name: string;
  /** Id of the object that was made and is gone; null: none ever was. */
  readonly lost: string | null;
}

/** An object is made again at most so often. */
const LOSSES_MAX = 20;

/**
 * Looks up what was made under a name, and after each loss under the name that follows it: so an
 * account that was emptied is filled again, and a repeat still makes nothing twice.
 * @throws Error after 20 losses: somebody deletes what we make.
 */
export async function recall<T>(
  session: StripeSession,
  base: string,
  read: (id: string) => Promise<T | null>,
): Promise<Recalled<T>> {
  let name = base;
  let lost: string | null = null;
  for (let losses = 0; losses < LOSSES_MAX; losses += 1) {
    const row = await session.ensures.find(name);
    if (row?.state !== 'done' || row.object === null) return { found: null, name, lost };
    const found = await read(row.object);
    if (found !== null) return { found, name, lost };
    lost = row.object;
    name = `${base}/again/${losses + 1}`;
  }
  throw new Error(`${base} was made ${LOSSES_MAX} times and is gone at Stripe each time`);
}
