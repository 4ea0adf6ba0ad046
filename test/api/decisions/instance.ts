import pino from 'pino';
import { createApp } from '../../../api/app.js';
import { listen } from '../../../api/server.js';
import type { LeaseMode } from '../../../api/leases/shelf.js';
import { openLedger } from '../../../ledger/open.js';
import { TOKEN_SECRET, type Reply, type World } from '../world.js';
import type { Post } from './scene.js';

/** A second API process of a world: own ledger connection, own memory, the same workflows. */
export interface Instance {
  readonly post: Post;
  stop(): Promise<void>;
}

/** Starts one. */
export async function secondInstance(
  world: World,
  leaseMode: LeaseMode = 'off',
): Promise<Instance> {
  const ledger = await openLedger({ uri: world.mongodbUri });
  const api = createApp({
    ledger,
    engine: world.engine,
    logger: pino({ level: 'silent' }),
    webhookSecrets: [],
    defaultPlan: null,
    requestsPerSecond: null,
    tokenSecret: TOKEN_SECRET,
    leaseMode,
  });
  const server = await listen(api.app, { port: 0, host: '127.0.0.1' });
  const post = async (path: string, body: unknown): Promise<Reply> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${world.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    const json = (await answer.json()) as Reply['body'];
    return { status: answer.status, headers: answer.headers, body: json };
  };
  return {
    post,
    async stop() {
      await server.close(500);
      await api.decisions.close(500);
      await api.notifier.close(500);
      await ledger.close();
    },
  };
}
