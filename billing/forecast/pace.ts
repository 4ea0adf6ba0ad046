/** How fast a customer uses what the plan prices or limits: what forecasts are made from. */

/** Units by day or minute, ascending; spans without usage are absent. */
export type PaceRow = readonly (readonly [index: number, units: number])[];

/** What is kept of recent usage; `keepPace` and `closePace` write it. */
export interface Pace {
  /** By meter: units of each UTC day (index since the epoch), at most the newest 32 days. */
  readonly days: Readonly<Record<string, PaceRow>>;
  /** By meter: units of each UTC minute (index since the epoch), at most the newest 66. */
  readonly minutes: Readonly<Record<string, PaceRow>>;
  /** Whole minor units of the usage lines of closed periods with usage, newest last, at most 3. */
  readonly closedUsageMinor: readonly number[];
  /** Whole minor units of closed invoices' periods (base and usage), newest last, at most 3. */
  readonly closedSpendMinor: readonly number[];
}

/** Nothing used yet. */
export const NO_PACE: Pace = { days: {}, minutes: {}, closedUsageMinor: [], closedSpendMinor: [] };
