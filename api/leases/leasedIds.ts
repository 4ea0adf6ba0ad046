import type { CustomerKey } from '../../billing/log.js';
import type { GrantedReservation } from '../decisions/contract.js';
import { leasedText, readLeasedText, type Leased } from './leasedText.js';
import type { Seal } from './seal.js';

/**
 * Ids of reservations out of leases: `r_TEXT~MARK`. The text tells everything about the
 * reservation, the mark signs it for one customer: with the customer it is as good as a token.
 */

/** Longest id (CONTRACT §3), characters. */
export const ID_LENGTH_MAX = 128;

const PREFIX = 'r_';

/** Half of the HMAC, the least that RFC 2104 §5 recommends. */
const MARK_BYTES = 16;

/** Makes and reads ids of reservations out of leases. */
export class LeasedIds {
  constructor(private readonly seals: Seal) {}

  /** The id of a leased reservation; null where it would be longer than an id may be. */
  name({ key, ...leased }: Leased & { readonly key: CustomerKey }): string | null {
    const text = leasedText(leased);
    if (text === null || text.length > ID_LENGTH_MAX) return null;
    const id = `${PREFIX}${text}~${this.seals.markOf(markedText(key, text), MARK_BYTES)}`;
    return id.length <= ID_LENGTH_MAX ? id : null;
  }

  /** The reservation; null for an id of another make, of another customer, or forged. */
  read(key: CustomerKey, id: string): Omit<GrantedReservation, 'token' | 'limits'> | null {
    const end = id.lastIndexOf('~');
    if (!id.startsWith(PREFIX) || end < 0 || id.length > ID_LENGTH_MAX) return null;
    const text = id.slice(PREFIX.length, end);
    const isGood = this.seals.isMarkOf(markedText(key, text), id.slice(end + 1), MARK_BYTES);
    const leased = isGood ? readLeasedText(text) : null;
    if (!leased) return null;
    const { number: _number, ...rest } = leased;
    return { ...rest, key, id, hash: id, isLeased: true };
  }
}

function markedText({ mode, customer, life }: CustomerKey, text: string): string {
  return `lease.${mode}.${life}.${customer.length}.${customer}.${text}`;
}
