import type { Command } from '../../../../billing/command.js';
import { initialState } from '../../../../billing/customer/initial.js';
import { clockedByStripe } from '../../../../billing/customer/subscription/takingOver.js';
import { customerBody } from '../../../../billing/customer/reads/standing.js';
import { isSettled, stripeCustomerOf } from '../../../../billing/customer/reads/row.js';
import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { runLane } from '../close/perfectStripe.js';
import { DAY_MS, laneAt, NOW_SECONDS, seconds, spans, TAKEN, taken, wish } from './takenWorld.js';
import { commanded, folded, FREE, LINK, PRO, row, START_MS, subscribed, used } from '../world.js';

/** A subscription, or a customer, that others made at Stripe becomes ours. */

describe('a new customer', () => {
  it('is in the period that runs, by its anchor, without drift later', () => {
    const state = taken();
    expect(state).toMatchObject({
      status: 'active',
      plan: { id: 'pro', version: 1 },
      pending: null,
      startInvoice: null,
      linkedCustomer: 'cus_1',
      lookAtStripe: true,
      testClockSeconds: NOW_SECONDS,
      answer: { request: 1, code: 'subscribed' },
      stripe: { subscription: 'sub_1', plan: { id: 'pro', version: 1 } },
    });
    expect(spans(state)).toEqual([[0, '2026-02-28T10:20', '2026-03-31T10:20', 'pro']]);
    expect(state.segments[0]?.stripe).toEqual({
      startSeconds: TAKEN.startSeconds,
      endSeconds: seconds('2026-03-31T10:20:30Z'),
    });
    const { state: later } = laneAt(state, Date.UTC(2026, 4, 1));
    expect(spans(later).slice(1)).toEqual([
      [1, '2026-03-31T10:20', '2026-04-30T10:20', 'pro'],
      [2, '2026-04-30T10:20', '2026-05-31T10:20', 'pro'],
    ]);
  });

  it('lives by the clock of what it took over', () => {
    const { clock } = taken({ linkedAtSeconds: NOW_SECONDS });
    expect(clock.offsetMs).toBe(NOW_SECONDS * 1000 - Date.UTC(2026, 10, 21));
    expect(taken().clock.offsetMs).toBe(0);
    expect(taken({ linkedAtSeconds: null }).clock.offsetMs).toBe(0);
    const live = initialState({ mode: 'live', customer: 'acme', life: 1 });
    expect(taken({ before: live, linkedAtSeconds: NOW_SECONDS + 60 })).toMatchObject({
      status: 'active',
      clock: { offsetMs: 0 },
    });
    expect(clockedByStripe(subscribed(), NOW_SECONDS)).toEqual(subscribed());
    expect(clockedByStripe(initialState(live.key), NOW_SECONDS).clock.offsetMs).toBe(0);
  });

  it('without a test clock has none to be moved', () => {
    expect(taken({ link: { testClock: null } }).testClockSeconds).toBe(0);
  });

  it('is invoiced for usage from then on and the next base, never for a start', () => {
    const lane = laneAt(taken(), TAKEN.startSeconds * 1000 + 12 * DAY_MS);
    lane.state = folded([used(3, 3, [row(Date.UTC(2026, 2, 12), 300)])], lane.state);
    runLane(lane, Date.UTC(2026, 3, 2));
    const [invoice] = lane.invoices.filter(({ status }) => status === 'paid');
    expect(invoice?.lines.map(({ ref, amountMinor }) => `${ref} ${amountMinor}`)).toEqual([
      'tokens/included 0',
      'tokens 100',
      'base 2900',
    ]);
    expect(lane.invoices.every(({ reason }) => reason === 'cycle')).toBe(true);
  });

  it('in its trial is charged the base when that ends', () => {
    const trialEndSeconds = TAKEN.startSeconds + 14 * 86_400;
    const anchorSeconds = TAKEN.startSeconds;
    const state = taken({ link: { anchorSeconds, trialEndSeconds }, taken: { periods: 0 } });
    expect([state.status, state.startInvoice]).toEqual(['trialing', null]);
    expect(state.anchorMs).toBe(trialEndSeconds * 1000);
    expect(spans(state)).toEqual([[0, '2026-02-28T10:20', '2026-03-14T10:20', 'pro']]);
    const lane = laneAt(state, trialEndSeconds * 1000 + DAY_MS);
    expect(lane.steps).toContain('startInvoice');
  });
});

describe('a customer that was here before', () => {
  const before = folded([
    commanded(1, { type: 'customer', plan: FREE, details: {}, atMs: START_MS }),
    used(2, 2, [row(NOW_SECONDS * 1000 - DAY_MS, 9_000)]),
  ]);

  it('changes over at the moment of the takeover, what it used before stays where it was', () => {
    const state = taken({ before, linkedAtSeconds: NOW_SECONDS + 60 });
    expect(spans(state).slice(-2)).toEqual([
      [2, '2026-03-01T00:00', '2026-03-10T12:00', 'free'],
      [3, '2026-03-10T12:00', '2026-03-31T10:20', 'pro'],
    ]);
    expect(state.segments.at(-1)).toMatchObject({
      totals: {},
      stripe: { startSeconds: TAKEN.startSeconds },
    });
    expect(state.clock.offsetMs).toBe(0);
  });

  it('keeps its subscription: nothing is asked where one stands', () => {
    const standing = subscribed();
    const asked: Command = { type: 'customer', plan: PRO, details: {}, atMs: 0, atStripe: wish };
    const state = folded([commanded(3, asked)], standing);
    expect(state.pending).toBeNull();
    expect(state.stripe).toEqual(standing.stripe);
  });

  it('is the same after a refusal', () => {
    const asked: Command = { type: 'customer', plan: PRO, details: {}, atMs: 0, atStripe: wish };
    const no = { type: 'subscribeFailed', request: 3, code: 'conflict', detail: 'no' } as const;
    const state = folded([commanded(3, asked), commanded(4, no)], before);
    expect(state).toEqual({
      ...before,
      mark: 4,
      head: 4,
      pending: null,
      answer: { request: 3, code: 'conflict', detail: 'no' },
    });
  });
});

describe('a Stripe customer alone', () => {
  const link = { customer: 'cus_9', subscription: null };
  const ask = (number: number, plan: PlanSnapshot, change: object = {}) =>
    commanded(number, {
      type: 'customer',
      plan,
      details: {},
      atMs: START_MS + 90_500,
      atStripe: link,
      ...change,
    });
  const yes = (request: number) =>
    commanded(request + 1, { type: 'linked', request, stripeCustomer: 'cus_9' });

  it('is linked before the plan begins, at the minute that was asked for', () => {
    const waiting = folded([ask(1, FREE)]);
    expect([waiting.status, waiting.pending?.atStripe]).toEqual(['starting', link]);
    const state = folded([yes(1)], waiting);
    expect(state).toMatchObject({
      status: 'active',
      linkedCustomer: 'cus_9',
      pending: null,
      answer: { request: 1, code: 'linked', detail: '' },
    });
    expect(state.segments[0]?.startMs).toBe(START_MS + 60_000);
    expect(stripeCustomerOf(state)).toBe('cus_9');
    expect(isSettled({ ...state, savedRow: 'other' }, 2)).toBe(false);
    expect(customerBody(state, START_MS).stripe).toEqual({ customer: 'cus_9', subscription: null });
  });

  it('with an anchor begins there', () => {
    const anchorMs = START_MS - DAY_MS;
    const state = folded([ask(1, FREE, { anchorMs }), yes(1)]);
    expect(state.segments[0]?.startMs).toBe(anchorMs);
  });

  it('changes nothing else of who is on the plan; an answer to another request is none', () => {
    const first = { type: 'customer', plan: FREE, details: {}, atMs: START_MS } as const;
    const before = folded([commanded(1, first)]);
    const waiting = folded([ask(2, FREE)], before);
    const state = folded([yes(2)], waiting);
    expect(state.segments).toEqual(before.segments);
    expect(state.linkedCustomer).toBe('cus_9');
    const stray: Command = { type: 'linked', request: 1, stripeCustomer: 'cus_8' };
    const kept = folded([commanded(3, stray)], waiting);
    expect(kept).toEqual({ ...waiting, mark: 3, head: 3 });
    expect(folded([commanded(2, stray)], before)).toEqual({ ...before, mark: 2, head: 2 });
  });

  it('comes with another plan that bills nothing, too', () => {
    const before = folded([commanded(1, { type: 'customer', plan: FREE, details: {}, atMs: 0 })]);
    const other = { ...FREE, id: 'other' };
    const state = folded([ask(2, other), yes(2)], before);
    expect([state.plan, state.linkedCustomer]).toEqual([{ id: 'other', version: 1 }, 'cus_9']);
  });

  it('begins the plan anew for who has left', () => {
    const left = folded([
      commanded(1, { type: 'customer', plan: FREE, details: {}, atMs: START_MS }),
      commanded(2, { type: 'cancel', next: null, atMs: START_MS + 60_000 }),
    ]);
    expect(folded([ask(3, FREE), yes(3)], left)).toMatchObject({ status: 'active' });
  });

  it('is billed from then on; without a card the customer is incomplete and stays linked', () => {
    const subscribes = commanded(2, { type: 'subscribed', request: 1, plan: PRO, stripe: LINK });
    expect(folded([ask(1, PRO), subscribes]).linkedCustomer).toBe('cus_1');
    expect(subscribed().linkedCustomer).toBeUndefined();
    const refused = { type: 'subscribeFailed', request: 1, code: 'payment_required' } as const;
    const state = folded([ask(1, PRO), commanded(2, { ...refused, detail: '' })]);
    expect([state.status, state.linkedCustomer]).toEqual(['incomplete', 'cus_9']);
  });
});

it('a page that can’t be opened is answered, and no other one', () => {
  const portal = { kind: 'portal', returnUrl: 'https://a.example' } as const;
  const asked = folded([commanded(3, { type: 'page', ask: portal, atMs: 0 })], subscribed());
  const failed = folded([commanded(4, { type: 'pageFailed', request: 3, detail: 'why' })], asked);
  expect(failed.wantedPage).toBeNull();
  expect(failed.answer).toEqual({ request: 3, code: 'conflict', detail: 'why' });
  const stray = folded([commanded(4, { type: 'pageFailed', request: 2, detail: 'why' })], asked);
  expect(stray).toEqual({ ...asked, mark: 4, head: 4 });
  const unasked = commanded(3, { type: 'pageFailed', request: 2, detail: 'why' });
  expect(folded([unasked], subscribed())).toEqual({ ...subscribed(), mark: 3, head: 3 });
});
