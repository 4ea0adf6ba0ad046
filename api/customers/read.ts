import type { Mode } from '../../billing/catalogue.js';
import type { CustomerState } from '../../billing/state.js';
import type { LogReader } from '../../ledger/contract.js';
import { Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import type { CustomerRows } from '../reading/customerRows.js';
import type { Standings } from '../reading/standings.js';

/** What customers are read from. */
export interface CustomerSources {
  readonly log: LogReader;
  readonly rows: CustomerRows;
  readonly standings: Standings;
}

/**
 * The state of a customer named in a path, with all that is durable.
 * @throws Problem `not_found` for one that does not exist or is still being made.
 */
export async function requireCustomer(
  sources: CustomerSources,
  mode: Mode,
  customer: string,
): Promise<CustomerState> {
  const row = await sources.rows.fresh(mode, customer);
  const key = row?.key ?? sources.rows.nextKey(mode, customer);
  // A customer made by its first event has a log a moment before it has a row.
  const known = key !== null && (row !== null || (await sources.log.head(key)) > 0);
  const state = known ? await sources.standings.fresh(key) : null;
  if (state && state.status !== 'starting') return state;
  throw new Problem('not_found', `There is no customer ${shown(customer)} in ${mode} mode.`);
}
