import { z } from 'zod';
import type { InboxLookup, InboxRow } from '../../ledger/stores/inboxStore.js';
import { Problem } from '../errors/problem.js';
import { parseJson } from '../http/json.js';
import { concernOf, type Concern } from './concerns.js';
import { WebhookRefused } from './refusal.js';

/**
 * What we keep of a webhook: its id, type and mode, and whom it concerns. What it says of the
 * object is never trusted: that is fetched.
 */
export type StripeEvent = Pick<
  InboxRow,
  'id' | 'type' | 'mode' | 'stripeCustomer' | 'lookup' | 'reason'
>;

const stripeId = z.string().regex(/^[A-Za-z0-9_]{1,255}$/);
const typeName = z.string().min(1).max(200);

/** A reference is an id, or the object itself where it was expanded; what else stands is none. */
const reference = z
  .union([stripeId, z.object({ id: stripeId }).transform(({ id }) => id)])
  .nullish()
  .catch(null)
  .transform((id) => id ?? null);

const snapshotSchema = z.object({
  object: z.literal('event'),
  id: stripeId,
  type: typeName,
  livemode: z.boolean(),
  data: z.object({
    object: z.object({ id: reference, customer: reference, charge: reference }),
  }),
});

const thinSchema = z.object({
  object: z.literal('v2.core.event'),
  id: stripeId,
  type: typeName,
  livemode: z.boolean(),
  related_object: z.object({ id: stripeId, type: typeName }).nullish().catch(null),
});

type Snapshot = z.output<typeof snapshotSchema>;
type Thin = z.output<typeof thinSchema>;

/** Exactly one of the three is set; `reason`: nobody is concerned, and why. */
type Whom = Pick<StripeEvent, 'stripeCustomer' | 'lookup' | 'reason'>;

const nobody = (reason: string): Whom => ({ stripeCustomer: null, reason });
const askFor = (lookup: InboxLookup): Whom => ({ stripeCustomer: null, lookup });

function lookUp(object: InboxLookup['object'], id: string | null, type: string): Whom {
  return id === null ? nobody(`${type} names no ${object}`) : askFor({ object, id });
}

function tell(stripeCustomer: string | null, type: string): Whom {
  return stripeCustomer === null ? nobody(`${type} names no customer`) : { stripeCustomer };
}

function whomSnapshotConcerns({ type, data }: Snapshot, concern: Concern): Whom {
  const { id, customer, charge } = data.object;
  switch (concern) {
    case 'itself':
      return tell(id, type);
    case 'charge':
      return lookUp('charge', charge, type);
    case 'meter':
      return lookUp('meter', id, type);
    case 'event':
      return nobody(`${type} is thin only`);
    case 'customer':
      return tell(customer, type);
    default:
      return nobody(concern.ignored);
  }
}

/** A thin event names an object; unless that is a customer, Stripe is asked for it first. */
function whomThinConcerns({ id, type, related_object: related }: Thin, concern: Concern): Whom {
  if (typeof concern === 'object') return nobody(concern.ignored);
  if (related?.type === 'customer') return { stripeCustomer: related.id };
  if (concern === 'event') return askFor({ object: 'event', id });
  if (concern === 'meter') return lookUp('meter', related?.id ?? null, type);
  return related ? askFor({ object: 'event', id }) : nobody(`${type} names no object`);
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return parseJson(body);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new WebhookRefused('noEvent', { detail: error.message, pointer: '' });
  }
}

/** Reads a verified body. @throws WebhookRefused for anything that is no event of Stripe. */
export function readStripeEvent(body: Uint8Array): StripeEvent {
  const json = jsonOf(body);
  const snapshot = snapshotSchema.safeParse(json);
  if (snapshot.success) {
    const { id, type, livemode } = snapshot.data;
    const whom = whomSnapshotConcerns(snapshot.data, concernOf(type));
    return { id, type, mode: livemode ? 'live' : 'test', ...whom };
  }
  const thin = thinSchema.safeParse(json);
  if (!thin.success) {
    const detail = 'The body is no event of Stripe.';
    throw new WebhookRefused('noEvent', { detail, pointer: '' });
  }
  const { id, type, livemode } = thin.data;
  const whom = whomThinConcerns(thin.data, concernOf(type));
  return { id, type, mode: livemode ? 'live' : 'test', ...whom };
}
