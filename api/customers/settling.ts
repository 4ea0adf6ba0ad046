import type { Mode, PlanSnapshot } from '../../billing/catalogue.js';
import { isSettled } from '../../billing/customer/reads/row.js';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import { invalidRequest, Problem, unavailable } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import type { Catalogues } from '../reading/catalogues.js';
import { until, type Patience } from '../reading/poll.js';
import type { Standings } from '../reading/standings.js';
import { parsePlanName } from '../schemas/planName.js';

/** What all changes of a customer's plan have in common. */

/** Longest wait for Stripe and the workflow. */
export const SETTLE_LIMIT_MS = 60_000;

/** What waiting stands on. */
export interface SettlingPorts {
  readonly standings: Standings;
  tellNow(key: CustomerKey, head: number): Promise<void>;
}

/**
 * Tells the workflow and waits until the request at `number` is worked off, at Stripe too.
 * @throws Problem `unavailable` when that takes too long: it stands, and goes on.
 */
export async function settledAt(
  ports: SettlingPorts,
  key: CustomerKey,
  number: number,
  patience: Patience,
): Promise<CustomerState> {
  await ports.tellNow(key, number);
  const state = await until(async () => {
    const seen = await ports.standings.ofWorkflow(key);
    if (seen?.halted) throw new Problem('internal_error', `${key.customer}: ${seen.halted}`);
    return seen && isSettled(seen, number) ? seen : null;
  }, patience);
  if (!state) throw unavailable(`${key.customer} is not ready yet; ask again.`, undefined, 5);
  return state;
}

/** A published plan by the name a caller gave. @throws Problem `invalid_request` for none. */
export async function publishedPlan(
  catalogues: Catalogues,
  mode: Mode,
  name: string,
  pointer = '/plan',
): Promise<PlanSnapshot> {
  const wish = parsePlanName(name);
  const found = wish && (await catalogues.snapshot(mode, wish));
  if (found) return found;
  const detail = `There is no plan ${shown(name)} in the published catalogue.`;
  throw invalidRequest([{ detail, pointer }]);
}

/**
 * Why Stripe's answer to the request at `number` is a no; null: it is none. `pointer`: the field
 * that named what Stripe does not know.
 */
export function refusalOf(
  state: CustomerState,
  number: number,
  pointer = '',
): Problem | null {
  const { answer } = state;
  if (answer?.request !== number) return null;
  const { code, detail } = answer;
  switch (code) {
    case 'payment_required':
    case 'conflict':
      return new Problem(code, detail);
    case 'invalid_request':
      return invalidRequest([{ detail, pointer }]);
    case 'unavailable':
      return unavailable(`Stripe did not answer: ${detail}.`, undefined, 5);
    default:
      return null;
  }
}
