import type Stripe from 'stripe';

/** An expandable field is only its id on the wire; objects are put in by `expand`. */
type Reference<T> = [Extract<T, string>] extends [never] ? T : Exclude<T, object>;

/**
 * A type of the official SDK (stripe 23.1.0) as it stands in JSON: decimals are strings and
 * references are ids. So the compiler checks every field name this sandbox answers with.
 */
export type Wire<T> = T extends Stripe.Decimal
  ? string
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<Reference<T[Key]>> }
      : T;

/** A record without what Stripe never shows. */
export function withoutHidden<T extends { readonly hidden: unknown }>(
  record: T,
): Omit<T, 'hidden'> {
  // Not by `delete`: what is deleted from is slow to copy and to write out.
  const { hidden: _hidden, ...shown } = record;
  return shown;
}

/** A list as Stripe answers it. */
export interface WireList<T> {
  readonly object: 'list';
  readonly data: T[];
  readonly has_more: boolean;
  readonly url: string;
}

/** Wraps one page into Stripe's list body. */
export function listBody<T>(url: string, data: T[], hasMore = false): WireList<T> {
  return { object: 'list', data, has_more: hasMore, url };
}
