import { join } from 'node:path';
import { tsxProgram } from '../../cli/tsxProgram.js';
import type { Launch } from '../servers/launch.js';
import type { StackSecrets } from './secrets.js';
import type { StackSettings } from './settings.js';

/** Where the parts of one stack find each other. */
export interface StackPlaces {
  readonly apiPort: number;
  readonly stripePort: number;
  /** HOST:PORT. */
  readonly temporalAddress: string;
  readonly mongodbUri: string;
  /** Plan of customers that come without one; null: none. */
  readonly defaultPlan: string | null;
}

/** Base URL of a server of ours. */
export function baseUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** The Stripe sandbox; its webhooks go to the API. */
export function stripeLaunch(
  settings: StackSettings,
  secrets: StackSecrets,
  places: Pick<StackPlaces, 'apiPort' | 'stripePort'>,
): Launch {
  return ourLaunch('stripe', 'dev/stripe/main.ts', settings, {
    environment: {
      PORT: String(places.stripePort),
      DURABILL_DATA: settings.dataFolder,
      STRIPE_SECRET_KEY: secrets.stripeSecretKey,
      STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
      WEBHOOK_URL: `${baseUrl(places.apiPort)}/webhooks/stripe`,
    },
    // Any answer will do: it has no page of its own at this path.
    ready: async () => void (await ask(baseUrl(places.stripePort))),
  });
}

/** The worker. Whether it works is asked at the API, whose readiness includes it. */
export function workerLaunch(
  settings: StackSettings,
  secrets: StackSecrets,
  places: StackPlaces,
): Launch {
  const environment = engineEnvironment(settings, secrets, places);
  const ready = (): Promise<void> => Promise.resolve();
  return ourLaunch('worker', 'worker/main.ts', settings, { environment, ready });
}

/** The API. It is ready when `/readyz` says that Temporal, ledger and worker are reachable. */
export function apiLaunch(
  settings: StackSettings,
  secrets: StackSecrets,
  places: StackPlaces,
): Launch {
  return ourLaunch('api', 'api/main.ts', settings, {
    environment: {
      ...engineEnvironment(settings, secrets, places),
      PORT: String(places.apiPort),
    },
    ready: async () => {
      const answer = await ask(`${baseUrl(places.apiPort)}/readyz`);
      if (answer.status !== 200) throw new Error(`/readyz ${answer.status}: ${answer.body}`);
    },
  });
}

/** Settings of CONTRACT §5 that worker and API share. */
function engineEnvironment(
  settings: StackSettings,
  secrets: StackSecrets,
  places: StackPlaces,
): NodeJS.ProcessEnv {
  const { defaultPlan } = places;
  return {
    TEMPORAL_ADDRESS: places.temporalAddress,
    TEMPORAL_NAMESPACE: settings.servers.temporalNamespace,
    MONGODB_URI: places.mongodbUri,
    STRIPE_SECRET_KEY: secrets.stripeSecretKey,
    STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
    STRIPE_API_BASE: baseUrl(places.stripePort),
    DURABILL_TOKEN_SECRET: settings.tokenSecret ?? secrets.tokenSecret,
    DURABILL_DATA: settings.dataFolder,
    ...(defaultPlan === null ? {} : { DURABILL_DEFAULT_PLAN: defaultPlan }),
    LOG_LEVEL: settings.logLevel,
  };
}

function ourLaunch(
  name: string,
  file: string,
  settings: StackSettings,
  how: { readonly environment: NodeJS.ProcessEnv; ready(): Promise<void> },
): Launch {
  // An empty variable counts as not set, everywhere.
  const given = Object.entries(settings.environment).filter(([, value]) => value !== '');
  return {
    name,
    ...tsxProgram(file),
    environment: { ...Object.fromEntries(given), ...how.environment },
    logFile: join(settings.dataFolder, 'logs', `${name}.log`),
    ready: () => how.ready(),
    readyLimitMs: 60_000,
  };
}

async function ask(url: string): Promise<{ readonly status: number; readonly body: string }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  return { status: answer.status, body: (await answer.text()).slice(0, 300) };
}
