/** The catalogue as data: meters, plans, prices, limits. Shapes only; CONTRACT §2 is the source. */

/** Test and live data never meet; the API key decides which one a call works on. */
export type Mode = 'test' | 'live';

/** How the quantities of one period become one number. */
export type Aggregation = 'sum' | 'count' | 'max' | 'last';

/** What a property of an event may hold. Compared as strings everywhere. */
export type PropertyValue = string | number | boolean;

/** All names must match; a list is any of; a missing property matches nothing. */
export type Where = Readonly<Record<string, PropertyValue | readonly PropertyValue[]>>;

/** The posted ratio from raw usage to credits; the first rate that matches wins. */
export interface CreditRate {
  readonly meter: string;
  readonly where?: Where;
  /** Exact decimal string, at most 6 decimals. */
  readonly creditsPerUnit: string;
}

/** A thing that is counted. With `of` or `rates` it is derived: never reported by callers. */
export interface Meter {
  readonly name: string;
  readonly unit: string;
  readonly aggregation: Aggregation;
  readonly of?: readonly string[];
  readonly where?: Where;
  readonly rates?: readonly CreditRate[];
}

/** What a unit costs the operator (margin); never shown to customers. */
export interface UnitCost {
  readonly meter: string;
  readonly where?: Where;
  /** Exact decimal string of minor units, at most 12 decimals. */
  readonly unitCostMinor: string;
}

/** One step of a tiered price; `upTo` is inclusive, the last one is "inf". */
export interface Tier {
  readonly upTo: number | 'inf';
  /** Exact decimal string of minor units, at most 12 decimals. */
  readonly unitAmountMinor: string;
  /** Whole minor units, a line of its own when at least one unit falls into the tier. */
  readonly flatAmountMinor?: number;
}

/** What every price may say: N free units first, and whether going beyond them is refused. */
interface PriceOptions {
  readonly included?: number;
  readonly overage?: 'allow' | 'block';
}

/** Every unit costs the same. */
export interface PerUnitPrice extends PriceOptions {
  readonly type: 'perUnit';
  readonly unitAmountMinor: string;
}

/** Each tier prices the units that fall into it. */
export interface GraduatedPrice extends PriceOptions {
  readonly type: 'graduated';
  readonly tiers: readonly Tier[];
}

/** One tier, picked by the whole quantity, prices all units; totals can fall. */
export interface VolumePrice extends PriceOptions {
  readonly type: 'volume';
  readonly tiers: readonly Tier[];
}

/** Units are sold in packages of `size`, the last one rounded up (default) or down. */
export interface PackagePrice extends PriceOptions {
  readonly type: 'package';
  readonly size: number;
  readonly packageAmountMinor: string;
  readonly round?: 'up' | 'down';
}

/** How a meter is priced within a plan. */
export type Price = PerUnitPrice | GraduatedPrice | VolumePrice | PackagePrice;

/** Where a limit starts again. */
export type Window = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'period' | 'lifetime';

/** Who shares one limit: the payer, each end user, or each value of one property. */
export type Scope = 'customer' | 'user' | `property:${string}`;

/** A ceiling in units (`max`) or in money (`maxAmountMinor`), exactly one of them. */
export interface Limit {
  readonly id: string;
  readonly meters: readonly string[];
  readonly max?: number;
  readonly maxAmountMinor?: number;
  readonly window: Window;
  readonly sliding?: boolean;
  readonly scope: Scope;
  readonly enforcement?: 'hard' | 'soft';
}

/** Length of a billing period. */
export type Interval = 'day' | 'week' | 'month' | 'year';

/** One version of one plan. A published version never changes. */
export interface Plan {
  readonly version?: number;
  readonly name: string;
  readonly interval: Interval;
  readonly baseAmountMinor?: number;
  readonly description?: string;
  readonly highlights?: readonly string[];
  readonly order?: number;
  readonly public?: boolean;
  readonly features?: Readonly<Record<string, PropertyValue | readonly PropertyValue[]>>;
  readonly trial?: { readonly days: number; readonly cardRequired?: boolean };
  readonly pastDue?: { readonly graceDays: number; readonly then: string };
  readonly creditGrant?: { readonly amount: string; readonly rolloverMax?: string };
  readonly prices?: Readonly<Record<string, Price>>;
  readonly unlimited?: readonly string[];
  readonly limits?: readonly Limit[];
  readonly spend?: { readonly softAmountMinor?: number; readonly hardAmountMinor?: number };
  readonly alertsAtPercent?: readonly number[];
  readonly breaker?: boolean;
  readonly changes?: readonly {
    readonly version: number;
    readonly date: string;
    readonly reason: string;
    readonly effect: string;
  }[];
}

/** The file a user writes. */
export interface Catalogue {
  readonly currency: string;
  readonly meters: Readonly<Record<string, Meter>>;
  readonly costs?: readonly UnitCost[];
  readonly plans: Readonly<Record<string, Plan>>;
}

/** A plan by id and version, as `pro@2` names it. */
export interface PlanName {
  readonly id: string;
  readonly version: number;
}

/**
 * One immutable plan version with everything needed to rate under it. It is written into the
 * log when a customer comes to the plan, so a log can be folded without any other source.
 */
export interface PlanSnapshot extends PlanName {
  /** Revision of the published catalogue it was taken from; only grows. */
  readonly revision: number;
  readonly currency: string;
  readonly meters: Readonly<Record<string, Meter>>;
  readonly plan: Plan;
}

/** Every plan version ever published in one mode, and the newest of each. */
export interface PublishedCatalogue {
  readonly mode: Mode;
  /** Counts publications that changed something, from 1. */
  readonly revision: number;
  readonly currency: string;
  readonly meters: Readonly<Record<string, Meter>>;
  readonly costs: readonly UnitCost[];
  /** Keyed `id@version`. */
  readonly snapshots: Readonly<Record<string, PlanSnapshot>>;
  readonly newest: Readonly<Record<string, number>>;
  /** Property names that any `where` or scope ever published names, sorted; never shrinks. */
  readonly namedProperties: readonly string[];
}

/** One fault of a catalogue: where, what was found there, and what is wrong with it. */
export interface CatalogueFault {
  /** JSON path such as `plans.pro.prices.tokens.tiers[1].upTo`. */
  readonly path: string;
  readonly value: unknown;
  readonly message: string;
}
