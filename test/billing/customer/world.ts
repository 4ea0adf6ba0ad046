import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import { initialState } from '../../../billing/customer/initial.js';
import type { LogStretch, SumRow } from '../../../billing/log.js';
import type { Command, StripeLink } from '../../../billing/command.js';
import type { CustomerState } from '../../../billing/state.js';

/** A customer made by hand: the commands a log would hold, folded. */

/** Start of the first period. */
export const START_MS = Date.UTC(2026, 0, 1);
const METERS = {
  tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' },
  calls: { name: 'Calls', unit: 'call', aggregation: 'count' },
} as const;

/** A plan that bills nothing. */
export const FREE: PlanSnapshot = {
  id: 'free',
  version: 1,
  revision: 1,
  currency: 'usd',
  meters: METERS,
  plan: { name: 'Free', interval: 'month' },
};

/** A base and one price. */
export const PRO: PlanSnapshot = {
  id: 'pro',
  version: 1,
  revision: 1,
  currency: 'usd',
  meters: METERS,
  plan: {
    name: 'Pro',
    interval: 'month',
    baseAmountMinor: 2900,
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.5', included: 100 } },
  },
};

/** Its subscription, 23 s past a minute. */
export const LINK: StripeLink = {
  customer: 'cus_1',
  subscription: 'sub_1',
  testClock: 'clock_1',
  baseItem: 'si_base',
  items: { tokens: 'si_tokens' },
  meters: { tokens: 'mtr_1' },
  eventNames: { tokens: 'durabill_tokens' },
  anchorSeconds: START_MS / 1000 + 23,
};

/** A row of `quantity` tokens at `atMs`. */
export function row(atMs: number, quantity: number, meter = 'tokens'): SumRow {
  const bucket = Math.floor(atMs / 60_000) * 60;
  return {
    bucket,
    meter,
    quantity,
    count: 1,
    max: quantity,
    last: { atMs, id: `e-${atMs}`, quantity },
  };
}

/** A stretch holding one command. */
export function commanded(number: number, command: Command): LogStretch {
  const id = `command/${number}`;
  return {
    from: number,
    to: number,
    sums: [],
    acts: [{ kind: 'command', id, command, hash: id }],
  };
}

/** A stretch of usage. */
export function used(from: number, to: number, sums: readonly SumRow[]): LogStretch {
  return { from, to, sums, acts: [] };
}

/** The fence that closes a segment. */
export function closed(number: number, segment: number): LogStretch {
  const id = `fence/closed-${segment}`;
  return {
    from: number,
    to: number,
    sums: [],
    acts: [{ kind: 'fence', id, fence: { type: 'closed', segment }, hash: id }],
  };
}

/** Folds stretches in order onto a state that has met its head. */
export function folded(
  stretches: readonly LogStretch[],
  from?: CustomerState,
): CustomerState {
  const empty = initialState({ mode: 'test', customer: 'acme', life: 1 });
  const start = from ?? { ...empty, synced: true };
  return stretches.reduce(foldStretch, start);
}

/** A customer on the priced plan, anchored at the start of 2026, subscribed at number 2. */
export function subscribed(): CustomerState {
  return folded([
    commanded(1, {
      type: 'customer',
      plan: PRO,
      details: {},
      atMs: START_MS,
      anchorMs: START_MS,
    }),
    commanded(2, { type: 'subscribed', request: 1, plan: PRO, stripe: LINK }),
  ]);
}

/** A customer on the free plan. */
export function free(): CustomerState {
  return folded([commanded(1, { type: 'customer', plan: FREE, details: {}, atMs: START_MS })]);
}
