import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { stripeClient } from '../../activities/stripe/client.js';
import { PACKAGE_FOLDER, tsxProgram } from '../../cli/tsxProgram.js';
import { DurabillApi } from '../../dev/demo/durabillApi.js';
import { spawnWatched, type WatchedChild } from '../../dev/servers/childProcess.js';
import { readServerSettings } from '../../dev/servers/settings.js';
import { openLedger } from '../../ledger/open.js';
import { startServers, type TestServers } from '../stack.js';
import { until } from '../until.js';
import type { StripeTarget } from './settings.js';

/** Servers, worker and API on somebody else's Stripe: no sandbox, and no webhooks from it. */

const READY_LIMIT_MS = 60_000;

/** A test clock of Stripe takes minutes for a month. */
const PATIENCE_MS = 1_200_000;

const COMMAND_MS_MAX = 300_000;

/** What a command printed and how it ended. */
export interface CommandEnd {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** A running engine, and the account as the official SDK sees it. */
export interface SmokeEngine {
  readonly api: DurabillApi;
  readonly stripe: Stripe;
  /** Part of every name, so that runs don't meet at Stripe. */
  readonly run: string;
  durabill(...args: readonly string[]): Promise<CommandEnd>;
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

function environmentOf(servers: TestServers, { secretKey, apiBase }: StripeTarget): Environment {
  return {
    ...readServerSettings().environment,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    MONGODB_URI: servers.mongodbUri,
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_API_BASE: apiBase ?? '',
    STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString('hex')}`,
    DURABILL_TOKEN_SECRET: randomBytes(32).toString('hex'),
    DURABILL_DATA: servers.folder,
    PORT: '0',
  };
}

/** An empty setting counts as none, but for the worker's address of Stripe. */
function withoutEmpty(environment: Environment): Record<string, string> {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  return Object.fromEntries(given) as Record<string, string>;
}

async function startApi(environment: Record<string, string>) {
  const { command, args } = tsxProgram('api/main.ts');
  const env = { ...environment, LOG_LEVEL: 'info' };
  const child = spawnWatched(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const port = (): string | undefined => /"port":(\d+)[^\n]*"msg":"api ready"/.exec(output)?.[1];
  child.process.stdout?.on('data', (chunk: Buffer) => {
    if (port() === undefined) output += chunk.toString();
  });
  await until(() => port() !== undefined, 'the API', READY_LIMIT_MS);
  return { child, url: `http://127.0.0.1:${port()}` };
}

function startWorker(environment: Record<string, string>): WatchedChild {
  const { command, args } = tsxProgram('worker/main.ts');
  const env = { ...environment, LOG_LEVEL: 'error' };
  return spawnWatched(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
  return answer.status === 200;
}

async function testKey(uri: string): Promise<string> {
  const ledger = await openLedger({ uri });
  try {
    return (await ledger.keys.create('test', 'secret')).secret;
  } finally {
    await ledger.close();
  }
}

function commandLine(env: Record<string, string>): SmokeEngine['durabill'] {
  const program = join(PACKAGE_FOLDER, 'cli/durabill.mjs');
  const options = { env, timeout: COMMAND_MS_MAX };
  return (...args) =>
    new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], options, (error, out, errors) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, errors });
      });
    });
}

/** Starts everything; `stop` also removes what was made at Stripe on test clocks. */
export async function startSmokeEngine(target: StripeTarget): Promise<SmokeEngine> {
  const run = randomBytes(4).toString('hex');
  const stripe = stripeClient(target);
  const servers = await startServers();
  const children: WatchedChild[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.stop();
    await servers.stop();
    await removeClocks(stripe, run);
  };
  try {
    const environment = withoutEmpty(environmentOf(servers, target));
    children.push(startWorker(environment));
    const { child, url } = await startApi(environment);
    children.push(child);
    await until(() => isReady(url), 'worker and API', READY_LIMIT_MS);
    const key = await testKey(servers.mongodbUri);
    const api = new DurabillApi({ url, key, patienceMs: PATIENCE_MS });
    return { api, stripe, run, durabill: commandLine(environment), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const CLOCKS_MAX = 1_000;

/** A test clock takes its customers and their subscriptions with it. */
async function removeClocks({ testHelpers: { testClocks } }: Stripe, run: string): Promise<void> {
  const clocks = await testClocks.list({ limit: 100 }).autoPagingToArray({ limit: CLOCKS_MAX });
  for (const { id, name } of clocks) if (name?.includes(run)) await testClocks.del(id);
}
