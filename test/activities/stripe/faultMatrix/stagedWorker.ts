import Stripe from 'stripe';
import { createStripeActivities } from '../../../../activities/stripe/activities.js';
import type { StripeActivities } from '../../../../activities/contract.js';
import type { Ledger } from '../../../../ledger/contract.js';
import type { World } from '../world.js';

/** A worker to whom one thing happens at the first request that fits; then all goes well. */

/**
 * `dies…`: nothing of it runs on after that moment. `impatient`: it waits for no more than
 * `IMPATIENT_MS`. `lost`: it is told that the time is over, and its request is still on the way.
 */
export type Mishap = 'diesBeforeSend' | 'diesAfterSend' | 'diesAfterReply' | 'impatient' | 'lost';

/** Shorter than the delays of the fault matrix, ms. */
export const IMPATIENT_MS = 60;

/** Which requests are meant; regular expressions, as of the sandbox's fault panel. */
export interface Aim {
  readonly path: string;
  readonly body?: string;
}

/** Such a worker. */
export interface StagedWorker {
  readonly acts: StripeActivities;
  /** Resolves when it is dead; never, where it does not die. */
  readonly died: Promise<void>;
  /** Whether the request was met at all. */
  isMet(): boolean;
  /** Sends what was lost on the way; resolves when it is done with. */
  arrive(): Promise<void>;
}

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;
type RequestParts = Parameters<HttpClient['makeRequest']>;
type Response = Awaited<ReturnType<HttpClient['makeRequest']>>;

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** The moments of one worker. */
class Fate {
  readonly died: Promise<void>;
  die: () => void = () => undefined;
  /** The request was met. */
  isMet = false;
  /** Its answer was read. */
  isAnswered = false;
  lost: (() => Promise<unknown>) | null = null;

  constructor(
    readonly mishap: Mishap,
    readonly aim: Aim,
  ) {
    this.died = new Promise((resolve) => (this.die = resolve));
  }

  meets([, , path, method, , body]: RequestParts): boolean {
    const { aim, isMet } = this;
    if (isMet || method !== 'POST' || !new RegExp(aim.path).test(path)) return false;
    return new RegExp(aim.body ?? '').test(body);
  }

  stop<T>(): Promise<T> {
    this.die();
    return never<T>();
  }
}

function httpClientOf(fate: Fate): HttpClient {
  const real = Stripe.createNodeHttpClient();
  const makeRequest = async (...parts: RequestParts): Promise<Response> => {
    if (!fate.meets(parts)) return real.makeRequest(...parts);
    fate.isMet = true;
    switch (fate.mishap) {
      case 'diesBeforeSend':
        return fate.stop();
      case 'diesAfterSend':
        await real.makeRequest(...parts);
        return fate.stop();
      case 'diesAfterReply':
        return answered(fate, await real.makeRequest(...parts));
      case 'impatient':
        parts[7] = IMPATIENT_MS;
        return real.makeRequest(...parts);
      case 'lost':
        fate.lost = () => real.makeRequest(...parts);
        throw Object.assign(new TypeError('ETIMEDOUT'), { code: 'ETIMEDOUT' });
    }
  };
  return { getClientName: () => real.getClientName(), makeRequest };
}

function answered(fate: Fate, response: Response): Response {
  fate.isAnswered = true;
  return response;
}

/** A ledger whose worker is gone once the answer of the request was read. */
function ledgerOf({ ensures, intents, ...rest }: Ledger, fate: Fate): Ledger {
  const living =
    <I extends unknown[], O>(note: (...input: I) => Promise<O>) =>
    (...input: I): Promise<O> =>
      fate.isAnswered ? fate.stop<O>() : note(...input);
  return {
    ...rest,
    ensures: {
      find: (name) => ensures.find(name),
      begin: living((name, nowMs) => ensures.begin(name, nowMs)),
      reply5xx: living((name) => ensures.reply5xx(name)),
      done: living((name, object) => ensures.done(name, object)),
    },
    intents: Object.assign(Object.create(intents) as typeof intents, {
      update: living((id: string, change: Parameters<typeof intents.update>[1]) =>
        intents.update(id, change),
      ),
    }),
  };
}

/** A worker in a world; `mishap` befalls the first POST that `aim` fits. */
export function stagedWorker(world: World, mishap: Mishap, aim: Aim): StagedWorker {
  const fate = new Fate(mishap, aim);
  const { hostname: host, port } = new URL(world.sandbox.url);
  const client = new Stripe('sk_test_1', {
    ...{ host, port, protocol: 'http' },
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: httpClientOf(fate),
  });
  const ledger = ledgerOf(world.ledger, fate);
  const stripe = { test: client, live: null };
  return {
    acts: createStripeActivities({ ledger, stripe, now: world.now }),
    died: fate.died,
    isMet: () => fate.isMet,
    arrive: async () => {
      if (fate.lost === null) throw new Error('nothing was lost on the way');
      await fate.lost();
    },
  };
}
