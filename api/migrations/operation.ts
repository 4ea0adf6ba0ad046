import type { CustomerKey } from '../../billing/log.js';
import type { CustomerStore } from '../../ledger/stores/contract.js';
import type { ChangePorts } from '../customers/asking.js';
import { unavailable } from '../errors/problem.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import type { Catalogues } from '../reading/catalogues.js';
import { inLanes } from '../reading/lanes.js';
import { migrationBody, migrationSchema, type MigrationRow } from './answer.js';
import { compare } from './comparing.js';
import { concernedBy } from './concerned.js';
import {
  isMigrated,
  migrationOf,
  migrationRequestSchema,
  type Migration,
  type MigrationRequest,
} from './migration.js';
import { move, standing } from './moving.js';

/** POST /v1/migrations: the safe way from one plan version to the next (CONTRACT §3.4). */

/** What migrations stand on. */
export interface MigrationPorts extends ChangePorts {
  readonly store: CustomerStore;
  readonly catalogues: Catalogues;
}

interface Asked {
  readonly migration: Migration;
  readonly body: MigrationRequest;
  readonly gone: AbortSignal;
}

/** One customer; null for one that has left the versions in question meanwhile. */
async function rowOf(
  ports: MigrationPorts,
  key: CustomerKey,
  asked: Asked,
): Promise<MigrationRow | null> {
  const { migration, body, gone } = asked;
  if (gone.aborted) throw unavailable('Nobody waits for the answer any more.');
  const nowMs = ports.now();
  const state = await ports.standings.fresh(key);
  if (!state || (!body.customers && !isMigrated(migration, state.plan))) return null;
  const compared = await compare(ports.log, migration, state, nowMs);
  const moved =
    body.mode === 'apply'
      ? await move(ports.asking, state, migration.to, { nowMs, gone })
      : standing(state, migration.to, nowMs);
  return { key, plan: state.plan, ...compared, ...moved };
}

/** Declares the operation. */
export function migrate(ports: MigrationPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/migrations',
    name: 'migrate',
    summary: 'Bills under another plan version; move customers there at their renewal',
    tag: 'Plans',
    access: 'secret',
    idempotent: true,
    bodySchema: migrationRequestSchema,
    answers: { 200: { description: 'Both bills of each customer', schema: migrationSchema } },
    problems: ['invalid_request', 'unknown_customer', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { body, gone } = call;
      const migration = await migrationOf(ports.catalogues, mode, body);
      const { keys, nextCursor } = await concernedBy(ports.store, mode, migration, body);
      const asked = { migration, body, gone };
      const found = await inLanes(keys, (key) => rowOf(ports, key, asked));
      const rows = found.filter((row): row is MigrationRow => row !== null);
      return { status: 200, body: migrationBody(migration, body, rows, nextCursor) };
    },
  });
}
