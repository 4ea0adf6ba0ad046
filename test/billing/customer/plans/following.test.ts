import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Command } from '../../../../billing/command.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { planPreview } from '../../../../billing/customer/plans/planPreview.js';
import { awaitsCancelSync, endsWithPeriod } from '../../../../billing/customer/plans/turns.js';
import type { CustomerState } from '../../../../billing/state.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import { commanded, FREE, free, LINK, PRO, row, START_MS, subscribed, used } from '../world.js';

/** At a period's end to a plan of another interval: one subscription ends, another follows it. */

const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2026, 1, 1);
const YEAR: PlanSnapshot = {
  ...PRO,
  id: 'year',
  plan: { ...PRO.plan, name: 'Year', interval: 'year', baseAmountMinor: 29_000 },
};

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));
const count = (state: CustomerState, atMs: number, units: number) =>
  foldStretch(state, used(state.mark + 1, state.mark + 1, [row(atMs, units)]));

const scheduled = (from = subscribed(), plan = YEAR) =>
  tell(from, { type: 'schedule', plan, atMs: START_MS + DAY_MS });

function turned(from = scheduled()): CustomerState {
  const { plan = null, request = 0 } = from.scheduled ?? {};
  return tell(from, { type: 'turned', request, plan, atMs: END_MS });
}

/** Stripe has the other subscription, so many seconds after the month has ended. */
function followed(state: CustomerState, afterSeconds: number): CustomerState {
  const anchorSeconds = END_MS / 1000 + afterSeconds;
  const stripe = { ...LINK, subscription: 'sub_2', anchorSeconds };
  const { request = 0 } = state.pending ?? {};
  return tell(state, { type: 'subscribed', request, plan: YEAR, stripe });
}

const bounds = ({ segments }: CustomerState) =>
  segments.map(({ plan, startMs, endMs, close }) => [plan.id, startMs, endMs, close]);

describe('while it waits for the end', () => {
  it('Stripe is told that the subscription ends with its period', () => {
    expect(endsWithPeriod(scheduled())).toBe(true);
    expect(awaitsCancelSync(scheduled())).toBe(true);
    expect(endsWithPeriod(scheduled(subscribed(), { ...PRO, id: 'plus' }))).toBe(false);
  });

  it('resume takes it back', () => {
    const told = { ...scheduled(), cancelAtEnd: true };
    const resumed = tell(told, { type: 'unschedule', atMs: START_MS + 2 * DAY_MS });
    expect([endsWithPeriod(resumed), awaitsCancelSync(resumed)]).toEqual([false, true]);
  });

  it('the preview shows the last invoice, and the first of the other', () => {
    const { effectiveAt, invoices } = planPreview(
      count(subscribed(), START_MS, 110), YEAR, 'periodEnd', START_MS + DAY_MS,
    );
    expect(effectiveAt).toBe('2026-02-01T00:00:00.000Z');
    expect(invoices.map(({ reason, subtotalMinor, period }) => [
      reason, subtotalMinor, period.start, period.end,
    ])).toEqual([
      ['final', 5, '2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
      ['start', 29_000, '2026-02-01T00:00:00.000Z', '2027-02-01T00:00:00.000Z'],
    ]);
  });
});

describe('from the end until the other subscription stands', () => {
  it('the plan is in force, its period is billed by nobody yet', () => {
    const after = turned();
    expect(after).toMatchObject({ status: 'active', stripe: null, plan: { id: 'year' } });
    expect(after.formerStripe?.subscription).toBe('sub_1');
    expect(bounds(after)).toEqual([
      ['pro', START_MS, END_MS, 'last'],
      ['year', END_MS, Date.UTC(2027, 1, 1), undefined],
    ]);
    expect(after.segments[1]?.stripe).toBeNull();
  });

  it('one is asked for that follows the one before', () => {
    const after = turned();
    expect(after.pending).toMatchObject({
      request: after.mark,
      atMs: END_MS,
      follows: { subscription: 'sub_1', endSeconds: END_MS / 1000 + 23 },
    });
    expect(awaitsCancelSync(after)).toBe(false);
    const savedRow = 'year,1,active,0,cus_1,' + String(START_MS);
    expect(nextStep({ ...after, savedRow }, END_MS).step).toEqual({ kind: 'subscribe' });
  });
});

describe('the other subscription', () => {
  it.each([23, 200])('has the whole period, %d s after the one before has ended', (seconds) => {
    const between = count(turned(), END_MS + 60_000, 30);
    const after = followed(between, seconds);
    const late = count(after, END_MS + 120_000, 12);
    const anchorMs = END_MS + Math.floor(seconds / 60) * 60_000;
    expect(bounds(late)).toEqual([
      ['pro', START_MS, END_MS, 'last'],
      ['year', END_MS, anchorMs + 365 * DAY_MS, undefined],
    ]);
    expect(late.segments[1]?.totals['tokens']?.quantity).toBe(42);
    expect(late.segments[1]?.stripe?.startSeconds).toBe(END_MS / 1000 + seconds);
    expect(late).toMatchObject({ status: 'active', pending: null });
    expect(late.startInvoice).toEqual({ segment: 1, stage: 'wanted' });
  });

  it('that comes after days of another plan has what its periods counted', () => {
    const daily = { ...YEAR, id: 'day', plan: { ...YEAR.plan, interval: 'day' as const } };
    const between = [1, 25, 49].reduce(
      (state, hour) => count(state, END_MS + hour * 3_600_000, 10),
      turned(scheduled(subscribed(), daily)),
    );
    const over = turn(between, END_MS + 50 * 3_600_000);
    expect(over.segments.map(({ stage }) => stage)).toEqual(['hold', 'empty', 'empty', 'open']);
    const after = followed(count(over, END_MS, 7), 50 * 3600);
    expect(bounds(after)).toHaveLength(2);
    expect(after.segments[1]?.totals['tokens']?.quantity).toBe(37);
  });

  it('of somebody who asked anew meanwhile begins where Stripe says', () => {
    const anchorSeconds = END_MS / 1000 + 200;
    const stripe = { ...LINK, subscription: 'sub_2', anchorSeconds };
    const after = tell(turned(), { type: 'subscribed', request: 77, plan: YEAR, stripe });
    expect(after.segments.at(-1)?.startMs).toBe(END_MS + 180_000);
  });
});

describe('a refusal', () => {
  it.each(['payment_required', 'conflict'] as const)('(%s) leaves the plan unpaid', (code) => {
    const between = count(turned(), END_MS + 60_000, 30);
    const { request = 0 } = between.pending ?? {};
    const refused = tell(between, { type: 'subscribeFailed', request, code, detail: 'no' });
    expect(refused).toMatchObject({
      status: 'incomplete',
      plan: { id: 'year' },
      stripe: null,
      pending: null,
      answer: { code },
    });
    expect(bounds(refused)).toEqual([['pro', START_MS, END_MS, 'last']]);
  });

  it('of another request changes nothing of that kind', () => {
    const none = { request: 77, code: 'payment_required', detail: '' } as const;
    expect(tell(turned(), { type: 'subscribeFailed', ...none }).status).toBe('active');
  });
});

it('without a subscription there is nothing to follow', () => {
  const asked = tell(free(), { type: 'schedule', plan: YEAR, atMs: START_MS });
  const after = turned(asked);
  expect(after.pending?.follows).toBeUndefined();
  expect(after.plan?.id).toBe(FREE.id);
});
