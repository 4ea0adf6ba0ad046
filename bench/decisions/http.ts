import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tsxProgram } from '../../cli/tsxProgram.js';
import { percentile } from '../ingest/figures.js';
import type { HttpOrder, HttpResult } from './httpLoad.js';
import { startRedis } from './redisServer.js';
import { makeCustomer, startSite } from './site.js';

/** Decisions over HTTP at fixed rates: ours with leases, and Redis Lua behind the same server. */

/** What is sent, and how many requests a second. */
const ORDERS = (['reserve', 'pair'] as const).flatMap((kind) =>
  [1_000, 2_000, 3_000].map((perSecond) => [kind, perSecond] as const),
);

/** One server at one rate. */
export interface HttpFigures {
  readonly name: string;
  readonly kind: 'reserve' | 'pair';
  readonly perSecond: number;
  readonly sent: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** A server that takes reservations. */
interface Server {
  readonly url: string;
  readonly key: string;
  readonly customer: string;
  /** Names of what is asked there, and how its paths end. */
  readonly ways: readonly (readonly [name: string, suffix: HttpOrder['suffix']])[];
  stop(): Promise<void>;
}

function child(file: string, environment: Readonly<Record<string, string>>): ChildProcess {
  const { command, args } = tsxProgram(file);
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  return spawn(command, args, { env: { ...environment, PATH: '' }, stdio: [...stdio] });
}

async function stopChild(process: ChildProcess): Promise<void> {
  const ended = once(process, 'exit');
  process.disconnect();
  await ended;
}

async function startLuaServer(): Promise<Server | null> {
  const redis = await startRedis();
  if (!redis) return null;
  const server = child('bench/decisions/luaServer.ts', { BENCH_REDIS_PORT: String(redis.port) });
  const [{ port }] = (await once(server, 'message')) as [{ readonly port: number }];
  return {
    ways: [['redis-lua', '']],
    url: `http://127.0.0.1:${port}`,
    key: 'dbk_test_000000000000000000000000',
    customer: 'bench',
    async stop() {
      await stopChild(server);
      await redis.stop();
    },
  };
}

async function startOurServer(): Promise<Server> {
  const site = await startSite('always');
  await makeCustomer(site, 'http', 1_000_000_000_000);
  const { api: url, key } = site.stack;
  const ways = [['durabill-fast', ''], ['durabill-fast by the router', '?']] as const;
  return { ways, url, key, customer: 'http', stop: () => site.stack.stop() };
}

async function load(process: ChildProcess, order: HttpOrder): Promise<HttpResult> {
  const answered = once(process, 'message') as Promise<
    [{ readonly result?: HttpResult; readonly error?: string }]
  >;
  process.send(order);
  const [{ result, error }] = await answered;
  if (!result) throw new Error(`the load failed: ${error ?? 'without a word'}`);
  return result;
}

function figures(name: string, order: HttpOrder, result: HttpResult): HttpFigures {
  const at = (percent: number) => Math.round(percentile(result.latenciesMs, percent) * 100) / 100;
  const { kind, perSecond } = order;
  const { sent, failed } = result;
  const rest = { p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) };
  return { name, kind, perSecond, sent, failed, ...rest };
}

interface Series {
  readonly server: Server;
  readonly loader: ChildProcess;
  readonly rounds: number;
  readonly durationMs: number;
}

/** The middle of `rounds` runs by p99, after a warm-up. */
async function measured(
  { server, loader, rounds, durationMs }: Series,
  [name, suffix]: Server['ways'][number],
  kind: HttpOrder['kind'],
  perSecond: number,
): Promise<HttpFigures> {
  const { url, key, customer } = server;
  const order: HttpOrder = { url, key, customer, suffix, perSecond, durationMs, kind };
  await load(loader, { ...order, durationMs: durationMs / 2 });
  const runs: HttpFigures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    runs.push(figures(name, order, await load(loader, order)));
  }
  const middle = runs.toSorted((a, b) => a.p99Ms - b.p99Ms)[Math.floor((rounds - 1) / 2)];
  if (!middle) throw new RangeError('there was no measured run');
  return middle;
}

/** Figures for each server, kind of request and rate. */
export async function measureHttp(
  rounds: number,
  durationMs: number,
  say: (line: string) => void,
): Promise<readonly HttpFigures[]> {
  const all: HttpFigures[] = [];
  for (const start of [startLuaServer, startOurServer]) {
    const server = await start();
    if (!server) continue;
    const loader = child('bench/decisions/httpLoad.ts', {});
    const series = { server, loader, rounds, durationMs };
    const asked = server.ways.flatMap((way) => ORDERS.map((order) => [way, ...order] as const));
    for (const [way, kind, perSecond] of asked) {
      const one = await measured(series, way, kind, perSecond);
      say(`${way[0]}, ${kind} at ${perSecond}/s: p99 ${one.p99Ms} ms`);
      all.push(one);
    }
    await stopChild(loader);
    await server.stop();
  }
  return all;
}
