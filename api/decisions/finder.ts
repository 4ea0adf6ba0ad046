import type { Mode } from '../../billing/catalogue.js';
import { cellOf } from '../../billing/cells.js';
import type { Hold } from '../../billing/holds/hold.js';
import { holdName } from '../../billing/holds/name.js';
import { endedOf } from '../../billing/holds/reserve.js';
import type { CustomerKey, SettleEntry } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import { invalidRequest, Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import type { Standings } from '../reading/standings.js';
import type { GrantedReservation, OpenedToken, Tokens } from './contract.js';
import type { DecidedCustomers } from './customers.js';
import type { RecentReservations } from './memory.js';
import type { Settles } from './settles.js';

/** Finds what a reservation is: by its token, or by customer and id at any process. */

/** Where reservations are looked for. */
export interface FinderPorts {
  readonly customers: DecidedCustomers;
  readonly tokens: Tokens;
  readonly memory: RecentReservations;
  readonly settles: Settles;
  readonly standings: Standings;
}

/** How a caller names a reservation's owner. */
export interface Whose {
  readonly customer?: string | undefined;
  readonly token?: string | undefined;
}

/** A reservation that can be ended, or the end that stands. */
export type Found =
  | { readonly type: 'granted'; readonly granted: GrantedReservation }
  | { readonly type: 'ended'; readonly key: CustomerKey; readonly entry: SettleEntry };

/** Finds reservations. */
export class Finder {
  constructor(private readonly ports: FinderPorts) {}

  /** @throws Problem `not_found`, `unknown_customer`, or `invalid_request` for a bad token. */
  async find(mode: Mode, id: string, { customer, token }: Whose): Promise<Found> {
    if (token !== undefined) {
      const opened = this.opened(mode, id, token, customer);
      await this.ports.customers.requireLife(opened.key);
      if (opened.reservation) return { type: 'granted', granted: opened.reservation };
      return this.findBy(opened.key, id);
    }
    return this.findBy(await this.ports.customers.known(mode, customer ?? ''), id);
  }

  private findBy(key: CustomerKey, id: string): Promise<Found> {
    const here = this.ports.memory.get(key, id) ?? this.ports.tokens.named(key, id);
    if (here) return Promise.resolve({ type: 'granted', granted: here });
    return this.findFar(key, id);
  }

  /** In the log, then at the workflow; then in the log anew, for it may have ended meanwhile. */
  private async findFar(key: CustomerKey, id: string): Promise<Found> {
    const { settles, standings } = this.ports;
    const before = await settles.of(key, id);
    if (before) return { type: 'ended', key, entry: before };
    const state = await standings.ofWorkflow(key);
    const hold = state && holdOf(state, id);
    if (hold) return { type: 'granted', granted: this.grantedOf(key, hold) };
    const after = await settles.of(key, id);
    if (after) return { type: 'ended', key, entry: after };
    throw notFound(id, key);
  }

  /**
   * As the workflow holds it now, for it may have been extended elsewhere; what is known where it
   * holds none or can't be asked.
   */
  async newest(known: GrantedReservation): Promise<GrantedReservation> {
    const { key, id } = known;
    try {
      const state = await this.ports.standings.ofWorkflow(key);
      const hold = state && cellOf(state.holds.open, id);
      return hold?.hash === known.hash ? this.grantedOf(key, hold) : known;
    } catch (error) {
      // A settle needs the log alone.
      if (error instanceof Problem && error.code === 'unavailable') return known;
      throw error;
    }
  }

  /** A hold as its reservation. */
  grantedOf(key: CustomerKey, hold: Hold): GrantedReservation {
    const { id, user, properties, quantities, grantedAtMs, expiresAtMs, since, hash } = hold;
    const facts = { key, id, user, properties, quantities, grantedAtMs, expiresAtMs, since, hash };
    const granted = { ...facts, hold: holdName(hold), isLeased: false };
    return { ...granted, token: this.ports.tokens.seal(granted), limits: [] };
  }

  private opened(
    mode: Mode,
    id: string,
    token: string,
    customer: string | undefined,
  ): OpenedToken {
    const opened = this.ports.tokens.open(token);
    const isOfCustomer = customer === undefined || opened?.key.customer === customer;
    if (opened?.key.mode === mode && opened.id === id && isOfCustomer) return opened;
    const detail = `token: is not the token of reservation ${shown(id)}.`;
    throw invalidRequest([{ detail, pointer: '/token' }]);
  }
}

/** An open or lately expired reservation of this id. */
export function holdOf(state: CustomerState, id: string): Hold | null {
  const open = cellOf(state.holds.open, id);
  if (open) return open.kind === 'reservation' ? open : null;
  return endedOf(state, id) ?? null;
}

/** Nobody ever granted it, or it is forgotten. */
export function notFound(id: string, { customer }: CustomerKey): Problem {
  return new Problem('not_found', `${shown(customer)} has no reservation ${shown(id)}.`);
}
