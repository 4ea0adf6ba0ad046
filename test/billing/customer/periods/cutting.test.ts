import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Command } from '../../../../billing/command.js';
import { uncoveredIn } from '../../../../billing/credits/burns.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { decideItems } from '../../../../billing/customer/invoice/items.js';
import { chargedAhead } from '../../../../billing/customer/invoice/invoicing.js';
import { startInvoiced } from '../../../../billing/customer/close/results.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { wantedStarts } from '../../../../billing/customer/plans/joining.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
import type { CustomerState } from '../../../../billing/state.js';
import { closed, commanded, LINK, PRO, row, START_MS, subscribed, used } from '../world.js';

/** A plan that changes in the very minute in which a period ends and the next one begins. */

const END_MS = Date.UTC(2026, 1, 1);
const MARCH_MS = Date.UTC(2026, 2, 1);
const PLUS: PlanSnapshot = {
  ...PRO,
  id: 'plus',
  plan: { ...PRO.plan, name: 'Plus', baseAmountMinor: 4900 },
};

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));
const count = (state: CustomerState, atMs: number, units: number) =>
  foldStretch(state, used(state.mark + 1, state.mark + 1, [row(atMs, units)]));

/** Another plan, so many seconds into the minute; Stripe's month ends 23 s into it. */
function changed(state: CustomerState, seconds: number, plan = PLUS): CustomerState {
  const asked = tell(state, { type: 'customer', plan, details: {}, atMs: END_MS });
  const stripe = { ...LINK, anchorSeconds: END_MS / 1000 + seconds };
  return tell(asked, { type: 'subscribed', request: asked.mark, plan, stripe });
}

const shown = ({ segments }: CustomerState) =>
  segments.map(({ plan, startMs, endMs, close }) => [plan.id, startMs, endMs, close]);

const unused = (state: CustomerState, index: number) =>
  decideItems(state, index).segments.find((segment) => segment.index === index)?.items;

describe('once Stripe has begun the next period', () => {
  const before = count(subscribed(), END_MS, 30);
  const after = changed(before, 40);

  it('that period is one of no time, and all of its base comes back', () => {
    expect(shown(after)).toEqual([
      ['pro', START_MS, END_MS, undefined],
      ['pro', END_MS, END_MS, 'final'],
      ['plus', END_MS, MARCH_MS, undefined],
    ]);
    expect(unused(after, 1)).toMatchObject([{ ref: 'base/unused', amountMinor: -2900 }]);
    expect(after.segments[1]).toMatchObject({
      plannedEndMs: MARCH_MS,
      stripe: { startSeconds: END_MS / 1000 + 23, endSeconds: END_MS / 1000 + 40 },
      link: { plan: { id: 'pro' } },
      stage: 'freeze',
    });
  });

  it('the cycle invoice before it has the base that Stripe charged', () => {
    const [first] = after.segments;
    if (!first) throw new Error('no period');
    expect(chargedAhead(after, first)).toMatchObject([{ amountMinor: 2900 }]);
  });

  it('its usage goes to the period that follows, as does what comes late', () => {
    const late = count(after, END_MS + 50_000, 12);
    expect(late.segments.map(({ totals }) => totals['tokens']?.quantity)).toEqual([
      undefined, undefined, 42,
    ]);
  });

  it('a fold that saw time pass finds the same', () => {
    const passed = changed(turn(before, END_MS + 30_000), 40);
    expect(shown(passed)).toEqual(shown(after));
  });

  it('again in that minute: both come back', () => {
    const again = changed(after, 55, { ...PRO, version: 2 });
    expect(shown(again).slice(1)).toEqual([
      ['pro', END_MS, END_MS, 'final'],
      ['plus', END_MS, END_MS, 'final'],
      ['pro', END_MS, MARCH_MS, undefined],
    ]);
    expect(unused(again, 2)).toMatchObject([{ amountMinor: -4900 }]);
    expect(again.segments[3]?.totals['tokens']?.quantity).toBe(30);
  });

  it('its close is one like others: at once, and never reported', () => {
    const fenced = foldStretch(after, closed(after.mark + 1, 1));
    expect(fenced.segments[1]).toMatchObject({ stage: 'complete', frozen: true });
  });
});

describe('before Stripe has begun it', () => {
  const after = changed(count(subscribed(), START_MS, 130), 10);

  it('the period before ends there, and is an invoice of ours with nothing to give back', () => {
    expect(shown(after)).toEqual([
      ['pro', START_MS, END_MS, 'final'],
      ['plus', END_MS, MARCH_MS, undefined],
    ]);
    expect(after.segments[0]?.stripe?.endSeconds).toBe(END_MS / 1000 + 10);
    expect(unused(after, 0)).toEqual([]);
  });

  it('to the second: from its beginning on it was charged', () => {
    expect(shown(changed(subscribed(), 22))[0]?.[3]).toBe('final');
    expect(shown(changed(subscribed(), 23))[0]?.[3]).toBeUndefined();
    expect(shown(changed(subscribed(), 23))[1]).toEqual(['pro', END_MS, END_MS, 'final']);
  });
});

it('who comes back in the minute in which he left has that period, if it is closed', () => {
  const left = tell(
    tell(subscribed(), { type: 'cancel', next: null, atMs: END_MS + 30_000 }),
    { type: 'ended', request: 3, endedSeconds: END_MS / 1000 + 30, byCycle: false },
  );
  expect(shown(left)[1]).toEqual(['pro', END_MS, END_MS + 60_000, 'final']);
  const back = changed(left, 45);
  expect(shown(back)[1]).toEqual(['pro', END_MS, END_MS, 'final']);
  expect(unused(back, 1)).toEqual([]);
  const fenced = changed(foldStretch(left, closed(left.mark + 1, 1)), 45);
  expect(shown(fenced).slice(1)).toEqual([
    ['pro', END_MS, END_MS + 60_000, 'final'],
    ['plus', END_MS, MARCH_MS, undefined],
  ]);
});

it('what was used beyond all credits goes along with the usage', () => {
  const before = { ...subscribed().credits, uncovered: { 0: 5, 1: 700 } };
  const after = changed({ ...subscribed(), credits: before }, 40);
  expect([0, 1, 2].map((index) => uncoveredIn(after.credits, index))).toEqual([5, 0, 700]);
});

describe('a first invoice that was not read yet', () => {
  const after = changed(subscribed(), 40);

  it('is read all the same, before that of the plan that followed', () => {
    expect(wantedStarts(after)).toEqual([0, 2]);
    const saved = { ...after, savedRow: rowFingerprint(after), testClockSeconds: END_MS / 1000 };
    expect(nextStep(saved, END_MS).step).toEqual({ kind: 'startInvoice', segment: 0 });
    const first = startInvoiced(after, 0);
    expect(wantedStarts(first)).toEqual([2]);
    expect(wantedStarts(startInvoiced(first, 2))).toEqual([]);
  });

  it('of a period that never was is none', () => {
    const trial = { ...PRO, plan: { ...PRO.plan, trial: { days: 14 } } };
    expect(wantedStarts(changed(startInvoiced(subscribed()), 40, trial))).toEqual([2]);
  });
});
