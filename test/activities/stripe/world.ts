import type Stripe from 'stripe';
import { createStripeActivities } from '../../../activities/stripe/activities.js';
import { stripeClient } from '../../../activities/stripe/client.js';
import type { SegmentAtStripe, StripeActivities } from '../../../activities/contract.js';
import type { PlanSnapshot } from '../../../billing/catalogue.js';
import type { CustomerKey } from '../../../billing/log.js';
import type { Command, StripeLink } from '../../../billing/command.js';
import { startSandbox, type Sandbox } from '../../../dev/stripe/sandbox.js';
import type { Ledger } from '../../../ledger/contract.js';
import { openLedger } from '../../../ledger/open.js';
import type { EnsureStore } from '../../../ledger/stores/contract.js';
import { startServers } from '../../stack.js';
import { snapshotOf } from './catalogueMaking.js';

/** A real ledger and a real sandbox for one test file. */

/** Where customers' periods begin: a second inside a minute, on the last day of a month. */
export const START_MS = Date.UTC(2026, 0, 31, 10, 20, 30);

/** A plan with a base and two meters. */
export const PRO = snapshotOf('pro', {
  baseAmountMinor: 2900,
  prices: {
    tokens: {
      type: 'graduated',
      included: 1000,
      tiers: [{ upTo: 'inf', unitAmountMinor: '0.5' }],
    },
    images: { type: 'package', size: 10, packageAmountMinor: '100' },
  },
});

/** A customer that has a subscription. */
export interface Subscriber {
  readonly key: CustomerKey;
  readonly stripe: StripeLink;
  /** The first period. */
  readonly segment: SegmentAtStripe;
}

/** What the tests of one file share. */
export interface World {
  readonly ledger: Ledger;
  readonly sandbox: Sandbox;
  readonly stripe: Stripe;
  readonly acts: StripeActivities;
  /** How far engine and sandbox believe to be ahead of real time, ms. */
  aheadMs: number;
  readonly now: () => number;
  subscribeInput(key: CustomerKey, plan?: PlanSnapshot): SubscribeInput;
  /** The command that stands at a number of a customer's log. */
  commandAt(key: CustomerKey, number: number): Promise<Command>;
  subscriber(plan?: PlanSnapshot): Promise<Subscriber>;
  /** Moves a customer's clock to a period's end plus `afterSeconds`. */
  passPeriod(who: Subscriber, afterSeconds?: number): Promise<void>;
  stop(): Promise<void>;
}

type SubscribeInput = Parameters<StripeActivities['subscribe']>[0];

let customers = 0;

/** A customer that no other test has. */
export function newKey(): CustomerKey {
  customers += 1;
  return { mode: 'test', customer: `customer-${customers}`, life: 1 };
}

/** Starts both. The sandbox shows usage in summaries at once. */
export async function startWorld(): Promise<World> {
  const servers = await startServers({ temporal: false });
  const ledger = await openLedger({ uri: servers.mongodbUri }).catch(async (error: unknown) => {
    await servers.stop();
    throw error;
  });
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const sandbox = await startSandbox({ switches: { summaryLagMs: 0 }, nowMs: now });
  const stripe = stripeClient({ secretKey: 'sk_test_1', apiBase: sandbox.url });
  const acts = createStripeActivities({ ledger, stripe: { test: stripe, live: null }, now });
  return {
    ledger,
    sandbox,
    stripe,
    acts,
    now,
    get aheadMs() {
      return clock.aheadMs;
    },
    set aheadMs(value) {
      clock.aheadMs = value;
    },
    subscribeInput,
    commandAt: (key, number) => commandAt(ledger, key, number),
    subscriber: (plan) => subscriber(ledger, acts, plan),
    passPeriod: async ({ stripe: link, segment }, afterSeconds = 60) => {
      const testClock = link.testClock ?? '';
      const toSeconds = segment.endSeconds + afterSeconds;
      await acts.advanceTestClock({ mode: 'test', testClock, toSeconds });
    },
    stop: async () => {
      await sandbox.stop();
      await ledger.close();
      await servers.stop();
    },
  };
}

function subscribeInput(key: CustomerKey, plan = PRO): SubscribeInput {
  const who = { name: 'Acme', email: 'a@example.com' };
  return { key, request: 7, plan, startMs: START_MS, ...who, trialDays: null, stripe: null };
}

async function commandAt(ledger: Ledger, key: CustomerKey, number: number): Promise<Command> {
  const [group] = await ledger.log.groups(key, number, 1);
  const entry = group?.entries[0];
  if (entry?.kind !== 'command') throw new Error(`no command at ${number}`);
  return entry.command;
}

async function subscriber(
  ledger: Ledger,
  acts: StripeActivities,
  plan: PlanSnapshot = PRO,
): Promise<Subscriber> {
  const key = newKey();
  const { number } = await acts.subscribe(subscribeInput(key, plan));
  const command = await commandAt(ledger, key, number);
  if (command.type !== 'subscribed') throw new Error(JSON.stringify(command));
  const { stripe } = command;
  const startSeconds = stripe.anchorSeconds;
  const endSeconds = Date.UTC(2026, 1, 28, 10, 20, 30) / 1000;
  const segment = {
    index: 0,
    startSeconds,
    endSeconds,
    startMs: Math.floor(startSeconds / 60) * 60_000,
    endMs: Math.floor(endSeconds / 60) * 60_000,
  };
  return { key, stripe, segment };
}

/** As Temporal repeats an activity. */
export async function repeated<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (attempt === 6) throw error;
    }
  }
}

/** The ledger of a worker that is killed right after Stripe has made what `name` matches. */
export function killedAfter(ledger: Ledger, name: RegExp): Ledger {
  const { ensures } = ledger;
  let killed = false;
  const dying: EnsureStore = {
    find: (id) => ensures.find(id),
    begin: (id, nowMs) => ensures.begin(id, nowMs),
    reply5xx: (id) => ensures.reply5xx(id),
    done: (id, object) => {
      if (killed || !name.test(id)) return ensures.done(id, object);
      killed = true;
      return Promise.reject(new Error('killed'));
    },
  };
  return { ...ledger, ensures: dying };
}
