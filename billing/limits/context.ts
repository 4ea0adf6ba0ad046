import type { PlanSnapshot } from '../catalogue.js';
import type { Controls } from '../controls.js';
import type { CreditAccount } from '../credits/account.js';
import type { Quantities } from '../log.js';
import type { PeriodBounds } from '../period.js';
import type { CustomerStatus, MeterTotal } from '../state.js';
import type { Zone } from '../windows/zone.js';
import type { Counters } from './counter.js';

/** What a decision looks at, and what comes of it. */

/**
 * How an ask counts in `count` meters: a `reservation` is 1 in each that it names or reaches, an
 * `extra` of a commit nothing more, a `lease` what its quantities say under the count's own name
 * (a reported or a derived one).
 */
export type AskKind = 'reservation' | 'extra' | 'lease';

/** Quantities that someone wants to use, and what they count in. */
export interface Asked {
  readonly user: string | null;
  /** By reported meter; whole units. */
  readonly quantities: Quantities;
  /** Values, as strings, of the properties the catalogue names. */
  readonly properties: Readonly<Record<string, string>>;
  /** Absent: `reservation`. */
  readonly kind?: AskKind;
}

/** The period that covers now. */
export interface OpenPeriod extends PeriodBounds {
  /** Index of its segment. */
  readonly index: number;
  /** Totals of its meters so far: `max` and `last` meters are priced by them. */
  readonly totals: Readonly<Record<string, MeterTotal>>;
}

/** Everything a limit can depend on, at one instant. */
export interface LimitContext {
  readonly snapshot: PlanSnapshot;
  readonly status: CustomerStatus;
  /** A payment stands refused for longer than the plan lets pass. */
  readonly isBlocked?: boolean;
  readonly controls: Controls;
  readonly zone: Zone;
  /** The open period; null without one (incomplete, canceled). */
  readonly period: OpenPeriod | null;
  readonly counters: Counters;
  readonly credits: CreditAccount;
  /** Micro-credits that open holds count on, by lot. */
  readonly pinned: Readonly<Record<string, number>>;
  /** Customer's time, ms. */
  readonly nowMs: number;
}

/** Why a decision is refused; one code, the first that applies (CONTRACT §4.2). */
export type DenialCode =
  | 'customer_canceled'
  | 'payment_required'
  | 'customer_frozen'
  | 'not_in_plan'
  | 'overage_blocked'
  | 'credits_exhausted'
  | 'spend_limit_reached'
  | 'limit_reached'
  | 'rate_limited'
  | 'held_by_concurrent_requests';

/** What the end user can do about a denial. */
export type DenialAction = 'wait' | 'raiseLimit' | 'topUp' | 'upgrade' | 'pay' | 'contact';

/** One limit with its standing. Units are whole; of money limits whole or exact minor units. */
export interface LimitStanding {
  /** The limit's id, or `included/METER`, or `spend`. */
  readonly id: string;
  readonly scope: string;
  /** User or property value; null: without one, and for scope `customer`. */
  readonly key: string | null;
  /** Units, or minor units of a limit in money (then `amounts` is true). */
  readonly max: number;
  /** Whole units; exact decimal strings of minor units where `amounts`. */
  readonly used: number | string;
  readonly held: number | string;
  readonly remaining: number | string;
  readonly amounts?: true;
  readonly enforcement: 'hard' | 'soft';
  /** Customer's time, ms; null: never by itself. */
  readonly resetsAtMs: number | null;
}

/** A refusal, ready to be shown to operator and end user. */
export interface Denial {
  readonly code: DenialCode;
  readonly retryable: boolean;
  /** For the operator, with every figure. */
  readonly detail: string;
  /** A sentence for the end user. */
  readonly message: string;
  readonly action: DenialAction;
  /** Every limit that refused. */
  readonly limits: readonly LimitStanding[];
  /** When the same ask may fit, customer's ms; null: never by itself, or unknown (held). */
  readonly retryAtMs: number | null;
  readonly frozen?: { readonly reason: string; readonly sinceMs: number };
  /** It would fit if our processes gave back their leases: worth a moment's wait. */
  readonly byLeases?: true;
}
