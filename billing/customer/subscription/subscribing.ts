import type { Command, StripeLink } from '../../command.js';
import type { CustomerState } from '../../state.js';
import { begin, enter, startInvoiceOf, wantedStarts } from '../plans/joining.js';
import { changeSegment, planKey, withLinks } from '../periods/segments.js';
import { clockedByStripe, takenOverBy } from './takingOver.js';

/** What Stripe answers to a customer that waits for a plan: yes, or no. */

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** Stripe has a subscription: the plan begins at its anchor. */
export function applySubscribed(
  before: CustomerState,
  command: CommandOf<'subscribed'>,
): CustomerState {
  const { plan, stripe, takenOver, request } = command;
  const state = clockedByStripe(before, command.linkedAtSeconds);
  const link = { ...stripe, plan: { id: plan.id, version: plan.version } };
  const begun = takenOver
    ? takenOverBy(state, command, link, takenOver)
    : subscribedTo(state, command, link);
  return {
    ...begun,
    pending: null,
    ...(before.stripe?.subscription === stripe.subscription ? {} : { pause: undefined }),
    ...(before.cancelAtEnd ? { cancelAtEnd: false } : {}),
    answer: { request, code: 'subscribed', detail: '' },
  };
}

/** Under a subscription that was made for it: its base is charged at once. */
function subscribedTo(
  state: CustomerState,
  { plan, stripe, request }: CommandOf<'subscribed'>,
  link: StripeLink,
): CustomerState {
  const linked = withLinks(state);
  const fromMs = followsFrom(state, request);
  const started =
    fromMs === null
      ? begin(linked, plan, stripe.anchorSeconds * 1000, link)
      : enter(linked, plan, link, { cutMs: fromMs, periods: 0 });
  const index = started.segments.at(-1)?.index ?? 0;
  const { netAgainst, atStripe } = state.pending ?? {};
  const begun = netAgainst ? changeSegment(started, index, { netAgainst }) : started;
  const kept = begun.segments.map((segment) => segment.index);
  const earlier = wantedStarts(state).filter((start) => start !== index && kept.includes(start));
  return {
    ...begun,
    ...(atStripe ? { linkedCustomer: stripe.customer } : {}),
    ...(earlier.length > 0 ? { earlierStarts: earlier } : {}),
    startInvoice: stripe.trialEndSeconds ? null : startInvoiceOf(plan, index),
    testClockSeconds: stripe.testClock ? stripe.anchorSeconds : 0,
  };
}

/** Where the period begins that another subscription is asked for; null: where Stripe says. */
function followsFrom({ pending }: CustomerState, request: number): number | null {
  return pending?.follows && pending.request === request ? pending.atMs : null;
}

/** Stripe refused, or could not be reached: nothing changes but the answer. */
export function applySubscribeFailed(
  state: CustomerState,
  command: CommandOf<'subscribeFailed'>,
): CustomerState {
  const refused: CustomerState = {
    ...state,
    pending: null,
    answer: { request: command.request, code: command.code, detail: command.detail },
  };
  const fromMs = followsFrom(state, command.request);
  if (fromMs !== null) return unpaidFrom(refused, fromMs);
  if (command.code !== 'payment_required' || state.plan || !state.pending) return refused;
  // A new customer whose first payment is refused exists, without a period, until a card works.
  const { plan, atStripe } = state.pending;
  return {
    ...refused,
    ...(atStripe?.customer ? { linkedCustomer: atStripe.customer } : {}),
    status: 'incomplete',
    plan: { id: plan.id, version: plan.version },
    snapshots: { ...state.snapshots, [planKey(plan)]: plan },
  };
}

/** The subscription before has ended, and none follows: the plan waits for a payment. */
function unpaidFrom(state: CustomerState, fromMs: number): CustomerState {
  const ended = state.segments.filter(({ startMs }) => startMs < fromMs);
  const segments = ended.length === 0 ? state.segments : ended;
  return { ...state, segments, status: 'incomplete' };
}
