import { randomUUID } from 'node:crypto';
import express from 'express';
import { Redis } from 'ioredis';
import pino from 'pino';
import { z } from 'zod';
import { Problem } from '../../api/errors/problem.js';
import { KeyRing } from '../../api/http/keys.js';
import { operation, type Operation } from '../../api/http/operation.js';
import { requestLimit } from '../../api/http/rateLimit.js';
import { securityHeaders } from '../../api/http/security.js';
import { thinFirst } from '../../api/http/thinPath.js';
import { Metrics } from '../../api/operation/metrics.js';
import {
  commitRequestSchema,
  reservationPathSchema,
  reservationRequestSchema,
} from '../../api/schemas/reservation.js';
import { listen } from '../../api/server.js';
import type { IdempotencyStore, KeyStore } from '../../ledger/stores/contract.js';
import { luaQuota, withScripts } from './luaQuota.js';
import { readLuaSettings } from './settings.js';

/**
 * Redis Lua behind the very server of ours: the same thin path, key ring, body reading and
 * schemas; only what decides is another.
 */

const answers = { 200: { description: 'Done', schema: z.object({}) } };
const shared = {
  method: 'post',
  tag: 'Bench',
  access: 'ingest',
  thin: true,
  problems: [],
} as const;

function operations(redis: Redis): Operation[] {
  const quota = luaQuota(redis, `bench-${randomUUID()}`, 1_000_000_000_000);
  const reserve = operation({
    ...shared,
    path: '/v1/reservations',
    name: 'reserve',
    summary: 'Reserve by Lua',
    bodySchema: reservationRequestSchema,
    answers,
    async handle({ body }) {
      const id = await quota.reserve(body.quantities['tokens_in'] ?? 0);
      if (id === null) throw new Problem('limit_reached', 'The cap is reached.');
      return { status: 201, body: { id, status: 'held', quantities: body.quantities } };
    },
  });
  const commit = operation({
    ...shared,
    path: '/v1/reservations/{id}/commit',
    name: 'commit',
    summary: 'Commit by Lua',
    pathSchema: reservationPathSchema,
    bodySchema: commitRequestSchema,
    answers,
    async handle({ path, body }) {
      await quota.commit(path.id, body.quantities?.['tokens_in'] ?? 0);
      return { status: 200, body: { id: path.id, status: 'committed' } };
    },
  });
  return [reserve, commit];
}

/** One key that is always good. */
const keys = {
  verify: () => Promise.resolve({ id: 'bench', mode: 'test', scope: 'secret' }),
} as unknown as KeyStore;

async function main(): Promise<void> {
  const { redisPort } = readLuaSettings();
  const redis = withScripts(new Redis({ port: redisPort, host: '127.0.0.1' }));
  const mounting = {
    keys: new KeyRing(keys),
    limit: requestLimit(null),
    idempotency: {} as IdempotencyStore,
  };
  const metrics = new Metrics({ untold: () => 0 });
  const logger = pino({ level: 'silent' });
  const headers = securityHeaders();
  const app = thinFirst(express(), operations(redis), { mounting, metrics, logger, headers });
  const server = await listen(app, { port: 0, host: '127.0.0.1' });
  process.send?.({ port: server.port });
  process.once('disconnect', () => process.exit(0));
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
