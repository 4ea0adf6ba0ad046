import type { CommandEntry, CustomerKey } from '../../billing/log.js';
import type { Command, StripeLink } from '../../billing/command.js';
import { contentHash } from '../contentHash.js';
import type { StripeActivities } from '../contract.js';
import { ensureAccount } from './account.js';
import { changeNow } from './change.js';
import { sessionFor, type StripeDeps } from './deps.js';
import { classify, isAway, STRIPE_AWAY } from './failures.js';
import { publishPlans } from './publish.js';
import type { StripeSession } from './session.js';
import { ensureSubscription, pricesOfPlan, readLink } from './subscription.js';

type SubscribeInput = Parameters<StripeActivities['subscribe']>[0];
type Answer = Extract<Command, { type: 'subscribed' | 'subscribeFailed' }>;

/** A clear no: nothing was made that costs anything. */
class NotSubscribed extends Error {
  constructor(
    readonly code: 'payment_required' | 'unavailable',
    detail: string,
  ) {
    super(detail);
  }
}

/** Answers of one request share an id in the log, so that only one of them can ever stand. */
function answerId(request: number): string {
  return `command/subscription-${request}`;
}

/** See `StripeActivities.subscribe`. */
export async function subscribe(
  deps: StripeDeps,
  input: SubscribeInput,
): Promise<{ readonly number: number }> {
  const { log } = deps.ledger;
  const standing = await log.entry(input.key, answerId(input.request));
  if (standing) return { number: standing.number };
  const { key, request, plan } = input;
  try {
    const stripe = await arrange(deps, input);
    return await settle(deps, key, { type: 'subscribed', request, plan, stripe });
  } catch (error) {
    if (!(error instanceof NotSubscribed)) throw error;
    const { code, message: detail } = error;
    return settle(deps, key, { type: 'subscribeFailed', request, code, detail });
  }
}

/** Everything at Stripe. @throws NotSubscribed; anything else is to be repeated. */
async function arrange(deps: StripeDeps, input: SubscribeInput): Promise<StripeLink> {
  const { mode, customer, life } = input.key;
  if (!deps.stripe[mode]) {
    throw new NotSubscribed('unavailable', `no Stripe key is set for ${mode} mode`);
  }
  const session = sessionFor(deps, mode);
  const name = `subscription/${mode}/${customer}/${life}/${input.request}`;
  const before = await deps.ledger.ensures.find(name);
  try {
    return await arrangeAs(session, name, input);
  } catch (error) {
    throw before === null ? asRefusal(error, await deps.ledger.ensures.find(name)) : error;
  }
}

async function arrangeAs(
  session: StripeSession,
  name: string,
  input: SubscribeInput,
): Promise<StripeLink> {
  const published = await publishPlans(session, input.key.mode, [input.plan]);
  const prices = pricesOfPlan(input.plan, published);
  if (input.stripe) {
    const { stripe: link, startMs } = input;
    return refusing(() => changeNow(session, { name, link, prices, startMs }));
  }
  const account = await ensureAccount(session, input);
  const { trialDays, plan } = input;
  const needsCard = trialDays === null || plan.plan.trial?.cardRequired !== false;
  if (!account.canPay && needsCard) {
    throw new NotSubscribed('payment_required', 'the customer has no payment method at Stripe');
  }
  return refusing(async () => {
    const subscription = await ensureSubscription(session, { name, account, prices, trialDays });
    return readLink(session, subscription, { account, prices });
  });
}

/** @throws NotSubscribed where Stripe refuses the payment; all else as it comes. */
async function refusing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const fault = classify(error);
    if (fault?.kind !== 'refused') throw error;
    throw new NotSubscribed('payment_required', fault.message);
  }
}

/**
 * Stripe can't be reached: a clear no as long as the subscription was never sent, or surely
 * never arrived. Objects made before it cost nothing and are found by the next request.
 */
function asRefusal(error: unknown, sent: { readonly state: string } | null): unknown {
  const fault = classify(error);
  if (!fault) return error;
  const nothingMade = sent === null ? isAway(fault) : isNeverSent(sent.state, fault.code);
  return nothingMade ? new NotSubscribed('unavailable', fault.message) : error;
}

function isNeverSent(state: string, code: string): boolean {
  return state === 'sending' && code === STRIPE_AWAY;
}

/** Writes the answer; one that stands already wins, and a subscription it contradicts goes. */
async function settle(
  deps: StripeDeps,
  key: CustomerKey,
  command: Answer,
): Promise<{ readonly number: number }> {
  const id = answerId(command.request);
  const entry: CommandEntry = { kind: 'command', id, command, hash: contentHash(command) };
  const [outcome] = await deps.ledger.writer.append(key, [entry]);
  if (!outcome || outcome.status === 'fenced') throw new Error(`${id} was not written`);
  if (outcome.status === 'conflict' && command.type === 'subscribed') {
    await withdraw(deps, key, command.stripe, outcome.entry as CommandEntry);
  }
  return { number: outcome.number };
}

/** The request was already answered with a no: what this attempt made must not go on. */
async function withdraw(
  deps: StripeDeps,
  key: CustomerKey,
  made: StripeLink,
  standing: CommandEntry,
): Promise<void> {
  if (standing.command.type === 'subscribed') return;
  const session = sessionFor(deps, key.mode);
  const params = { invoice_now: false, prorate: false };
  await session.stripe.subscriptions.cancel(made.subscription, params, session.within());
}
