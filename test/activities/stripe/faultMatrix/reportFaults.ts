import type Stripe from 'stripe';
import { identifierOf, wholeMinutes } from '../../../../activities/stripe/intents.js';
import type { Intent } from '../../../../ledger/stores/contract.js';
import { until } from '../../../until.js';
import { carry, program, type Stage, type Then } from './staging.js';
import type { AtStripe, ReportParts, Write } from './writes.js';

/** What can befall reports alone: they have identifiers, an age, and a judgement afterwards. */

const DAY_MS = 86_400_000;
const LIMIT_MS = 30_000;

function partsOf({ report }: Write): ReportParts {
  if (!report) throw new Error('not a report');
  return report;
}

function send({ world }: Stage, event: Stripe.Billing.MeterEventCreateParams): Promise<unknown> {
  const idempotencyKey = `another-worker/${event.identifier}`;
  return world.stripe.billing.meterEvents.create(event, { idempotencyKey });
}

function eventOf(intent: Intent): Stripe.Billing.MeterEventCreateParams {
  return {
    event_name: intent.eventName,
    identifier: intent.id,
    timestamp: intent.stampSeconds,
    payload: { stripe_customer_id: intent.stripeCustomer, value: String(intent.value) },
  };
}

/** A worker thought dead sends the stored report after all, under an HTTP key of its own. */
export const sentByAnother: Then = async (stage, write) => {
  const { key, segment } = partsOf(write).who;
  const stored = await stage.world.ledger.intents.ofSegment(key, segment.index, 'tokens');
  const open = stored.find(({ state }) => state === 'sent');
  if (!open) throw new Error('no report is under way');
  await send(stage, eventOf(open));
};

const FOREIGN_UNITS = 7;

/** The identifier stands at Stripe before we have ever sent it. */
export async function collide(stage: Stage, write: Write): Promise<void> {
  const { who, stood } = partsOf(write);
  const { segment, stripe } = who;
  await send(stage, {
    event_name: stripe.eventNames['tokens'] ?? '',
    identifier: identifierOf(who, segment, 'tokens', stood.events + 1),
    timestamp: wholeMinutes(segment).fromSeconds,
    payload: { stripe_customer_id: stripe.customer, value: String(FOREIGN_UNITS) },
  });
  await carry(stage, write);
}

/** So late that even the last minute of the segment is too old, by our own clock. */
export function wait64Days(stage: Stage, write: Write): Promise<void> {
  partsOf(write).waitMs = 64 * DAY_MS;
  return carry(stage, write);
}

/** So late by Stripe's clock alone. */
export async function passAtStripe(stage: Stage, write: Write): Promise<void> {
  await stage.world.passPeriod(partsOf(write).who, (36 * DAY_MS) / 1000);
  await carry(stage, write);
}

/** What a collision leaves at Stripe. */
export const leftByCollision = ({ atStripe, events }: AtStripe): AtStripe => ({
  atStripe: String(Number(atStripe) + FOREIGN_UNITS),
  events: events + 1,
});

/** Taken with a 2xx, and refused in a report that comes afterwards. */
export async function refuseLater(stage: Stage, write: Write): Promise<void> {
  program(stage, write, { kind: 'meterError', code: 'meter_event_customer_not_found' });
  await carry(stage, write);
  const { key, segment } = partsOf(write).who;
  const isBuried = async () => {
    await stage.reports.work();
    const totals = await stage.world.ledger.intents.totals(key, segment.index, 'tokens');
    return totals.deadLetter > 0;
  };
  await until(isBuried, 'the error report', LIMIT_MS);
}
