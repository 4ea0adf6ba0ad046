import type { Denial, DenialAction, DenialCode, LimitContext } from './context.js';

/** What a customer's standing alone decides, before any limit is looked at. */

/** A denial that no limit is part of and no waiting helps. */
export function plainDenial(
  code: DenialCode,
  detail: string,
  message: string,
  action: DenialAction,
): Denial {
  return { code, retryable: false, detail, message, action, limits: [], retryAtMs: null };
}

/**
 * Why nothing at all runs for this customer; null: its limits decide. `trialing`, `active` and
 * `pastDue` run, until the grace of a plan with `then: block` is over.
 */
export function statusDenial(context: LimitContext): Denial | null {
  const { status, period, controls, isBlocked = false } = context;
  if (status === 'canceled') {
    return plainDenial(
      'customer_canceled',
      'The customer is canceled.',
      'Your subscription has ended.',
      'contact',
    );
  }
  if (status === 'incomplete' || status === 'starting' || period === null) {
    return plainDenial(
      'payment_required',
      `The customer is ${status}: its subscription has not begun.`,
      'Your subscription needs a payment that works before you can go on.',
      'pay',
    );
  }
  if (isBlocked) {
    return plainDenial(
      'payment_required',
      'A payment of the customer is refused, and the grace of its plan is over.',
      'Your last invoice is unpaid. Update your payment to go on.',
      'pay',
    );
  }
  if (status !== 'frozen' && controls.frozen === null) return null;
  const { frozen } = controls;
  const denial = plainDenial(
    'customer_frozen',
    `The customer is frozen${frozen ? `: ${frozen.reason}` : ''}.`,
    'Your account is paused.',
    'contact',
  );
  return frozen ? { ...denial, frozen } : denial;
}
