import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { stripeClients, type StripeClients } from '../activities/stripe/client.js';
import type { Mode } from '../billing/catalogue.js';
import type { Ledger } from '../ledger/contract.js';
import { openLedger } from '../ledger/open.js';
import { CommandFailed } from './commandFailed.js';
import { runningStack } from './runningStack.js';
import { readStripeSettings, type StripeAccess } from './settings.js';

/** How a command reaches one engine: its ledger, and the Stripe account that belongs to it. */
export interface EngineAccess {
  readonly mongodbUri: string;
  /** One client a mode, each with the key of that mode; null where none is set. */
  readonly stripe: StripeClients;
  /** For people: "Stripe", or the sandbox's address. */
  readonly stripeAt: string;
}

/** What of the secrets in a stack's data folder a command needs. */
const Secrets = z.object({ stripeSecretKey: z.string() });

/**
 * The engine of MONGODB_URI with Stripe as the environment has it, else the embedded stack that
 * runs on the data folder with its own sandbox. Never a ledger of one with the Stripe of the other.
 * @throws CommandFailed 2 with all that is wrong in the environment, or where there is neither.
 */
export async function engineAccess(): Promise<EngineAccess> {
  const { dataFolder, mongodbUri, stripe } = readStripeSettings();
  if (mongodbUri !== undefined) return accessOf(mongodbUri, stripe);
  const stack = await runningStack(dataFolder);
  if (stack === null) {
    const ways = 'Set MONGODB_URI and STRIPE_SECRET_KEY, or start one: npx durabill start';
    throw new CommandFailed(`No engine: no stack runs on ${dataFolder}. ${ways}`, 2);
  }
  if (stripe.secretKeys !== undefined) {
    const why = 'without MONGODB_URI this is the embedded stack, with its own Stripe sandbox';
    process.stderr.write(`STRIPE_SECRET_KEY is not used: ${why}.\n`);
  }
  const secretKeys = await sandboxKey(dataFolder);
  return accessOf(stack.mongodb, { secretKeys, apiBase: stack.stripe });
}

async function sandboxKey(dataFolder: string): Promise<string> {
  const text = await readFile(join(dataFolder, 'secrets.json'), 'utf8');
  return Secrets.parse(JSON.parse(text)).stripeSecretKey;
}

function accessOf(mongodbUri: string, { secretKeys, apiBase }: StripeAccess): EngineAccess {
  const stripe = stripeClients(secretKeys, apiBase);
  return { mongodbUri, stripe, stripeAt: apiBase ?? 'Stripe' };
}

/** The modes that have a key, test first. */
export function modesWithKey({ stripe }: EngineAccess): Mode[] {
  return (['test', 'live'] as const).filter((mode) => stripe[mode] !== null);
}

/** Runs something on the engine's ledger. @throws CommandFailed 2 when it can't be used. */
export async function withLedger<T>(
  { mongodbUri }: EngineAccess,
  run: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const ledger = await openLedger({ uri: mongodbUri }).catch((error: unknown) => {
    throw new CommandFailed(`The ledger can't be used: ${String(error)}`, 2);
  });
  try {
    return await run(ledger);
  } finally {
    await ledger.close();
  }
}
