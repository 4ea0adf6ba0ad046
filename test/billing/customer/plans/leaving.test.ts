import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Command } from '../../../../billing/command.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { applyCancel, applyEnded } from '../../../../billing/customer/plans/leaving.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { commanded, folded, FREE, free, LINK, PRO, START_MS, subscribed } from '../world.js';

/** How a customer leaves: what asks twice or too late does nothing, and where its time ends. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HALF_MS = START_MS + 15 * DAY_MS;
const END_MS = Date.UTC(2026, 1, 1);
const TRIAL: PlanSnapshot = { ...PRO, plan: { ...PRO.plan, trial: { days: 14 } } };
const TRIAL_END_MS = START_MS + 14 * DAY_MS;

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));
const cancel = (state: CustomerState, next: PlanSnapshot | null = null, atMs = HALF_MS) =>
  applyCancel(state, 9, { type: 'cancel', next, atMs });
function ended(
  state: CustomerState,
  atMs: number,
  request: number | null = null,
  byCycle = false,
): CustomerState {
  return applyEnded(state, { type: 'ended', request, endedSeconds: atMs / 1000, byCycle });
}
const zero = ({ segments }: CustomerState) => segments[0] as Segment;
const ends = ({ segments }: CustomerState) => segments.map(({ endMs }) => endMs);

/** On the free plan for a day, then on the priced one. */
function upgraded(): CustomerState {
  const atMs = START_MS + DAY_MS;
  const asked = tell(free(), { type: 'customer', plan: PRO, details: {}, atMs });
  const stripe = { ...LINK, anchorSeconds: atMs / 1000 + 23 };
  return tell(asked, { type: 'subscribed', request: 2, plan: PRO, stripe });
}

function trialing(): CustomerState {
  const trialEndSeconds = TRIAL_END_MS / 1000 + 23;
  return folded([
    commanded(1, { type: 'customer', plan: TRIAL, details: {}, atMs: START_MS }),
    commanded(2, {
      type: 'subscribed', request: 1, plan: TRIAL, stripe: { ...LINK, trialEndSeconds },
    }),
  ]);
}

describe('a cancellation is not heard', () => {
  it('from who has left already', () => {
    const left = cancel(free());
    expect(left.status).toBe('canceled');
    expect(cancel(left, FREE)).toBe(left);
  });

  it('from who waits for a subscription', () => {
    const asked = tell(free(), { type: 'customer', plan: PRO, details: {}, atMs: HALF_MS });
    expect(cancel(asked)).toBe(asked);
  });

  it('from who is leaving: the first one stands', () => {
    const leaving = cancel(subscribed(), FREE);
    expect(leaving.leaving).toStrictEqual({ request: 9, next: FREE, atMs: HALF_MS });
    expect(applyCancel(leaving, 10, { type: 'cancel', next: null, atMs: END_MS })).toBe(leaving);
  });
});

describe('the end of a subscription is not heard', () => {
  it('from who has none', () => {
    const state = free();
    expect(ended(state, HALF_MS)).toBe(state);
  });

  it('where it answers a request that does not wait, or not this one', () => {
    const state = subscribed();
    expect(ended(state, HALF_MS, 9)).toBe(state);
    const leaving = cancel(state);
    expect(ended(leaving, HALF_MS, 8)).toBe(leaving);
    expect(ended(leaving, HALF_MS, 9)).toMatchObject({
      status: 'canceled',
      leaving: null,
      answer: { request: 9, code: 'ended', detail: '' },
    });
  });

  it('as an answer to anybody, where others have ended it', () => {
    const { answer } = subscribed();
    expect(answer?.code).toBe('subscribed');
    expect(ended(subscribed(), HALF_MS).answer).toStrictEqual(answer);
  });
});

describe('the period in which a subscription ends', () => {
  it('ends with it, to the second at Stripe, and is an invoice of our own', () => {
    const cut = zero(ended(subscribed(), HALF_MS + 41_000));
    expect(cut).toMatchObject({ endMs: HALF_MS, close: 'final', stage: 'freeze', link: LINK });
    const startSeconds = LINK.anchorSeconds;
    expect(cut.stripe).toStrictEqual({ startSeconds, endSeconds: HALF_MS / 1000 + 41 });
  });

  it('that is frozen already goes on to its invoice', () => {
    const frozen = changeSegment(subscribed(), 0, { frozen: true, stage: 'hold' });
    expect(zero(ended(frozen, HALF_MS)).stage).toBe('complete');
  });

  it('is never longer than it was', () => {
    const cut = zero(ended(subscribed(), END_MS + 50_000));
    expect([cut.endMs, cut.stripe?.endSeconds]).toStrictEqual([END_MS, END_MS / 1000 + 23]);
  });

  it('is billed by Stripe where its cycle makes a last invoice', () => {
    const held = turn(subscribed(), END_MS);
    const last = zero(ended(held, END_MS + 23_000, null, true));
    expect(last).toMatchObject({ close: 'last', stage: 'hold', link: LINK, endMs: END_MS });
  });

  it('keeps the invoice that is final already', () => {
    const final = changeSegment(subscribed(), 0, { final: true });
    const left = ended(final, HALF_MS);
    // Its lines are known by the items that it was counted by, whatever subscription follows.
    const link = { ...LINK, plan: { id: 'pro', version: 1 } };
    expect([left.status, zero(left)]).toStrictEqual(['canceled', { ...zero(final), link }]);
  });

  it('lasts a minute where it began in that one: its base was charged', () => {
    const state = upgraded();
    expect(ends(state)).toStrictEqual([START_MS + DAY_MS, Date.UTC(2026, 1, 2)]);
    const left = ended(state, START_MS + DAY_MS + 50_000);
    expect(ends(left)).toStrictEqual([START_MS + DAY_MS, START_MS + DAY_MS + MINUTE_MS]);
    expect(left.segments[0]).toStrictEqual(zero(state));
    expect(left.segments[1]).toMatchObject({ close: 'final', stage: 'freeze' });
    expect(left.startInvoice).toStrictEqual({ segment: 1, stage: 'wanted' });
    expect(left.formerStripe?.subscription).toBe('sub_1');
  });

  it('lasts a minute where time alone had begun it, and none where Stripe had not', () => {
    const endOf = (at: number) => {
      const { segments } = ended(subscribed(), at);
      return segments.map(({ endMs, close }) => [endMs, close]);
    };
    const begun = [[END_MS, undefined], [END_MS + MINUTE_MS, 'final']];
    expect(endOf(END_MS + 23_000)).toStrictEqual(begun);
    expect(endOf(END_MS + 22_000)).toStrictEqual([[END_MS, 'final']]);
    expect(endOf(END_MS - 1_000)).toStrictEqual([[END_MS - MINUTE_MS, 'final']]);
  });

  it('is none where Stripe ends it with its cycle', () => {
    const { segments } = ended(subscribed(), END_MS + 23_000, null, true);
    expect(segments.map(({ endMs, close }) => [endMs, close])).toStrictEqual([[END_MS, 'last']]);
  });

  it('may be the only one: a minute of it, and the rest is given back', () => {
    const left = ended(subscribed(), START_MS + 50_000);
    expect([left.status, ends(left)]).toStrictEqual(['canceled', [START_MS + MINUTE_MS]]);
    expect(left.startInvoice).not.toBeNull();
  });
});

describe('the status after a subscription', () => {
  it('is canceled where it ends with a period that is no trial', () => {
    expect(ended(subscribed(), END_MS + 23_000, null, true).status).toBe('canceled');
  });

  it('is incomplete where Stripe ends a trial at its end, canceled where the customer does', () => {
    expect(ended(trialing(), TRIAL_END_MS + 23_000).status).toBe('incomplete');
    expect(ended(trialing(), TRIAL_END_MS - MINUTE_MS).status).toBe('canceled');
    expect(ended(cancel(trialing()), TRIAL_END_MS + 23_000, 9).status).toBe('canceled');
  });

  it('has no trial left to bill, and none that takes usage', () => {
    const cut = zero(ended(trialing(), HALF_MS - 5 * DAY_MS));
    expect(cut).toMatchObject({ stage: 'empty', frozen: true, endMs: HALF_MS - 5 * DAY_MS });
    expect(cut.close).toBeUndefined();
  });
});

describe('who has left', () => {
  it('keeps the first invoice of a period that stays', () => {
    const left = ended(upgraded(), HALF_MS);
    expect(left.segments).toHaveLength(2);
    expect(left.startInvoice).toStrictEqual({ segment: 1, stage: 'wanted' });
  });

  it('has no cancellation at Stripe to come, on a plan without prices neither', () => {
    const told = { ...subscribed(), cancelAtEnd: true };
    expect(ended(told, HALF_MS).cancelAtEnd).toBe(false);
    expect(ended(cancel(told, FREE), HALF_MS, 9)).toMatchObject({
      plan: { id: 'free' },
      cancelAtEnd: false,
    });
  });

  it('has its open period cut there, one that is over not', () => {
    expect(ends(cancel(free(), null, HALF_MS + 59_999))).toStrictEqual([HALF_MS]);
    const over = turn(free(), END_MS);
    expect(ends(cancel(over))).toStrictEqual([END_MS]);
  });

  it('without any period has none', () => {
    const left = cancel(free(), null, START_MS);
    expect([left.status, left.segments]).toStrictEqual(['canceled', []]);
  });
});
