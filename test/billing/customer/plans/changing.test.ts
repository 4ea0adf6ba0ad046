import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { dueReports, reportTarget } from '../../../../billing/customer/reporting/reporting.js';
import { isSettled, rowFingerprint } from '../../../../billing/customer/reads/row.js';
import { snapshotOf } from '../../../../billing/customer/periods/segments.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { Command, StripeLink } from '../../../../billing/command.js';
import type { CustomerState } from '../../../../billing/state.js';
import { commanded, FREE, free, LINK, PRO, row, START_MS, subscribed, used } from '../world.js';

/** Plans that change, now and at the end of a period, and subscriptions that end. */

const DAY_MS = 86_400_000;
const HALF_MS = START_MS + 15 * DAY_MS + 40_000;
const END_MS = Date.UTC(2026, 1, 1);

const PLUS: PlanSnapshot = {
  ...PRO,
  id: 'plus',
  plan: { ...PRO.plan, name: 'Plus', baseAmountMinor: 4900 },
};
const PLUS_LINK: StripeLink = {
  ...LINK,
  baseItem: 'si_base2',
  items: { tokens: 'si_tokens2' },
  anchorSeconds: HALF_MS / 1000,
};

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));
const use = (state: CustomerState, atMs: number, quantity: number) =>
  foldStretch(state, used(state.mark + 1, state.mark + 1, [row(atMs, quantity)]));
const saved = (state: CustomerState) => ({ ...state, savedRow: rowFingerprint(state) });
const stepAt = (state: CustomerState, nowMs: number) => {
  const { step } = nextStep({ ...saved(state), testClockSeconds: nowMs / 1000 }, nowMs);
  return step?.kind;
};
const spans = ({ segments }: CustomerState) =>
  segments.map(({ index, startMs, endMs, plan, close }) => [
    index,
    (startMs - START_MS) / DAY_MS,
    (endMs - START_MS) / DAY_MS,
    plan.id,
    ...(close ? [close] : []),
  ]);

/** 300 tokens in January, then another plan is asked for in its middle. */
function changing(plan: PlanSnapshot = PLUS): CustomerState {
  const asked: Command = { type: 'customer', plan, details: {}, atMs: HALF_MS };
  return tell(use(subscribed(), START_MS + DAY_MS, 300), asked);
}

function changed(): CustomerState {
  const answer = { type: 'subscribed', request: 4, plan: PLUS, stripe: PLUS_LINK } as const;
  return tell(changing(), answer);
}

describe('a change now', () => {
  it('waits for Stripe, and nothing is reported meanwhile', () => {
    const state = changing();
    expect(state.pending?.request).toBe(4);
    expect([stepAt(state, HALF_MS), isSettled(saved(state), 4)]).toEqual(['subscribe', false]);
    expect(spans(state)).toEqual([[0, 0, 31, 'pro']]);
  });

  it('cuts the period where Stripe begins the new one; what is left is billed by us', () => {
    const state = changed();
    expect(spans(state)).toEqual([
      [0, 0, 15, 'pro', 'final'],
      [1, 15, 46, 'plus'],
    ]);
    const [cut, open] = state.segments;
    expect(cut).toMatchObject({ stage: 'freeze', plannedEndMs: END_MS, link: LINK });
    expect(cut?.stripe?.endSeconds).toBe(HALF_MS / 1000);
    expect(open?.stripe?.startSeconds).toBe(HALF_MS / 1000);
    expect(state.startInvoice).toEqual({ segment: 1, stage: 'wanted' });
    expect(isSettled(saved(state), 5)).toBe(true);
  });

  it('reports nothing more of the period that was cut, and all of the new one', () => {
    const state = use(use(changed(), HALF_MS + DAY_MS, 700), START_MS + DAY_MS, 5);
    const [cut, open] = state.segments;
    if (!cut || !open) throw new Error('two periods are expected');
    expect(dueReports(state, cut)).toHaveLength(0);
    expect(dueReports(state, open).map(({ target }) => target)).toEqual([700]);
    const price = snapshotOf(state, open.plan).plan.prices?.['tokens'];
    expect(price && reportTarget(state, open, 'tokens', price)).toBe(700);
  });

  it('that is refused changes nothing but the answer', () => {
    const refused = { type: 'subscribeFailed', code: 'payment_required', detail: 'no' } as const;
    const state = tell(changing(), { ...refused, request: 4 });
    expect(spans(state)).toEqual([[0, 0, 31, 'pro']]);
    expect([state.status, state.answer?.code, state.pending]).toEqual([
      'active', 'payment_required', null,
    ]);
  });

  it('to a plan without prices ends the subscription first', () => {
    const state = changing(FREE);
    expect([state.pending, state.leaving?.next?.id]).toEqual([null, 'free']);
    expect(stepAt(state, HALF_MS)).toBe('unsubscribe');
    const ended = { type: 'ended', request: 4, endedSeconds: HALF_MS / 1000 } as const;
    const left = tell(state, { ...ended, byCycle: false });
    expect(spans(left)).toEqual([
      [0, 0, 15, 'pro', 'final'],
      [1, 15, 46, 'free'],
    ]);
    expect(left.segments[0]?.plannedEndMs).toBeUndefined();
    expect([left.stripe, left.formerStripe?.subscription]).toEqual([null, 'sub_1']);
    expect(isSettled(saved(left), 5)).toBe(true);
  });
});

describe('a cancellation now', () => {
  const canceling = () =>
    tell(use(subscribed(), START_MS + DAY_MS, 300), { type: 'cancel', next: null, atMs: HALF_MS });
  const ended = (request: number | null) =>
    ({ type: 'ended', request, endedSeconds: HALF_MS / 1000, byCycle: false }) as const;

  it('leaves the customer canceled, with one last period and nothing after it', () => {
    const left = tell(canceling(), ended(4));
    expect([left.status, left.stripe, left.answer?.code]).toEqual(['canceled', null, 'ended']);
    expect(spans(turn(left, END_MS + DAY_MS))).toEqual([[0, 0, 15, 'pro', 'final']]);
  });

  it('takes usage of before as that of the period, and none of after', () => {
    const left = use(use(tell(canceling(), ended(4)), HALF_MS + DAY_MS, 9), HALF_MS - DAY_MS, 7);
    expect(left.segments[0]?.totals['tokens']?.quantity).toBe(307);
    expect(left.segments).toHaveLength(1);
  });

  it('by others at Stripe is the same, without a request', () => {
    const left = tell(subscribed(), ended(null));
    expect([left.status, spans(left)]).toEqual(['canceled', [[0, 0, 15, 'pro', 'final']]]);
    expect(tell(left, ended(null))).toEqual({ ...left, mark: 4, head: 4 });
  });

  it('of a plan without prices needs nobody, and a plan can begin anew after it', () => {
    const gone = tell(free(), { type: 'cancel', next: null, atMs: HALF_MS });
    expect([gone.status, spans(gone)]).toEqual(['canceled', [[0, 0, 15, 'free']]]);
    const atMs = HALF_MS + 3 * DAY_MS;
    const again = tell(gone, { type: 'customer', plan: FREE, details: {}, atMs });
    expect([again.status, spans(again)]).toEqual([
      'active', [[0, 0, 15, 'free'], [1, 18, 49, 'free']],
    ]);
  });
});

describe('a change at the end of the period', () => {
  const scheduled = (plan: PlanSnapshot | null) =>
    tell(subscribed(), { type: 'schedule', plan, atMs: HALF_MS });
  const turned = (plan: PlanSnapshot | null) =>
    ({ type: 'turned', request: 3, plan, atMs: END_MS }) as const;

  it('is known, and can be undone', () => {
    const state = scheduled(PLUS);
    expect(state.scheduled).toEqual({ request: 3, plan: PLUS, atMs: END_MS });
    const undone = tell(state, { type: 'unschedule', atMs: HALF_MS });
    expect(undone.scheduled).toBeNull();
    expect(spans(tell(undone, turned(PLUS)))).toEqual([[0, 0, 31, 'pro']]);
  });

  it('acts by an entry of its own once its time has come', () => {
    const state = turn(scheduled(PLUS), END_MS + 60_000);
    expect(stepAt(scheduled(PLUS), END_MS - 1)).not.toBe('turn');
    expect(stepAt(state, END_MS + 60_000)).toBe('turn');
    expect(stepAt(turn(state, END_MS), END_MS)).toBe('turn');
    const done = tell(use(state, END_MS + 30_000, 40), turned(PLUS));
    expect(spans(done)).toEqual([[0, 0, 31, 'pro'], [1, 31, 59, 'plus']]);
    expect(done.segments[1]?.totals['tokens']?.quantity).toBe(40);
    const plans = [done.segments[1]?.basePlan?.id, done.segments[0]?.link?.plan?.id];
    expect(plans).toEqual(['pro', 'pro']);
    expect(done.scheduled).toBeNull();
  });

  it('is the same whether time or the log alone has opened the periods', () => {
    const steps = (state: CustomerState) =>
      spans(tell(use(state, END_MS + DAY_MS, 1), turned(PLUS)));
    expect(steps(turn(scheduled(PLUS), END_MS + DAY_MS))).toEqual(steps(scheduled(PLUS)));
  });

  it('reports the new period once Stripe has its items', () => {
    const turnedTo = use(tell(scheduled(PLUS), turned(PLUS)), END_MS + DAY_MS, 8);
    const reportsOf = (state: CustomerState) => dueReports(state, state.segments[1]!).length;
    expect(reportsOf(turnedTo)).toBe(0);
    const stripe = { ...PLUS_LINK, plan: { id: 'plus', version: 1 } };
    expect(reportsOf(tell(turnedTo, { type: 'swapped', stripe }))).toBe(1);
  });

  it('tells Stripe when the subscription ends with it, and when it does not any more', () => {
    const state = scheduled(null);
    const due = [stepAt(state, HALF_MS), isSettled(saved(state), 3)];
    expect(due).toEqual(['syncCancellation', false]);
    const told = { ...state, cancelAtEnd: true };
    expect(isSettled(saved(told), 3)).toBe(true);
    const undone = tell(told, { type: 'unschedule', atMs: HALF_MS });
    expect(stepAt(undone, HALF_MS)).toBe('syncCancellation');
  });

  it('that ends the subscription leaves its last cycle invoice as the final one', () => {
    const left = tell(turn(scheduled(null), END_MS), turned(null));
    expect([left.status, spans(left)]).toEqual(['canceled', [[0, 0, 31, 'pro', 'last']]]);
    const free_ = tell(turn(scheduled(FREE), END_MS), turned(FREE));
    expect(spans(free_)).toEqual([[0, 0, 31, 'pro', 'last'], [1, 31, 59, 'free']]);
  });
});
