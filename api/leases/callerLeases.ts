import { randomBytes } from 'node:crypto';
import { isDerivedCount, meterOf } from '../../billing/branches.js';
import { canonicalJson } from '../../billing/canonical.js';
import type { Mode, PublishedCatalogue } from '../../billing/catalogue.js';
import { cellOf } from '../../billing/cells.js';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import type { HoldAnswer, HoldAsk } from '../../billing/holds/asks.js';
import { holdName } from '../../billing/holds/name.js';
import type { CustomerKey, Quantities } from '../../billing/log.js';
import { namedProperties, requireReservable } from '../decisions/asked.js';
import type { Decider, OpenedToken } from '../decisions/contract.js';
import type { DecidedCustomers } from '../decisions/customers.js';
import { denialProblem } from '../decisions/denial.js';
import { invalidRequest, Problem, unavailable, type Fault } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import type { Standings } from '../reading/standings.js';
import type { LeaseRequest, LeaseReturn } from '../schemas/lease.js';
import type { LeaseTokens } from './tokens.js';

/** Leases that callers subdivide in their own process: POST /v1/leases, without HTTP. */

/** What callers' leases stand on. */
export interface CallerLeasePorts {
  readonly decider: Decider;
  readonly tokens: LeaseTokens;
  readonly customers: DecidedCustomers;
  readonly standings: Pick<Standings, 'ofWorkflow'>;
}

/** A lease as it was granted. */
interface GrantedLease {
  readonly key: CustomerKey;
  readonly id: string;
  /** `ID#SERIAL@EPOCH`. */
  readonly hold: string;
  /** As granted, whatever was given back or used since. */
  readonly quantities: Quantities;
  readonly expiresAtMs: number;
}

type Granted = Extract<HoldAnswer, { type: 'granted' }>;

/** Grants leases to callers and takes back what they did not use. */
export class CallerLeases {
  constructor(private readonly ports: CallerLeasePorts) {}

  /** All that is asked for, debited now. @throws Problem: the denial among others. */
  async grant(mode: Mode, body: LeaseRequest) {
    const { customer, user = null, quantities, properties = {}, ttlMs } = body;
    const catalogue = await this.ports.customers.catalogue(mode, quantities);
    requireReservable(reported(quantities, catalogue), catalogue);
    const key = await this.ports.customers.made(mode, customer);
    const named = namedProperties(catalogue, properties);
    const ask: HoldAsk = {
      type: 'lease',
      id: `l_${randomBytes(16).toString('base64url')}`,
      user,
      properties: named,
      atLeast: quantities,
      upTo: quantities,
      ttlMs,
      hash: contentText(quantities),
      holder: null,
    };
    const { answers, nowMs } = await this.ports.decider.decide(key, [ask]);
    const [answer] = answers;
    if (answer?.type === 'denied') throw denialProblem(answer.denial, nowMs);
    if (answer?.type !== 'granted') throw unavailable(`A lease was answered ${answer?.type}.`);
    return { body: this.granted(key, ask, answer, nowMs), limits: answer.limits, nowMs };
  }

  /**
   * Gives back what is left unused, as an absolute: a repeat is harmless, what events have used
   * already stays used. @throws Problem `not_found`, `invalid_request`, `unknown_customer`.
   */
  async giveBack(mode: Mode, id: string, body: LeaseReturn) {
    const lease = await this.find(mode, id, body);
    const size = sizeWithout(lease, body.quantities);
    const ask: HoldAsk = { type: 'shrink', hold: lease.hold, size };
    const { answers } = await this.ports.decider.decide(lease.key, [ask]);
    const [answer] = answers;
    // Gone: it has ended, so all of it is back.
    if (answer?.type !== 'granted' && answer?.type !== 'gone') {
      throw unavailable(`A return was answered ${answer?.type}.`);
    }
    return { id, quantities: size, expiresAt: instantText(lease.expiresAtMs) };
  }

  private granted(
    key: CustomerKey,
    { id, user, properties, hash }: Extract<HoldAsk, { type: 'lease' }>,
    { quantities, hold, grantedAtMs, expiresAtMs, since }: Granted,
    nowMs: number,
  ) {
    const content = { key, id, user, properties, quantities, hold, hash };
    const lease = { ...content, isLeased: false, grantedAtMs, expiresAtMs, since };
    const token = this.ports.tokens.sealLease(lease);
    const ttlMs = expiresAtMs - nowMs;
    return { id, quantities, expiresAt: instantText(expiresAtMs), ttlMs, token };
  }

  private async find(mode: Mode, id: string, whose: LeaseReturn): Promise<GrantedLease> {
    const { customer, token } = whose;
    if (token === undefined) {
      return this.findFar(await this.ports.customers.known(mode, customer ?? ''), id);
    }
    const opened = this.ports.tokens.openLease(token);
    if (opened?.key.mode !== mode || opened.id !== id || !isOf(opened, customer)) {
      const detail = `token: is not the token of lease ${shown(id)}.`;
      throw invalidRequest([{ detail, pointer: '/token' }]);
    }
    await this.ports.customers.requireLife(opened.key);
    return opened.reservation ?? this.findFar(opened.key, id);
  }

  private async findFar(key: CustomerKey, id: string): Promise<GrantedLease> {
    const state = await this.ports.standings.ofWorkflow(key);
    const hold = state && cellOf(state.holds.open, id);
    if (hold?.kind !== 'lease' || hold.holder !== null) {
      throw new Problem('not_found', `${shown(key.customer)} has no lease ${shown(id)}.`);
    }
    const quantities = JSON.parse(hold.hash) as Quantities;
    return { key, id, hold: holdName(hold), quantities, expiresAtMs: hold.expiresAtMs };
  }
}

/**
 * A lease's hash is its content: whoever has only the id can tell from the hold what had been
 * granted, however much of it was given back since.
 */
function contentText(quantities: Quantities): string {
  return canonicalJson(quantities);
}

/** Derived `count` meters stand in a lease by their own names, or it covers no request. */
function reported(quantities: Quantities, { meters }: PublishedCatalogue): Quantities {
  const isReported = ([meter]: readonly [string, number]): boolean => {
    const found = meterOf(meters, meter);
    return !found || !isDerivedCount(found);
  };
  return Object.fromEntries(Object.entries(quantities).filter(isReported));
}

/** @throws Problem `invalid_request` for meters that it does not hold. */
function sizeWithout({ id, quantities }: GrantedLease, unused: Quantities): Quantities {
  const strangers = Object.keys(unused).filter((meter) => !Object.hasOwn(quantities, meter));
  const faults = strangers.map((meter): Fault => {
    const detail = `quantities.${meter}: the lease ${shown(id)} has none of it.`;
    return { detail, pointer: `/quantities/${meter}` };
  });
  if (faults.length > 0) throw invalidRequest(faults);
  const sizes = Object.entries(quantities).map(([meter, granted]) => {
    const back = Object.hasOwn(unused, meter) ? (unused[meter] ?? 0) : 0;
    return [meter, Math.max(0, granted - back)] as const;
  });
  return Object.fromEntries(sizes);
}

function isOf({ key }: OpenedToken, customer: string | undefined): boolean {
  return customer === undefined || key.customer === customer;
}
