import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../dev/servers/freePort.js';
import { until } from '../../test/until.js';

/** A Redis server on loopback that acknowledges only what is on disk: AOF, fsync always. */

/** Redis running for a benchmark. */
export interface RedisServer {
  readonly pid: number;
  readonly port: number;
  connect(): Redis;
  stop(): Promise<void>;
}

/** Null where no `redis-server` is on the PATH. */
export async function startRedis(): Promise<RedisServer | null> {
  const folder = await mkdtemp(join(tmpdir(), 'durabill-redis-'));
  const port = await freePort();
  const options = {
    '--port': String(port),
    '--bind': '127.0.0.1',
    '--dir': folder,
    '--save': '',
    '--appendonly': 'yes',
    '--appendfsync': 'always',
  };
  const child = spawn('redis-server', Object.entries(options).flat(), { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const isStarted = await Promise.race([
    new Promise<boolean>((resolve) => void child.once('spawn', () => resolve(true))),
    ended.then(() => false),
  ]);
  if (!isStarted) {
    await rm(folder, { recursive: true, force: true });
    return null;
  }
  const connect = (): Redis => new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null });
  const probe = connect();
  probe.on('error', () => undefined);
  await until(async () => (await probe.ping().catch(() => '')) === 'PONG', 'Redis', 10_000);
  probe.disconnect();
  return { pid: child.pid ?? 0, port, connect, stop };
}
