/** What an operator set for one customer; it goes before the plan (CONTRACT §3.1 controls). */

/** Settings of one customer. */
export interface Controls {
  /** `block`: the kill switch, nothing runs that would cost money. */
  readonly overage: 'allow' | 'block';
  readonly spend: { readonly softAmountMinor?: number; readonly hardAmountMinor?: number };
  /** Ceiling by limit id, in the limit's own measure: units, or whole minor units. */
  readonly limits: Readonly<Record<string, number>>;
  /** Own ceilings: by limit id, then by key of the scope (`scopeKey`). */
  readonly ceilings: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Never moved from one plan version to another. */
  readonly grandfathered: boolean;
  /** Frozen by an operator or the breaker; decisions are refused, events still count. */
  readonly frozen: { readonly reason: string; readonly sinceMs: number } | null;
  /** When a freeze was lifted last, ms; the breaker counts from there. 0: never. */
  readonly liftedAtMs: number;
}

/** A change of controls as it stands in the log: absent fields stay, `null` empties one. */
export interface ControlsChange {
  readonly overage?: 'allow' | 'block';
  readonly spend?: {
    readonly softAmountMinor?: number | null;
    readonly hardAmountMinor?: number | null;
  };
  readonly limits?: Readonly<Record<string, number | null>>;
  readonly grandfathered?: boolean;
  readonly frozen?: boolean;
  readonly reason?: string;
}

/** Nothing set. */
export const NO_CONTROLS: Controls = {
  overage: 'allow',
  spend: {},
  limits: {},
  ceilings: {},
  grandfathered: false,
  frozen: null,
  liftedAtMs: 0,
};
