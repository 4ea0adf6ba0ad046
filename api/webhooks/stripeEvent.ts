import { z } from 'zod';
import type { Mode } from '../../billing/catalogue.js';
import { invalidRequest } from '../errors/problem.js';
import { parseJson } from '../http/json.js';

/** What we need of a webhook: its id, type, mode and customer. The object itself is fetched. */
export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly mode: Mode;
  readonly stripeCustomer: string | null;
}

const stripeId = z.string().regex(/^[A-Za-z0-9_]{1,255}$/);

/** A reference is an id, or the object itself where it was expanded. */
const reference = z.union([stripeId, z.object({ id: stripeId }).transform(({ id }) => id)]);

const snapshotSchema = z.object({
  object: z.literal('event'),
  id: stripeId,
  type: z.string().max(200),
  livemode: z.boolean(),
  data: z.object({
    object: z.object({
      object: z.string().max(200).optional(),
      id: stripeId.optional(),
      customer: reference.nullish(),
    }),
  }),
});

const thinSchema = z.object({
  object: z.literal('v2.core.event'),
  id: stripeId,
  type: z.string().max(200),
  livemode: z.boolean().optional(),
  related_object: z.object({ id: stripeId, type: z.string().max(200) }).nullish(),
});

function customerOf(object: z.output<typeof snapshotSchema>['data']['object']): string | null {
  if (object.object === 'customer') return object.id ?? null;
  return object.customer ?? null;
}

/** Reads a verified body. @throws Problem `invalid_request` for anything that is no event. */
export function readStripeEvent(body: Uint8Array): StripeEvent {
  const json = parseJson(body);
  const snapshot = snapshotSchema.safeParse(json);
  if (snapshot.success) {
    const { id, type, livemode, data } = snapshot.data;
    const stripeCustomer = customerOf(data.object);
    return { id, type, mode: livemode ? 'live' : 'test', stripeCustomer };
  }
  const thin = thinSchema.safeParse(json);
  if (!thin.success) {
    throw invalidRequest([{ detail: 'The body is no event of Stripe.', pointer: '' }]);
  }
  const { id, type, livemode, related_object: related } = thin.data;
  const stripeCustomer = related?.type === 'customer' ? related.id : null;
  return { id, type, mode: livemode === true ? 'live' : 'test', stripeCustomer };
}
