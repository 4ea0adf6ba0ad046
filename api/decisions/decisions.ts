import type { Mode } from '../../billing/catalogue.js';
import type { CustomerKey } from '../../billing/log.js';
import type { LogReader, LogWriter } from '../../ledger/contract.js';
import type { DefaultPlan } from '../events/defaultPlan.js';
import type { Catalogues } from '../reading/catalogues.js';
import type { CustomerRows } from '../reading/customerRows.js';
import type { Standings } from '../reading/standings.js';
import {
  TTL_MS,
  type CheckRequest,
  type CommitRequest,
  type ExtendRequest,
  type ReservationRequest,
} from '../schemas/reservation.js';
import { namedProperties, requestHash, requireReservable } from './asked.js';
import { endedBody, HELD, reservationBody, type ReservationBody } from './body.js';
import { checkAnswer, stateOf, type CheckCall } from './check.js';
import type {
  AskedReservation,
  Decider,
  GrantedReservation,
  LeaseBook,
  Tokens,
} from './contract.js';
import { DecidedCustomers } from './customers.js';
import { Extender, type Extended } from './extender.js';
import { Finder, type Whose } from './finder.js';
import { RecentReservations } from './memory.js';
import { Reserver, type Reserved } from './reserver.js';
import { endingFor, Settler, type WantedEnd } from './settler.js';
import { Settles } from './settles.js';

/** Everything that POST /v1/check and /v1/reservations do, without HTTP. */

/** What decisions stand on. */
export interface DecisionPorts {
  readonly decider: Decider;
  /** Null: every decision is exact. */
  readonly leases: LeaseBook | null;
  readonly tokens: Tokens;
  readonly writer: LogWriter;
  readonly log: LogReader;
  readonly rows: CustomerRows;
  readonly catalogues: Catalogues;
  readonly standings: Standings;
  readonly defaultPlan: DefaultPlan;
  /** Real time, ms. */
  readonly now: () => number;
}

/** Decides, and ends what was decided. */
export class Decisions {
  readonly customers: DecidedCustomers;
  readonly settles: Settles;
  readonly memory = new RecentReservations();
  readonly finder: Finder;
  private readonly reserver: Reserver;
  private readonly settler: Settler;
  private readonly extender: Extender;

  constructor(private readonly ports: DecisionPorts) {
    this.customers = new DecidedCustomers(ports);
    this.settles = new Settles(ports.log);
    const { customers, settles, memory } = this;
    const nowOf = (key: CustomerKey): number => customers.nowOf(key);
    this.finder = new Finder({ ...ports, customers, settles, memory });
    this.reserver = new Reserver({ ...ports, settles, memory, nowOf });
    this.settler = new Settler({
      ...ports,
      snapshot: (key) => customers.snapshot(key),
      names: async ({ mode }) => (await ports.catalogues.require(mode)).namedProperties,
    });
    this.extender = new Extender({ ...ports, settles, memory });
  }

  /** @throws Problem: the denial among others. */
  async reserve(mode: Mode, body: ReservationRequest): Promise<Reserved> {
    return this.reserver.reserve(await this.asked(mode, body));
  }

  /** What a reservation would be answered; nothing is held. @throws Problem. */
  async check(mode: Mode, body: CheckRequest, call: CheckCall) {
    const { customer, user = null, quantities, properties = {}, feature } = body;
    const catalogue = await this.customers.catalogue(mode, quantities ?? {});
    requireReservable(quantities ?? {}, catalogue);
    const state = await stateOf(this.ports.standings, await this.customers.made(mode, customer));
    const named = namedProperties(catalogue, properties);
    const asked = { user, quantities: quantities ?? {}, properties: named };
    const checked = feature === undefined ? asked : { feature };
    return checkAnswer(state, checked, this.ports.now(), call);
  }

  /** @throws Problem. */
  async commit(mode: Mode, id: string, body: CommitRequest): Promise<ReservationBody> {
    const { quantities, properties, cacheHit } = body;
    requireReservable(quantities ?? {}, await this.customers.catalogue(mode, quantities ?? {}));
    const commit = {
      ...(quantities ? { quantities } : {}),
      ...(properties ? { properties } : {}),
      ...(cacheHit ? { cacheHit } : {}),
    };
    return this.end(mode, id, body, { type: 'commit', commit, hash: requestHash(commit) });
  }

  /** @throws Problem. */
  release(mode: Mode, id: string, body: Whose): Promise<ReservationBody> {
    return this.end(mode, id, body, { type: 'release', hash: requestHash({ release: true }) });
  }

  /** @throws Problem. */
  async extend(
    mode: Mode,
    id: string,
    body: ExtendRequest,
  ): Promise<Extended & { readonly body: ReservationBody }> {
    const { quantities, ttlMs } = body;
    requireReservable(quantities ?? {}, await this.customers.catalogue(mode, quantities ?? {}));
    const found = await this.finder.find(mode, id, body);
    if (found.type === 'ended') {
      // Asked as the other way of ending it, so that the entry refuses.
      endingFor(found.entry, found.entry.outcome === 'released' ? 'commit' : 'release', id);
      throw new Error(`${id} has ended and can't be extended`);
    }
    const extended = await this.extender.extend(found.granted, { quantities, ttlMs });
    return { ...extended, body: reservationBody(extended.granted, HELD) };
  }

  private async end(
    mode: Mode,
    id: string,
    whose: Whose,
    wanted: WantedEnd,
  ): Promise<ReservationBody> {
    const found = await this.finder.find(mode, id, whose);
    if (found.type === 'granted') {
      const stale = mayBeStale(found.granted, whose, wanted);
      const granted = stale ? await this.finder.newest(found.granted) : found.granted;
      return reservationBody(granted, await this.settler.settle(granted, wanted));
    }
    endingFor(found.entry, wanted.type, id);
    return endedBody(found.key, found.entry);
  }

  private async asked(mode: Mode, body: ReservationRequest): Promise<AskedReservation> {
    const { id = null, customer, user = null, quantities, properties = {}, ttlMs } = body;
    const catalogue = await this.customers.catalogue(mode, quantities);
    requireReservable(quantities, catalogue);
    const given = { user: body.user, quantities, properties: body.properties, ttlMs };
    return {
      key: await this.customers.made(mode, customer),
      id,
      user,
      quantities,
      properties,
      named: namedProperties(catalogue, properties),
      ttlMs: ttlMs ?? TTL_MS.usual,
      hash: requestHash(given),
    };
  }
}


/** Would an extension at another process make a difference? */
function mayBeStale(
  { isLeased, quantities }: GrantedReservation,
  { token }: Whose,
  wanted: WantedEnd,
): boolean {
  if (wanted.type !== 'commit' || wanted.commit.cacheHit) return false;
  const { quantities: used } = wanted.commit;
  if (!used) return token === undefined && !isLeased;
  return Object.entries(used).some(([meter, quantity]) => quantity > (quantities[meter] ?? 0));
}
