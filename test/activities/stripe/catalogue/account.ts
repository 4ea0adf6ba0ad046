import type Stripe from 'stripe';
import type { StripeFinding } from '../../../../activities/stripe/catalogue/findings.js';
import { stripeClient } from '../../../../activities/stripe/client.js';
import { publishAtStripe, surveyAtStripe } from '../../../../activities/stripe/publish.js';
import type { Mode, PlanSnapshot } from '../../../../billing/catalogue.js';
import { startSandbox } from '../../../../dev/stripe/sandbox.js';
import { publishedOf } from '../catalogueMaking.js';
import { EnsuresInMemory } from '../stripeModel.js';

/** An account at Stripe and what we remember of it, both of which can be lost. */
export interface Account {
  readonly stripe: Stripe;
  readonly ensures: EnsuresInMemory;
  publish(plans: readonly PlanSnapshot[], mode?: Mode): Promise<readonly StripeFinding[]>;
  survey(plans: readonly PlanSnapshot[], mode?: Mode): Promise<readonly StripeFinding[]>;
  /** Prices, products and meters that stand there. */
  objects(): Promise<number>;
  /** An empty account behind the same key. */
  loseStripe(): Promise<void>;
  /** Our rows are lost. */
  loseRows(): void;
  stop(): Promise<void>;
}

/** Starts one on a sandbox of its own. */
export async function startAccount(): Promise<Account> {
  let sandbox = await startSandbox();
  const clientOf = () => stripeClient({ secretKey: 'sk_test_1', apiBase: sandbox.url });
  let stripe = clientOf();
  let ensures = new EnsuresInMemory();
  return {
    get stripe() {
      return stripe;
    },
    get ensures() {
      return ensures;
    },
    publish: (plans, mode = 'test') => publishAtStripe(stripe, ensures, publishedOf(plans, mode)),
    survey: (plans, mode = 'test') => surveyAtStripe(stripe, ensures, publishedOf(plans, mode)),
    async objects() {
      const all = { limit: 100 };
      const lists = await Promise.all([
        stripe.prices.list(all),
        stripe.products.list(all),
        stripe.billing.meters.list(all),
      ]);
      return lists.reduce((sum, { data }) => sum + data.length, 0);
    },
    async loseStripe() {
      await sandbox.stop();
      sandbox = await startSandbox();
      stripe = clientOf();
    },
    loseRows: () => void (ensures = new EnsuresInMemory()),
    stop: () => sandbox.stop(),
  };
}

/** Findings as `price durabill/pro/1/base standing`. */
export function shown(findings: readonly StripeFinding[]): string[] {
  return findings.map(({ object, name, state }) => `${object} ${name} ${state}`);
}
