import type { Mode } from '../../billing/catalogue.js';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerStore, StoredCustomer } from '../../ledger/stores/contract.js';
import { Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { openCursor, sealCursor } from '../schemas/list.js';
import { CUSTOMERS_MAX, isMigrated, type Migration, type MigrationRequest } from './migration.js';

/** Unknown customers that an error names. */
const NAMED_MAX = 20;

/** Whom a request is about. */
export interface Concerned {
  readonly keys: readonly CustomerKey[];
  /** Of the next page; null: this is the last. */
  readonly nextCursor: string | null;
}

/**
 * The customers named, in that order; otherwise a page of those on the versions that migrate, in
 * order of id. @throws Problem `unknown_customer` with all that are named and not there.
 */
export async function concernedBy(
  store: CustomerStore,
  mode: Mode,
  migration: Migration,
  body: MigrationRequest,
): Promise<Concerned> {
  if (body.customers) return named(store, mode, body.customers);
  const { id, version } = migration.from;
  const limit = body.limit ?? CUSTOMERS_MAX;
  const rows = await store.list({
    mode,
    plan: version === null ? id : `${id}@${version}`,
    after: openCursor(body.cursor),
    limit,
  });
  const last = rows.length === limit ? (rows.at(-1)?.key.customer ?? null) : null;
  const there = ({ status, plan }: StoredCustomer) =>
    status !== 'canceled' && isMigrated(migration, plan);
  return { keys: rows.filter(there).map(({ key }) => key), nextCursor: sealCursor(last) };
}

async function named(
  store: CustomerStore,
  mode: Mode,
  customers: readonly string[],
): Promise<Concerned> {
  const ids = [...new Set(customers)];
  const rows = await store.findAll(mode, ids);
  const keys = new Map(rows.map(({ key }) => [key.customer, key]));
  const unknown = ids.filter((id) => !keys.has(id));
  if (unknown.length > 0) {
    const names = unknown.slice(0, NAMED_MAX).map(shown).join(', ');
    const more = unknown.length > NAMED_MAX ? ` and ${unknown.length - NAMED_MAX} more` : '';
    throw new Problem('unknown_customer', `There is no customer ${names}${more} in ${mode} mode.`);
  }
  const found = ids.flatMap((id) => {
    const key = keys.get(id);
    return key ? [key] : [];
  });
  return { keys: found, nextCursor: null };
}
