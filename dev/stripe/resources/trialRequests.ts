import type { Account } from '../account.js';
import { NOTICE_SECONDS, startPaying } from '../cycle/trials.js';
import type { PaymentBehaviour } from '../cycle/immediate.js';
import { badParameter } from '../http/failure.js';
import type { Params } from '../http/params.js';
import type { Kinds } from '../state/records.js';
import { itemsOf } from './subscriptionItems.js';

const DAY_SECONDS = 86_400;
const TRIAL_DAYS_MAX = 730;

type Subscription = Kinds['subscription'];

/** End of the trial asked for on creation, Unix seconds; null: none. */
export function trialEndOf(params: Params, now: number): number | null {
  const days = params.integer('trial_period_days');
  const end = params.text('trial_end');
  if (days !== undefined && end) {
    const message = 'You may only specify one of these parameters: trial_end, trial_period_days.';
    throw badParameter('trial_period_days', message, 'parameters_exclusive');
  }
  if (days !== undefined) {
    if (days >= 1 && days <= TRIAL_DAYS_MAX) return now + days * DAY_SECONDS;
    throw badParameter('trial_period_days', `At least 1 day and at most ${TRIAL_DAYS_MAX}.`);
  }
  if (!end || end === 'now') return null;
  return futureEnd(params, now);
}

function futureEnd(params: Params, now: number): number {
  const end = params.needInteger('trial_end');
  if (end > now && end <= now + TRIAL_DAYS_MAX * DAY_SECONDS) return end;
  throw badParameter('trial_end', 'Invalid timestamp: must be in the next two years.');
}

/** Reads `trial_settings`; what is not given stays. */
export function trialSettingsOf(
  params: Params,
  before: Subscription['trial_settings'] = null,
): Subscription['trial_settings'] {
  const behaviour = params.child('trial_settings')?.child('end_behavior');
  const former = before?.end_behavior;
  const method = ['cancel', 'create_invoice', 'pause'] as const;
  const anchor = behaviour?.choice<'now'>('billing_cycle_anchor', ['now']);
  return {
    end_behavior: {
      billing_cycle_anchor: anchor ?? former?.billing_cycle_anchor ?? null,
      missing_payment_method:
        behaviour?.choice('missing_payment_method', method) ??
        former?.missing_payment_method ??
        'create_invoice',
    },
  };
}

/** When the end of a trial is to be announced: at once where less than three days are left. */
export function noticeAt(trialEnd: number | null, now: number): number | null {
  return trialEnd === null ? null : Math.max(now, trialEnd - NOTICE_SECONDS);
}

/** Moves the end of a running trial, or ends it now. */
export function changeTrial(
  account: Account,
  params: Params,
  id: string,
  behaviour: PaymentBehaviour,
  now: number,
): void {
  const given = params.text('trial_end');
  if (!given) return;
  const before = account.store.need('subscription', id);
  if (before.status !== 'trialing') {
    throw badParameter('trial_end', 'This sandbox changes the end of a running trial only.');
  }
  if (given === 'now') {
    startPaying(account, id, now, behaviour);
    return;
  }
  const end = futureEnd(params, now);
  account.store.patch('subscription', id, {
    billing_cycle_anchor: end,
    trial_end: end,
    hidden: { ...before.hidden, noticeAt: noticeAt(end, now) },
  });
  for (const item of itemsOf(account, id)) {
    account.store.patch('subscriptionItem', item.id, { current_period_end: end });
  }
}
