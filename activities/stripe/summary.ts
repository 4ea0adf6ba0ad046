import { wholeMinutes, type Minutes } from './intents.js';
import { sessionFor, type StripeDeps } from './deps.js';
import type { StripeActivities, StripeParty } from '../contract.js';
import type { StripeSession } from './session.js';

type SummaryInput = Parameters<StripeActivities['readSummary']>[0];

/**
 * What Stripe has counted of a meter in a span of whole minutes; 0 when nothing. It lags behind
 * what was accepted. @throws Error for a meter that the subscription does not have.
 */
export async function summed(
  session: StripeSession,
  { stripe }: Pick<StripeParty, 'stripe'>,
  meter: string,
  { fromSeconds, toSeconds }: Minutes,
): Promise<number> {
  const stripeMeter = stripe.meters[meter];
  if (stripeMeter === undefined) throw new Error(`no meter ${meter} at ${stripe.subscription}`);
  const list = await session.stripe.billing.meters.listEventSummaries(
    stripeMeter,
    { customer: stripe.customer, start_time: fromSeconds, end_time: toSeconds, limit: 100 },
    session.within(),
  );
  return list.data.reduce((sum, summary) => sum + summary.aggregated_value, 0);
}

/** See `StripeActivities.readSummary`. */
export async function readSummary(
  deps: StripeDeps,
  input: SummaryInput,
): Promise<{ readonly value: number }> {
  const session = sessionFor(deps, input.key.mode);
  const value = await summed(session, input, input.meter, wholeMinutes(input.segment));
  return { value };
}

/** See `StripeActivities.readSummaries`. */
export async function readSummaries(
  deps: StripeDeps,
  input: Parameters<StripeActivities['readSummaries']>[0],
): Promise<{ readonly values: Readonly<Record<string, number>> }> {
  const session = sessionFor(deps, input.key.mode);
  const minutes = wholeMinutes(input.segment);
  const values: Record<string, number> = {};
  for (const meter of input.meters) values[meter] = await summed(session, input, meter, minutes);
  return { values };
}
