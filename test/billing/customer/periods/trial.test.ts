import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { trialDaysOf } from '../../../../billing/customer/plans/joining.js';
import { accruedMinor } from '../../../../billing/customer/invoice/prediction.js';
import { dueReports } from '../../../../billing/customer/reporting/reporting.js';
import { reportingRow } from '../../../../billing/customer/reporting/reportingRow.js';
import { customerBody } from '../../../../billing/customer/reads/standing.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { Command } from '../../../../billing/command.js';
import type { CustomerState } from '../../../../billing/state.js';
import { commanded, folded, FREE, free, LINK, PRO, row } from '../world.js';
import { START_MS, subscribed, used } from '../world.js';

/** A trial is a period of its own: counted in limits, billed nowhere. */

const DAY_MS = 86_400_000;
const TRIAL: PlanSnapshot = { ...PRO, plan: { ...PRO.plan, trial: { days: 14 } } };
const END_MS = START_MS + 14 * DAY_MS;
const TRIAL_LINK = { ...LINK, trialEndSeconds: LINK.anchorSeconds + 14 * 86_400 };

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));

/** On trial, with 500 tokens used. */
function trialing(): CustomerState {
  const asked = { type: 'customer', plan: TRIAL, details: {}, atMs: START_MS } as const;
  const answer = { type: 'subscribed', request: 1, plan: TRIAL, stripe: TRIAL_LINK } as const;
  const usage = used(3, 3, [row(START_MS + DAY_MS, 500)]);
  return folded([commanded(1, asked), commanded(2, answer), usage]);
}

const spans = ({ segments }: CustomerState) =>
  segments.map(({ index, startMs, endMs, stage, trial = false }) => [
    index,
    (startMs - START_MS) / DAY_MS,
    (endMs - START_MS) / DAY_MS,
    stage,
    trial,
  ]);

describe('a trial', () => {
  it('is the first period, and the periods after it are anchored at its end', () => {
    expect(spans(trialing())).toStrictEqual([[0, 0, 14, 'open', true]]);
    expect(spans(turn(trialing(), END_MS + DAY_MS))).toStrictEqual([
      [0, 0, 14, 'empty', true],
      [1, 14, 45, 'open', false],
    ]);
    const later = turn(trialing(), END_MS + 40 * DAY_MS);
    expect(spans(later).at(-1)).toStrictEqual([2, 45, 73, 'open', false]);
  });

  it('is known to Stripe to the second, from the first of it to the anchor', () => {
    const startSeconds = LINK.anchorSeconds;
    const [trial] = trialing().segments;
    expect(trial?.stripe).toStrictEqual({ startSeconds, endSeconds: startSeconds + 14 * 86_400 });
  });

  it('shows when it ends, and charges the base of what follows only then', () => {
    const state = trialing();
    expect(customerBody(state, START_MS)).toMatchObject({
      status: 'trialing',
      trialEndsAt: new Date(END_MS).toISOString(),
      spend: { accruedAmountMinor: 0 },
      usage: { tokens: { quantity: 500 } },
    });
    expect(state.startInvoice).toBeNull();
    const over = turn(state, END_MS);
    expect([over.status, over.startInvoice]).toStrictEqual([
      'active',
      { segment: 1, stage: 'wanted' },
    ]);
    expect(customerBody(over, END_MS)).toMatchObject({ status: 'active', trialEndsAt: null });
  });

  it('tells Stripe nothing: all its usage is withheld', () => {
    const state = trialing();
    const [trial] = state.segments;
    const price = PRO.plan.prices?.['tokens'];
    if (!trial || !price) throw new Error('a trial and a price are expected');
    expect(dueReports(state, trial)).toHaveLength(0);
    expect(reportingRow(state, trial, 'tokens', price)).toMatchObject({
      ledger: 500,
      withheld: 500,
      pending: 0,
      late: 0,
    });
    expect(accruedMinor(state, trial)).toBe(0);
  });

  it('that is cut short by a change or a cancellation has nothing to bill', () => {
    const atSeconds = START_MS / 1000 + 86_400;
    const stripe = { ...LINK, anchorSeconds: atSeconds };
    const plus = { ...PRO, id: 'plus' };
    const asked = tell(trialing(), { type: 'customer', plan: plus, details: {}, atMs: START_MS });
    const changed = tell(asked, { type: 'subscribed', request: 4, plan: plus, stripe });
    expect(spans(changed)).toStrictEqual([
      [0, 0, 1, 'empty', true],
      [1, 1, 32, 'open', false],
    ]);
    const left = tell(trialing(), {
      type: 'ended', request: null, endedSeconds: atSeconds, byCycle: false,
    });
    expect(spans(left)).toStrictEqual([[0, 0, 1, 'empty', true]]);
    expect([left.status, turn(left, END_MS).startInvoice]).toStrictEqual(['canceled', null]);
  });

  it('that Stripe ends for want of a card leaves the customer incomplete', () => {
    const over = turn(trialing(), END_MS + DAY_MS);
    const left = tell(over, {
      type: 'ended', request: null, endedSeconds: END_MS / 1000 + 23, byCycle: true,
    });
    expect(spans(left)).toStrictEqual([[0, 0, 14, 'empty', true]]);
    expect([left.status, left.startInvoice, left.stripe]).toStrictEqual(['incomplete', null, null]);
    expect(customerBody(left, END_MS + DAY_MS)).toMatchObject({ period: null });
    const late = foldStretch(left, used(5, 5, [row(END_MS + DAY_MS, 9)]));
    expect(late.segments).toStrictEqual(left.segments);
  });

  it('is for customers who never had a subscription', () => {
    expect(trialDaysOf(free(), TRIAL)).toBe(14);
    expect(trialDaysOf(free(), PRO)).toBeNull();
    expect(trialDaysOf(subscribed(), TRIAL)).toBeNull();
    const ended = { type: 'ended', request: null, endedSeconds: START_MS / 1000 + 90 } as const;
    const left = tell(subscribed(), { ...ended, byCycle: false });
    expect(trialDaysOf({ ...left, segments: [] }, TRIAL)).toBeNull();
    expect(trialDaysOf(tell(left, {
      type: 'customer', plan: FREE, details: {}, atMs: START_MS + DAY_MS,
    }), TRIAL)).toBeNull();
    // By each trace of one alone.
    expect(trialDaysOf({ ...free(), stripe: LINK }, TRIAL)).toBeNull();
    expect(trialDaysOf({ ...free(), formerStripe: LINK }, TRIAL)).toBeNull();
    const billed = [...free().segments, ...subscribed().segments];
    expect(trialDaysOf({ ...free(), segments: billed }, TRIAL)).toBeNull();
  });
});
