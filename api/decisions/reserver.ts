import { randomBytes } from 'node:crypto';
import type { HoldAnswer, HoldAsk } from '../../billing/holds/asks.js';
import type { CustomerKey, SettleEntry } from '../../billing/log.js';
import { Problem, unavailable } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { endedBody, EXPIRED, HELD, reservationBody, type ReservationBody } from './body.js';
import type {
  AskedReservation,
  Decider,
  GrantedReservation,
  LeaseBook,
  Tokens,
} from './contract.js';
import { denialProblem } from './denial.js';
import type { RecentReservations } from './memory.js';
import type { Settles } from './settles.js';

/** Grants reservations (CONTRACT §3.3). */

/** What reserving stands on. */
export interface ReserverPorts {
  readonly decider: Decider;
  /** Null: every ask is exact. */
  readonly leases: LeaseBook | null;
  readonly tokens: Tokens;
  readonly settles: Settles;
  readonly memory: RecentReservations;
  /** The customer's clock as this process knows it, ms; for hints only. */
  readonly nowOf: (key: CustomerKey) => number;
}

/** A body, and the customer's time it was decided at, ms. */
export interface Reserved {
  readonly body: ReservationBody;
  readonly granted: GrantedReservation | null;
  readonly nowMs: number;
}

type Granted = Extract<HoldAnswer, { type: 'granted' | 'expired' }>;

/** What an exact grant is, or was, with its token. */
function grantedBy(
  tokens: Tokens,
  asked: AskedReservation & { readonly id: string },
  answer: Granted,
): GrantedReservation {
  const { key, id, user, named: properties, hash } = asked;
  const { quantities, hold, grantedAtMs, expiresAtMs, since } = answer;
  const limits = answer.type === 'granted' ? answer.limits : [];
  const facts = { key, id, user, properties, quantities, hold, hash, grantedAtMs, since };
  const granted = { ...facts, isLeased: false, expiresAtMs };
  return { ...granted, token: tokens.seal(granted), limits };
}

/** Asks for one request. */
export class Reserver {
  constructor(private readonly ports: ReserverPorts) {}

  /**
   * A grant, or how the reservation of that id stands.
   * @throws Problem: the denial, `conflict`, or `unavailable`.
   */
  async reserve(asked: AskedReservation): Promise<Reserved> {
    const { id, key } = asked;
    if (id !== null) return this.reserveNamed({ ...asked, id });
    const leased = this.ports.leases?.take(asked) ?? null;
    if (!leased) return this.reserveExactly({ ...asked, id: ownId() });
    const body = reservationBody(leased, HELD);
    return { body, granted: leased, nowMs: this.ports.nowOf(key) };
  }

  /** A caller's own id: how it ended, where it has, is looked up first. */
  private async reserveNamed(asked: AskedReservation & { readonly id: string }): Promise<Reserved> {
    const { key, id, hash } = asked;
    const entry = await this.ports.settles.of(key, id);
    if (!entry) return this.reserveExactly(asked);
    requireSame(entry, id, hash);
    const nowMs = this.ports.nowOf(key);
    return { body: endedBody(key, entry), granted: null, nowMs };
  }

  private async reserveExactly(
    asked: AskedReservation & { readonly id: string },
  ): Promise<Reserved> {
    const { key, id, user, quantities, named: properties, ttlMs, hash } = asked;
    const ask: HoldAsk = {
      type: 'reserve',
      id,
      user,
      quantities,
      properties,
      ttlMs,
      hash,
      forSettle: false,
    };
    const { answers, nowMs } = await this.ports.decider.decide(key, [ask]);
    const [answer] = answers;
    if (answer?.type === 'denied') throw denialProblem(answer.denial, nowMs);
    if (answer?.type === 'conflict') throw conflict(id);
    if (answer?.type !== 'granted' && answer?.type !== 'expired') {
      throw unavailable(`An ask was answered ${answer?.type}.`);
    }
    const granted = grantedBy(this.ports.tokens, asked, answer);
    this.ports.memory.remember(granted);
    const ending = answer.type === 'granted' ? HELD : EXPIRED;
    return { body: reservationBody(granted, ending), granted, nowMs };
  }
}

function requireSame(entry: SettleEntry, id: string, hash: string): void {
  if (entry.reserved && entry.reserved.hash !== hash) throw conflict(id);
}

function conflict(id: string): Problem {
  const detail = `The reservation ${shown(id)} stands with another body; the first stands.`;
  return new Problem('conflict', detail);
}

/** 128 bits at random. */
function ownId(): string {
  return `r_${randomBytes(16).toString('base64url')}`;
}
