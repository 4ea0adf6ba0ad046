import type { CommandEntry } from '../../billing/log.js';
import type { TakeoverCommand } from '../../billing/takeover.js';
import { contentHash } from '../contentHash.js';
import type { StripeActivities } from '../contract.js';
import { sessionFor, type StripeDeps } from './deps.js';
import { releaseCustomer } from './linking.js';
import { giveBack } from './takeOver.js';

/** The answer to a customer that waits for a plan: one stands, whatever is repeated or late. */

type SubscribeInput = Parameters<StripeActivities['subscribe']>[0];

/** A yes. */
export type Yes = Extract<TakeoverCommand, { type: 'subscribed' | 'linked' }>;

/** A yes or a no. */
export type Answer = Yes | Extract<TakeoverCommand, { type: 'subscribeFailed' }>;

/** Answers of one request share an id in the log, so that only one of them can ever stand. */
export function answerId(request: number): string {
  return `command/subscription-${request}`;
}

/** Name of what a request makes at Stripe. */
export function requestName({ key, request }: SubscribeInput): string {
  return `subscription/${key.mode}/${key.customer}/${key.life}/${request}`;
}

/** Writes the answer; one that stands already wins, and what this attempt made goes. */
export async function settle(
  deps: StripeDeps,
  input: SubscribeInput,
  command: Answer,
): Promise<{ readonly number: number }> {
  const id = answerId(command.request);
  const entry: CommandEntry = { kind: 'command', id, command, hash: contentHash(command) };
  const [outcome] = await deps.ledger.writer.append(input.key, [entry]);
  if (!outcome || outcome.status === 'fenced') throw new Error(`${id} was not written`);
  const lost = outcome.status === 'conflict';
  const standing = lost ? (outcome.entry as CommandEntry).command : command;
  if (standing.type !== 'subscribeFailed') return { number: outcome.number };
  if (command.type === 'subscribed') await withdraw(deps, input, command);
  // Who has no plan yet stays linked without a period, until a card works.
  const stays = standing.code === 'payment_required' && input.isFirst === true;
  if (!stays) await releaseCustomer(deps.ledger, input.key, input.request);
  return { number: outcome.number };
}

/**
 * The request was already answered with a no: what this attempt made must not go on. A
 * subscription that stood before is never ended: the comparison finds what differs.
 */
async function withdraw(
  deps: StripeDeps,
  input: SubscribeInput,
  { stripe, takenOver }: Extract<Yes, { type: 'subscribed' }>,
): Promise<void> {
  if (input.stripe) return;
  const session = sessionFor(deps, input.key.mode);
  if (takenOver) return giveBack(session, stripe.subscription, requestName(input));
  const params = { invoice_now: false, prorate: false };
  await session.stripe.subscriptions.cancel(stripe.subscription, params, session.within());
}
