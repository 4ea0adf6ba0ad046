import * as fc from 'fast-check';
import type { Command } from '../../../billing/command.js';
import { initialState } from '../../../billing/customer/initial.js';
import { usageLines } from '../../../billing/customer/invoice/prediction.js';
import { reduce } from '../../../billing/customer/reducer.js';
import type { RatedLine } from '../../../billing/invoice.js';
import type { LogEntry, UsageEntry } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import { KEY, Ledger } from '../model/ledger.js';
import { type PlanId, planOf } from '../model/plans.js';

/** From events to invoices by the product's own way: sums, fold, rated lines. */

/** 2027-01-31T00:00Z: no month that follows has that day, but every other one. */
export const JANUARY_31 = Date.UTC(2027, 0, 31);

/** One event, dated from the anchor. */
export interface Happening {
  readonly id: string;
  readonly afterMs: number;
  readonly user: 'ann' | 'bob' | null;
  readonly model: 'small' | 'large' | null;
  readonly quantities: Readonly<Record<string, number>>;
}

/** Events of the first `days` days. */
export function happenings(days: number, max = 400): fc.Arbitrary<readonly Happening[]> {
  const one = fc.record({
    afterMs: fc.integer({ min: 0, max: days * 86_400_000 - 1 }),
    user: fc.constantFrom('ann' as const, 'bob' as const, null),
    model: fc.constantFrom('small' as const, 'large' as const, null),
    quantities: fc
      .record(
        {
          input: fc.nat({ max }),
          output: fc.nat({ max }),
          images: fc.nat({ max: 12 }),
          peak: fc.nat({ max: 50 }),
          seats: fc.nat({ max: 9 }),
        },
        { requiredKeys: [] },
      )
      .filter((quantities) => Object.keys(quantities).length > 0),
  });
  return fc
    .array(one, { maxLength: 25 })
    .map((list) => list.map((event, index) => ({ ...event, id: `event-${index}` })));
}

function entryOf(happening: Happening, anchorMs: number): UsageEntry {
  const { id, afterMs, user, model, quantities } = happening;
  return {
    kind: 'usage',
    id,
    ...(user !== null && { user }),
    ...(model !== null && { properties: { model } }),
    quantities,
    atMs: anchorMs + afterMs,
    hash: JSON.stringify(happening),
  };
}

/** A log of a customer on a priced plan, anchored there. */
export function subscribedLog(planId: PlanId, anchorMs: number): Ledger {
  const ledger = new Ledger();
  const plan = planOf(planId);
  const act = (id: string, command: Command) => {
    ledger.append([{ kind: 'command', id: `command/${id}`, command, hash: id }]);
  };
  act('begin', { type: 'customer', plan, details: {}, atMs: anchorMs, anchorMs });
  const stripe = {
    customer: 'cus_1',
    subscription: 'sub_1',
    testClock: null,
    baseItem: null,
    items: {},
    meters: {},
    eventNames: {},
    anchorSeconds: anchorMs / 1000,
  };
  act('subscribed', { type: 'subscribed', request: 1, plan, stripe });
  return ledger;
}

/** The fold of a whole log, read in stretches of so many groups. */
export function fold(ledger: Ledger, size = 64): CustomerState {
  let state = initialState(KEY);
  for (const stretch of ledger.stretches(1, null, size)) {
    state = reduce(state, { type: 'stretch', stretch }).state;
  }
  return reduce(state, { type: 'head', head: ledger.head, missing: null }).state;
}

/** Records events whose ids are new, as the ledger's index has it, `size` to a group. */
export function record(
  ledger: Ledger,
  events: readonly Happening[],
  anchorMs: number,
  size: number,
): void {
  let group: LogEntry[] = [];
  const flush = () => {
    if (group.length > 0) ledger.append(group);
    group = [];
  };
  for (const event of events) {
    const known = ledger.knows(event.id) || group.some(({ id }) => id === event.id);
    if (!known) group.push(entryOf(event, anchorMs));
    if (group.length >= size) flush();
  }
  flush();
}

/** Lines of one period's usage, without what depends on its dates. */
export type Bill = Readonly<Record<number, readonly RatedLine[]>>;

/** The usage lines of every period that has any, by its index. */
export function billsOf(state: CustomerState): Bill {
  const bills = state.segments.map((segment) => {
    return [segment.index, usageLines(state, segment)] as const;
  });
  return Object.fromEntries(bills.filter(([, lines]) => lines.length > 0));
}

/** What these events cost on a plan, by period. */
export function bill(
  planId: PlanId,
  events: readonly Happening[],
  { anchorMs = JANUARY_31, size = 3 } = {},
): Bill {
  const ledger = subscribedLog(planId, anchorMs);
  record(ledger, events, anchorMs, size);
  return billsOf(fold(ledger));
}
