import type { LimitContext, LimitStanding } from './context.js';
import { keyIn } from './entering.js';
import { includedStanding } from './moneyStanding.js';
import { rulebookOf } from './rulebook.js';
import { standingOf, viewOf } from './standing.js';

/** Whose limits are wanted besides the customer's own. */
export interface StandingsOf {
  /** An end user; null: usage without one; absent: no user limits. */
  readonly user?: string | null;
  /** Property values; a property missing in them stands under the key null. Absent: none. */
  readonly properties?: Readonly<Record<string, string>>;
}

/**
 * Where the limits of a customer stand: those of the plan in its order, hard and soft, then each
 * `included` that blocks.
 */
export function standingsOf(context: LimitContext, of: StandingsOf = {}): LimitStanding[] {
  const rulebook = rulebookOf(context.snapshot);
  const owner = { user: of.user ?? null, properties: of.properties ?? {} };
  const limits = rulebook.limits.flatMap((rule) => {
    if (!isWanted(rule.counter.scope, of)) return [];
    const view = viewOf(context, rule, keyIn(rule.counter, owner));
    return [standingOf(context, rulebook, view)];
  });
  const blocking = rulebook.prices.filter(({ price }) => price?.overage === 'block');
  return [...limits, ...blocking.map((priced) => includedStanding(context, rulebook, priced))];
}

function isWanted(scope: string, { user, properties }: StandingsOf): boolean {
  if (scope === 'customer') return true;
  return scope === 'user' ? user !== undefined : properties !== undefined;
}
