import { loadSecrets } from '../../dev/stack/secrets.js';
import { spawnWatched, type WatchedChild } from '../../dev/servers/childProcess.js';
import { readServerSettings } from '../../dev/servers/settings.js';
import { tsxProgram } from '../../cli/tsxProgram.js';
import type { TestStack } from '../stack.js';
import { until } from '../until.js';

/** Longest start of an API process. */
const READY_LIMIT_MS = 60_000;

/** One more API process beside the stack's own, on the same ledger and Temporal. */
export class ApiProcess {
  private child: WatchedChild | null = null;
  private output = '';

  private constructor(
    private readonly stack: TestStack,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Starts one; `environment` such as `DURABILL_LEASES`. */
  static async start(
    stack: TestStack,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ApiProcess> {
    const api = new ApiProcess(stack, environment);
    await api.start();
    return api;
  }

  /** Base URL; another one after each start. */
  get url(): string {
    return `http://127.0.0.1:${this.port() ?? 0}`;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** kill -9, and a start anew. */
  async kill(): Promise<void> {
    this.child?.process.kill('SIGKILL');
    await this.child?.ended;
    await this.start();
  }

  /** SIGSTOP or SIGCONT. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.process.kill(signal);
  }

  async stop(): Promise<void> {
    await this.child?.stop();
  }

  private port(): number | null {
    const match = /"port":(\d+)[^\n]*"msg":"api ready"/.exec(this.output);
    return match ? Number(match[1]) : null;
  }

  private async start(): Promise<void> {
    const { temporal, mongodb, stripe, folder } = this.stack;
    const secrets = loadSecrets(folder);
    const { command, args } = tsxProgram('api/main.ts');
    this.output = '';
    this.child = spawnWatched(command, args, {
      env: {
        ...readServerSettings().environment,
        TEMPORAL_ADDRESS: temporal,
        MONGODB_URI: mongodb,
        STRIPE_API_BASE: stripe ?? '',
        STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
        DURABILL_TOKEN_SECRET: secrets.tokenSecret,
        PORT: '0',
        LOG_LEVEL: 'info',
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child.process.stdout?.on('data', (chunk: Buffer) => {
      if (this.port() === null) this.output += chunk.toString();
    });
    await until(() => this.port() !== null, 'another API process', READY_LIMIT_MS);
  }
}
