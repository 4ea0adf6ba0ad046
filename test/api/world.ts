import pino from 'pino';
import { createApp, type Api } from '../../api/app.js';
import { listen, type RunningServer } from '../../api/server.js';
import type { LeaseMode } from '../../api/leases/shelf.js';
import { parsePlanName } from '../../api/schemas/planName.js';
import type { Catalogue } from '../../billing/catalogue.js';
import type { Ledger } from '../../ledger/contract.js';
import type { KeyScope } from '../../ledger/stores/contract.js';
import { openLedger } from '../../ledger/open.js';
import { startServers, type TestServers } from '../stack.js';
import { FoldingEngine } from './foldingEngine.js';

/** The API on a real ledger, in process; see FoldingEngine for what stands for Temporal. */

/** Plans of these tests. */
export const CATALOGUE: Catalogue = {
  currency: 'usd',
  meters: {
    input_tokens: { name: 'Input tokens', unit: 'token', aggregation: 'sum' },
    output_tokens: { name: 'Output tokens', unit: 'token', aggregation: 'sum' },
    images: { name: 'Images', unit: 'image', aggregation: 'sum' },
    tokens: {
      name: 'Tokens',
      unit: 'token',
      aggregation: 'sum',
      of: ['input_tokens', 'output_tokens'],
    },
    large: {
      name: 'Large-model tokens',
      unit: 'token',
      aggregation: 'sum',
      of: ['tokens'],
      where: { model: ['large'] },
    },
    requests: { name: 'Requests', unit: 'request', aggregation: 'count', of: ['tokens', 'images'] },
  },
  costs: [
    { meter: 'output_tokens', where: { model: 'large' }, unitCostMinor: '0.0015' },
    { meter: 'tokens', unitCostMinor: '0.0001' },
  ],
  plans: {
    free: {
      version: 1,
      name: 'Free',
      interval: 'month',
      limits: [{ id: 'day', meters: ['tokens'], max: 1000, window: 'day', scope: 'user' }],
    },
    pro: {
      version: 1,
      name: 'Pro',
      interval: 'month',
      baseAmountMinor: 2900,
      prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.001' } },
    },
    hidden: { version: 1, name: 'Hidden', interval: 'month', public: false, unlimited: ['images'] },
  },
};

/** An answer of the API. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a test asks for. */
export interface Ask {
  readonly key?: string | null;
  readonly body?: unknown;
  /** Sent as it stands instead of `body`. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Secret of the webhook endpoint. */
export const WEBHOOK_SECRET = 'whsec_first';

/** Seals tokens of reservations. */
export const TOKEN_SECRET = 'a-token-secret-of-these-tests-only-00';

/** The second one, as during a rotation. */
export const SECOND_SECRET = 'whsec_second';

/** What differs from the usual API. */
export interface WorldOptions {
  /** Instead of the usual plans. */
  readonly catalogue?: Catalogue;
  readonly defaultPlan?: string;
  readonly requestsPerSecond?: number;
  /** `off`, unless the test is about leases: then every decision is exact. */
  readonly leaseMode?: LeaseMode;
  readonly requestMsMax?: number;
}

/** One API and its ledger. */
export class World {
  private constructor(
    private readonly servers: TestServers,
    readonly ledger: Ledger,
    readonly engine: FoldingEngine,
    readonly api: Api,
    private readonly server: RunningServer,
    readonly key: string,
    private readonly logLines: readonly string[],
  ) {}

  static async start(options: WorldOptions = {}): Promise<World> {
    const servers = await startServers({ temporal: false });
    try {
      return await World.on(servers, options);
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  private static async on(servers: TestServers, options: WorldOptions): Promise<World> {
    const ledger = await openLedger({ uri: servers.mongodbUri });
    try {
      return await World.over(servers, ledger, options);
    } catch (error) {
      await ledger.close();
      throw error;
    }
  }

  private static async over(
    servers: TestServers,
    ledger: Ledger,
    options: WorldOptions,
  ): Promise<World> {
    const { catalogue = CATALOGUE } = options;
    await ledger.catalogues.publish('test', catalogue);
    await ledger.catalogues.publish('live', catalogue);
    const engine = new FoldingEngine(ledger);
    const lines: string[] = [];
    const api = createApp({
      ledger,
      engine,
      logger: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
      webhookSecrets: [WEBHOOK_SECRET, SECOND_SECRET],
      defaultPlan: options.defaultPlan ? parsePlanName(options.defaultPlan) : null,
      requestsPerSecond: options.requestsPerSecond ?? null,
      leaseMode: options.leaseMode ?? 'off',
      tokenSecret: TOKEN_SECRET,
    });
    const server = await listen(api.app, {
      port: 0,
      host: '127.0.0.1',
      requestMsMax: options.requestMsMax,
    });
    const { secret } = await ledger.keys.create('test', 'secret');
    return new World(servers, ledger, engine, api, server, secret, lines);
  }

  /** Where another API process would find the same ledger. */
  get mongodbUri(): string {
    return this.servers.mongodbUri;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  async keyOf(mode: 'test' | 'live', scope: KeyScope): Promise<string> {
    return (await this.ledger.keys.create(mode, scope)).secret;
  }

  async ask(method: string, path: string, asked: Ask = {}): Promise<Reply> {
    const key = asked.key === undefined ? this.key : asked.key;
    const body = asked.raw ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body));
    const answer = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...asked.headers,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    const json = (answer.headers.get('content-type') ?? '').includes('json');
    const parsed: unknown = json && text !== '' ? lastJson(answer, text) : { text };
    return { status: answer.status, headers: answer.headers, body: parsed as Reply['body'] };
  }

  /** A customer on `free`, made through the API. */
  async customer(id: string): Promise<void> {
    const asked = { body: { plan: 'free' } };
    const { status, body } = await this.ask('PUT', `/v1/customers/${id}`, asked);
    if (status !== 201) throw new Error(`no customer: ${status} ${JSON.stringify(body)}`);
  }

  /** Entries in the log of a customer. */
  async entries(customer: string): Promise<number> {
    const key = { mode: 'test', customer, life: 1 } as const;
    const groups = await this.ledger.log.groups(key, 1, 1000);
    return groups.reduce((sum, group) => sum + group.entries.length, 0);
  }

  async stop(): Promise<void> {
    await this.server.close(500);
    await this.api.decisions.close(500);
    await this.api.notifier.close(500);
    await this.ledger.close();
    await this.servers.stop();
    this.assertNoSecretWasLogged();
  }

  /** Everything is logged in these tests, down to `trace`; no secret may ever be in it. */
  private assertNoSecretWasLogged(): void {
    const leak = this.logLines.find((line) => /db[kp]_(test|live)_|whsec_|v1=[0-9a-f]/.test(line));
    if (this.logLines.length === 0) throw new Error('nothing was logged');
    if (leak !== undefined) throw new Error(`a secret was logged: ${leak}`);
  }
}

function lastJson(answer: Response, text: string): unknown {
  const lines = (answer.headers.get('content-type') ?? '').includes('x-ndjson');
  if (!lines) return JSON.parse(text);
  return { lines: text.trim().split('\n').map((line) => JSON.parse(line) as unknown) };
}
