import type { CustomerKey } from '../../billing/log.js';
import type { GrantedReservation, OpenedToken, Tokens } from '../decisions/contract.js';
import { ID_LENGTH_MAX, LeasedIds } from './leasedIds.js';
import { Seal } from './seal.js';

/**
 * Tokens of reservations: signed, at most 1,024 characters, readable by any process with the
 * secret. By their first letter:
 * `l` a reservation out of a lease: customer and id, for such an id carries and signs all of it;
 * `r` a reservation that the workflow holds, whole;
 * `n` the same where the whole would be too long: customer and id alone, the hold is looked up;
 * `c` and `d` the same two of a lease that a caller subdivides: no reservation is opened by them.
 */

/** Longest token, characters. */
export const TOKEN_LENGTH_MAX = 1_024;

const MARK_BYTES = 32;

/** What follows: all of it, or whose and which it is; of a reservation, or of a lease. */
type Kind = 'r' | 'n' | 'c' | 'd';

type Sealed = Omit<GrantedReservation, 'token' | 'limits'>;

/** A reservation as it stands in a token, field by field. */
type Row = readonly [
  mode: CustomerKey['mode'],
  customer: string,
  life: number,
  id: string,
  user: string | null,
  quantities: Readonly<Record<string, number>>,
  properties: Readonly<Record<string, string>>,
  hold: string,
  grantedAtMs: number,
  expiresAtMs: number,
  since: number,
  hash: string,
];

/** Tokens of leases that callers subdivide: such a token opens no reservation. */
export interface LeaseTokens {
  sealLease(lease: Sealed): string;
  /** Null: forged, damaged, of another secret, or of a reservation. */
  openLease(token: string): OpenedToken | null;
}

/**
 * Seals and opens tokens, and names reservations out of leases. `secrets`: one, or several
 * separated by commas for a rotation: the first seals, all open.
 * @throws RangeError for a secret of fewer than 32 characters.
 */
export function createTokens(secrets: string): Tokens & LeaseTokens {
  return new SealedTokens(new Seal(secrets));
}

class SealedTokens implements Tokens, LeaseTokens {
  private readonly ids: LeasedIds;

  constructor(private readonly seals: Seal) {
    this.ids = new LeasedIds(seals);
  }

  seal(granted: Sealed): string {
    const { mode, customer, life } = granted.key;
    if (granted.isLeased) return `l.${base64([mode, customer, life])}.${granted.id}`;
    return this.fitting(granted, 'r', 'n');
  }

  sealLease(lease: Sealed): string {
    return this.fitting(lease, 'c', 'd');
  }

  open(token: string): OpenedToken | null {
    const [kind, content = '', ...rest] = token.split('.');
    if (kind !== 'l') return this.openAs(token, 'r', 'n');
    return token.length > TOKEN_LENGTH_MAX
      ? null
      : this.openLeased(token, content, rest.join('.'));
  }

  openLease(token: string): OpenedToken | null {
    return this.openAs(token, 'c', 'd');
  }

  private openAs(token: string, whole: Kind, brief: Kind): OpenedToken | null {
    if (token.length > TOKEN_LENGTH_MAX) return null;
    const [kind, content = '', ...rest] = token.split('.');
    const last = rest.join('.');
    if (kind !== whole && kind !== brief) return null;
    if (!this.seals.isMarkOf(`${kind}.${content}`, last, MARK_BYTES)) return null;
    // Sound: only this class marks such texts, and the mark is good.
    const row = JSON.parse(Buffer.from(content, 'base64url').toString()) as Row;
    const [mode, customer, life, id] = row;
    const reservation = kind === whole ? reservationOf(row, token) : null;
    return { key: { mode, customer, life }, id, reservation };
  }

  name(leased: Parameters<Tokens['name']>[0]): string | null {
    return this.ids.name(leased);
  }

  named(key: CustomerKey, id: string): GrantedReservation | null {
    const reservation = this.ids.read(key, id);
    if (!reservation) return null;
    return { ...reservation, token: this.seal(reservation), limits: [] };
  }

  /** The mark in the id covers the customer, too. */
  private openLeased(token: string, content: string, id: string): OpenedToken | null {
    const key = readKey(content);
    const reservation = key && id.length <= ID_LENGTH_MAX ? this.ids.read(key, id) : null;
    if (!key || !reservation) return null;
    return { key, id, reservation: { ...reservation, token, limits: [] } };
  }

  private fitting(granted: Sealed, whole: Kind, brief: Kind): string {
    const { mode, customer, life } = granted.key;
    const token = this.marked(whole, rowOf(granted));
    if (token.length <= TOKEN_LENGTH_MAX) return token;
    return this.marked(brief, [mode, customer, life, granted.id]);
  }

  private marked(kind: Kind, content: readonly unknown[]): string {
    const text = `${kind}.${base64(content)}`;
    return `${text}.${this.seals.markOf(text, MARK_BYTES)}`;
  }
}

function base64(content: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** The customer in a text that nothing vouches for yet. */
function readKey(content: string): CustomerKey | null {
  try {
    const read: unknown = JSON.parse(Buffer.from(content, 'base64url').toString());
    if (!Array.isArray(read)) return null;
    const [mode, customer, life] = read as readonly unknown[];
    if (mode !== 'test' && mode !== 'live') return null;
    return typeof customer === 'string' && typeof life === 'number'
      ? { mode, customer, life }
      : null;
  } catch {
    return null; // no JSON: no token of ours
  }
}

/** The hold is named by the id itself but for its serial and epoch. */
function rowOf(granted: Sealed): Row {
  const { mode, customer, life } = granted.key;
  const { id, user, quantities, properties, hold } = granted;
  const { grantedAtMs, expiresAtMs, since, hash } = granted;
  const short = hold.startsWith(`${id}#`) ? hold.slice(id.length) : hold;
  const times = [grantedAtMs, expiresAtMs, since] as const;
  return [mode, customer, life, id, user, quantities, properties, short, ...times, hash];
}

function reservationOf(row: Row, token: string): GrantedReservation {
  const [mode, customer, life, id, user, quantities, properties, short, ...rest] = row;
  const [grantedAtMs, expiresAtMs, since, hash] = rest;
  const key = { mode, customer, life };
  const hold = short.startsWith('#') ? `${id}${short}` : short;
  const content = { key, id, user, quantities, properties, hold, grantedAtMs, expiresAtMs };
  return { ...content, since, hash, isLeased: false, token, limits: [] };
}
