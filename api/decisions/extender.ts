import type { HoldAnswer, HoldAsk } from '../../billing/holds/asks.js';
import type { Quantities } from '../../billing/log.js';
import { Problem, unavailable } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import type { Decider, GrantedReservation, Tokens } from './contract.js';
import { denialProblem } from './denial.js';
import type { RecentReservations } from './memory.js';
import { endingFor } from './settler.js';
import type { Settles } from './settles.js';

/** Lets a reservation live longer, or hold more (CONTRACT §3.3). */

/** What extending stands on. */
export interface ExtenderPorts {
  readonly decider: Decider;
  readonly tokens: Tokens;
  readonly settles: Settles;
  readonly memory: RecentReservations;
}

/** What is wanted; absent: as it stands. */
export interface Extension {
  readonly ttlMs?: number | undefined;
  readonly quantities?: Quantities | undefined;
}

/** A reservation as it stands after it, and the customer's time of the decision, ms. */
export interface Extended {
  readonly granted: GrantedReservation;
  readonly nowMs: number;
}

type Granted = Extract<HoldAnswer, { type: 'granted' }>;

/** Life of what replaces a token of a lease where nothing else is asked for, ms. */
const EXACT_TTL_MS = 60_000;

/** Extends reservations. */
export class Extender {
  constructor(private readonly ports: ExtenderPorts) {}

  /**
   * A token of a lease gets a hold of its own under the same id: a lease ends when it ends.
   * @throws Problem: the denial, `conflict`, `reservation_released`, `reservation_committed`.
   */
  async extend(granted: GrantedReservation, wanted: Extension): Promise<Extended> {
    const { key, id } = granted;
    const ask = granted.isLeased ? ownHoldAsk(granted, wanted) : extendAsk(id, wanted);
    const { answers, nowMs } = await this.ports.decider.decide(key, [ask]);
    const answer = await this.grantedOf(granted, answers[0], nowMs);
    // The settle may have been written while the workflow had not heard of it.
    await this.requireOpen(granted);
    const { hold, quantities, grantedAtMs, expiresAtMs, since, limits } = answer;
    const now = { hold, quantities, grantedAtMs, expiresAtMs, since, isLeased: false };
    const facts = { ...granted, ...now };
    const extended = { ...facts, token: this.ports.tokens.seal(facts), limits };
    this.ports.memory.remember(extended);
    return { granted: extended, nowMs };
  }

  private async grantedOf(
    granted: GrantedReservation,
    answer: HoldAnswer | undefined,
    nowMs: number,
  ): Promise<Granted> {
    const { id } = granted;
    switch (answer?.type) {
      case 'granted':
        return answer;
      case 'denied':
        throw denialProblem(answer.denial, nowMs);
      case 'expired':
      case 'gone':
        await this.requireOpen(granted);
        throw new Problem('conflict', `The reservation ${shown(id)} has expired.`);
      case 'turned': {
        const why = 'a window that it counts in has ended; reserve more under another id';
        throw new Problem('conflict', `The reservation ${shown(id)} can't grow: ${why}.`);
      }
      case 'conflict':
        throw new Problem('conflict', `The reservation ${shown(id)} can't be extended.`);
      default:
        throw unavailable(`An extension was answered ${answer?.type}.`);
    }
  }

  /** @throws Problem where it has ended. */
  private async requireOpen({ key, id }: GrantedReservation): Promise<void> {
    const entry = await this.ports.settles.of(key, id);
    if (!entry) return;
    // Asked as the other way of ending it, so that the entry refuses.
    endingFor(entry, entry.outcome === 'released' ? 'commit' : 'release', id);
  }
}

function extendAsk(id: string, { ttlMs, quantities }: Extension): HoldAsk {
  return {
    type: 'extend',
    id,
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(quantities === undefined ? {} : { quantities }),
  };
}

function ownHoldAsk(granted: GrantedReservation, { ttlMs, quantities }: Extension): HoldAsk {
  const { id, user, properties, hash } = granted;
  return {
    type: 'reserve',
    id,
    user,
    properties,
    quantities: largerOf(granted.quantities, quantities ?? {}),
    ttlMs: ttlMs ?? EXACT_TTL_MS,
    hash,
    forSettle: false,
  };
}

function largerOf(held: Quantities, asked: Quantities): Quantities {
  const meters = Object.keys({ ...held, ...asked });
  return Object.fromEntries(
    meters.map((meter) => [meter, Math.max(held[meter] ?? 0, asked[meter] ?? 0)]),
  );
}
