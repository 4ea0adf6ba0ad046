import { z } from 'zod';
import type { StripeSession } from './session.js';

/** Whom an object at Stripe belongs to. */

const reference = z
  .union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])
  .nullish()
  .catch(null);

const ownedSchema = z.object({ customer: reference, charge: reference });

/** The customer of a charge; null: a charge of nobody. */
export async function customerOfCharge(
  session: StripeSession,
  charge: string,
): Promise<string | null> {
  const found = await session.stripe.charges.retrieve(charge, {}, session.within());
  return ownedSchema.parse(found).customer ?? null;
}

/** The customer of any object of the v1 API, of its charge where it names no other. */
export async function customerOfObject(
  session: StripeSession,
  path: string,
): Promise<string | null> {
  const { timeout } = session.within();
  const found: unknown = await session.stripe.rawRequest('GET', path, undefined, { timeout });
  const { customer, charge } = ownedSchema.parse(found);
  if (customer) return customer;
  return charge ? customerOfCharge(session, charge) : null;
}
