import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Command } from '../../../../billing/command.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { predictedLines } from '../../../../billing/customer/invoice/invoicing.js';
import { isUntold, scheduledEndSeconds } from '../../../../billing/customer/plans/turns.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
import { reduce } from '../../../../billing/customer/reducer.js';
import type { InvoiceLine } from '../../../../billing/invoice.js';
import type { CustomerState } from '../../../../billing/state.js';
import { END_MS } from '../close/operator.js';
import { closed, commanded, FREE, LINK, PRO, START_MS, subscribed } from '../world.js';

/** Stripe could not be told before its end that a subscription ends with its period. */

const DAY_MS = 86_400_000;
// Stripe's periods end 23 s past our minute.
const END_SECONDS = END_MS / 1000 + 23;
const YEAR: PlanSnapshot = { ...PRO, id: 'year', plan: { ...PRO.plan, interval: 'year' } };

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));

function turned(plan: PlanSnapshot | null = null, untold: { untold?: true } = { untold: true }) {
  const asked = tell(subscribed(), { type: 'schedule', plan, atMs: START_MS + DAY_MS });
  const { request = 0 } = asked.scheduled ?? {};
  return tell(asked, { type: 'turned', request, plan, atMs: END_MS, ...untold });
}

function ended(state: CustomerState, afterSeconds: number, byCycle = false): CustomerState {
  const { request = 0 } = state.overrun ?? {};
  const endedSeconds = END_SECONDS + afterSeconds;
  return tell(state, { type: 'ended', request, endedSeconds, byCycle });
}

const stepAt = (state: CustomerState, atMs: number) =>
  nextStep({ ...state, savedRow: rowFingerprint(state) }, atMs);
const bounds = ({ segments }: CustomerState) =>
  segments.map(({ plan, startMs, endMs, close }) => [plan.id, startMs, endMs, close]);

describe('it is noted', () => {
  it('while Stripe does not know that the period is the last', () => {
    const asked = tell(subscribed(), { type: 'schedule', plan: null, atMs: START_MS + DAY_MS });
    expect([isUntold(asked), isUntold({ ...asked, cancelAtEnd: true })]).toEqual([true, false]);
    expect(isUntold({ ...subscribed(), cancelAtEnd: true })).toBe(false);
    expect(scheduledEndSeconds(asked)).toBe(END_SECONDS);
    expect(scheduledEndSeconds(subscribed())).toBeNull();
  });

  it('with the subscription and its end; who is left here is left', () => {
    const overrun = { segment: 0, endSeconds: END_SECONDS, stripe: LINK };
    expect(turned()).toMatchObject({ status: 'canceled', stripe: null, overrun });
    expect(turned(FREE)).toMatchObject({ status: 'active', stripe: null, overrun });
    expect(turned(null, {}).overrun).toBeUndefined();
  });

  it('and never where nothing is billed at Stripe', () => {
    const asked = tell(subscribed(), { type: 'schedule', plan: null, atMs: START_MS + DAY_MS });
    const segments = asked.segments.map((segment) => ({ ...segment, stripe: null }));
    const { request: number = 0 } = asked.scheduled ?? {};
    const turn = { type: 'turned', request: number, plan: null, atMs: END_MS } as const;
    expect(tell({ ...asked, segments }, { ...turn, untold: true }).overrun).toBeUndefined();
    const free = tell(turned(FREE, {}), { type: 'schedule', plan: null, atMs: END_MS + DAY_MS });
    const { request = 0, atMs = 0 } = free.scheduled ?? {};
    const gone = tell(free, { type: 'turned', request, plan: null, atMs, untold: true });
    expect(gone).toMatchObject({ status: 'canceled' });
    expect(gone.overrun).toBeUndefined();
  });
});

describe('the subscription is ended before all else', () => {
  it('from the second on in which its period ends at Stripe: before, that was not the last', () => {
    const at = (atMs: number) => stepAt(turned(), atMs);
    expect(at(END_SECONDS * 1000 - 1).step?.kind).not.toBe('unsubscribe');
    expect(at(END_SECONDS * 1000).step).toEqual({ kind: 'unsubscribe' });
    expect(stepAt(turned(YEAR), END_SECONDS * 1000).step).toEqual({ kind: 'unsubscribe' });
  });

  it('which wakes who has nothing else to do', () => {
    const idle: CustomerState = { ...turned(), segments: [], startInvoice: null };
    expect(stepAt(idle, END_MS)).toEqual({ step: null, waitUntilMs: END_SECONDS * 1000 });
  });

  it('once', () => {
    for (const state of [ended(turned(), 5), ended(turned(), 0, true), ended(turned(), -5)]) {
      expect(state.overrun).toBeUndefined();
      expect(stepAt(state, END_SECONDS * 1000).step?.kind).not.toBe('unsubscribe');
    }
  });

  it('also where it is so long ago that the segment is gone, or others came before it', () => {
    expect(ended({ ...turned(), segments: [] }, 5).segments).toEqual([]);
    const waiting = turned();
    const [segment] = waiting.segments;
    const { overrun } = waiting;
    if (!segment || !overrun) throw new Error('no overrun');
    const segments = [segment, { ...segment, index: 1 }];
    const second = { ...waiting, segments, overrun: { ...overrun, segment: 1 } };
    expect(ended(second, 5).segments.map(({ close }) => close)).toEqual(['last', 'overrun']);
  });

  it('by an answer to this very request', () => {
    const waiting = turned();
    const others = { type: 'ended', endedSeconds: END_SECONDS + 5, byCycle: false } as const;
    for (const request of [null, 999]) {
      expect(tell(waiting, { ...others, request }).overrun).toEqual(waiting.overrun);
    }
  });
});

function unlinked(state: CustomerState): CustomerState {
  const segments = state.segments.map(({ link: _link, ...segment }) => segment);
  return { ...state, segments, formerStripe: null };
}

describe('how it ended says what its invoice holds', () => {
  const next = Date.UTC(2026, 2, 1);

  it.each([0, 5, 86_400])('in the period after, %s s on: that one is given back', (after) => {
    const over = ended(turned(FREE), after);
    expect(bounds(over)[0]).toEqual(['pro', START_MS, END_MS, 'overrun']);
    const [segment] = over.segments;
    if (!segment) throw new Error('no segment');
    const reason = 'Pro had ended: its next period is not charged';
    expect(segment.given).toEqual({ overrun: { amountMinor: 2900, reason, done: false } });
    expect(segment.look).toBeUndefined();
    const { lines } = predictedLines(over, segment, 'final');
    const [start, end] = [END_MS, next].map((ms) => new Date(ms).toISOString());
    expect(lines).toMatchObject([{ ref: 'base', amountMinor: 2900, period: { start, end } }]);
  });

  it('the period after is that of its own subscription, and none without one', () => {
    const over = ended(turned(), 5);
    const segments = over.segments.map((segment) => ({ ...segment, stripe: null }));
    for (const state of [{ ...over, segments }, unlinked(over)]) {
      const [segment] = state.segments;
      if (!segment) throw new Error('no segment');
      const [{ period }] = predictedLines(state, segment, 'final').lines as [InvoiceLine];
      expect(period.start).toBe(new Date(START_MS).toISOString());
    }
  });

  it('with its period after all: it is the last, and charges no base', () => {
    const [last] = ended(turned(), 0, true).segments;
    expect(last).toMatchObject({ close: 'last', stage: 'open' });
    expect(last?.given).toBeUndefined();
  });

  it('before its end: Stripe makes no invoice of it, so we do', () => {
    const early = ended(turned(), -1);
    expect(early.segments[0]).toMatchObject({ close: 'final', stage: 'freeze', endMs: END_MS });
    const frozen = foldStretch(turned(), closed(turned().mark + 1, 0));
    expect(ended(frozen, -1).segments[0]).toMatchObject({ close: 'final', stage: 'complete' });
  });

  it('nothing comes back of a plan without base, or whose base others charge', () => {
    const noBase = turned();
    const segments = noBase.segments.map((segment) => ({ ...segment, noBase: true as const }));
    const [others] = ended({ ...noBase, segments }, 5).segments;
    expect(others).toMatchObject({ close: 'overrun' });
    expect(others?.given).toBeUndefined();
    const { baseAmountMinor: _none, ...plan } = PRO.plan;
    const snapshots = { 'pro@1': { ...PRO, plan } };
    expect(ended({ ...noBase, snapshots }, 5).segments[0]?.given).toBeUndefined();
  });

  it('a trial has an invoice then: of the base after it, which is given back', () => {
    const trial = turned();
    const segments = trial.segments.map((segment) => ({ ...segment, trial: true as const }));
    const over = ended({ ...trial, segments }, 5);
    const [segment] = over.segments;
    if (!segment) throw new Error('no segment');
    expect(segment).toMatchObject({ close: 'overrun', stage: 'complete', frozen: true });
    const [{ ref, amountMinor }] = predictedLines(over, segment, 'final').lines as [InvoiceLine];
    expect([ref, amountMinor]).toEqual(['base', 2900]);
    const looked = { kind: 'lookForDraft', segment: 0 };
    const idle = { ...over, startInvoice: null, testClockSeconds: END_SECONDS };
    expect(stepAt(idle, END_SECONDS * 1000).step).toEqual(looked);
    const early = ended({ ...trial, segments }, -1);
    const inTime = ended({ ...trial, segments }, 0, true);
    expect([early.segments, inTime.segments]).toEqual([segments, segments]);
  });
});

describe('the credit is given', () => {
  const view = { id: 'in_1', status: 'draft', lines: [] } as never;
  const looked = (state: CustomerState) =>
    reduce(state, { type: 'looked', segment: 0, view, nowMs: END_MS }).state;

  it('once its invoice is there, draft or final', () => {
    const held = looked(ended(turned(), 5));
    expect(held.segments[0]).toMatchObject({ stripeInvoice: 'in_1', look: true });
    const idle = { ...held, startInvoice: null, testClockSeconds: END_SECONDS };
    expect(stepAt(idle, END_SECONDS * 1000).step).toEqual({ kind: 'attend', segment: 0 });
  });

  it('at once, where it was there before', () => {
    const over = ended(looked(turned()), 5);
    expect(over.segments[0]).toMatchObject({ stripeInvoice: 'in_1', look: true });
  });

  it('and is not looked for again', () => {
    const held = looked(ended(turned(), 5));
    const credit = { id: 'overrun', as: 'note' } as const;
    const given = reduce(held, { type: 'credited', segment: 0, late: undefined, credit }).state;
    const seen = { ...given, segments: given.segments.map(({ look: _look, ...rest }) => rest) };
    expect(looked(seen).segments[0]?.look).toBeUndefined();
    const last = looked(ended(turned(), 0, true));
    expect(last.segments[0]?.look).toBeUndefined();
  });
});
