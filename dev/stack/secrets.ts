import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeJson } from './jsonFile.js';

/** Secrets of one data folder: made once, kept with owner's rights only. */
export interface StackSecrets {
  /** Key that the sandbox takes for a Stripe test key. */
  readonly stripeSecretKey: string;
  readonly stripeWebhookSecret: string;
  /** Signs tokens of holds. */
  readonly tokenSecret: string;
  /** A secret test key of the API; null before the first start. */
  readonly testKey: string | null;
}

/** The secrets of a data folder; what is missing is made and stored. */
export function loadSecrets(dataFolder: string): StackSecrets {
  const stored = (readJson(secretsFile(dataFolder)) ?? {}) as Partial<StackSecrets>;
  const secrets: StackSecrets = {
    stripeSecretKey: stored.stripeSecretKey ?? `sk_test_${randomBytes(24).toString('hex')}`,
    stripeWebhookSecret: stored.stripeWebhookSecret ?? `whsec_${randomBytes(24).toString('hex')}`,
    tokenSecret: stored.tokenSecret ?? randomBytes(32).toString('hex'),
    testKey: stored.testKey ?? null,
  };
  saveSecrets(dataFolder, secrets);
  return secrets;
}

/** Stores the secrets of a data folder. */
export function saveSecrets(dataFolder: string, secrets: StackSecrets): void {
  writeJson(secretsFile(dataFolder), secrets);
}

function secretsFile(dataFolder: string): string {
  return join(dataFolder, 'secrets.json');
}
