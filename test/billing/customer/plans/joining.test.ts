import { cellOf } from '../../../../billing/cells.js';
import type { Plan, PlanSnapshot } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import { upgradeState } from '../../../../billing/customer/upgrade.js';
import { initialState } from '../../../../billing/customer/initial.js';
import type { CustomerState } from '../../../../billing/state.js';
import {
  commanded,
  folded,
  FREE,
  free,
  LINK,
  PRO,
  row,
  START_MS,
  subscribed,
  used,
} from '../world.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const END_MS = Date.UTC(2026, 1, 1);

function planned(id: string, plan: Partial<Plan>): PlanSnapshot {
  return { ...FREE, id, plan: { name: id, interval: 'month', ...plan } };
}

const daily = (id: string, window: 'day' | 'period', max: number) =>
  ({ id, meters: ['tokens'], max, window, scope: 'customer' }) as const;

const LIMITED = planned('limited', { limits: [daily('a', 'day', 50), daily('b', 'period', 90)] });
const OTHER = planned('other', { limits: [daily('c', 'day', 70), daily('d', 'period', 80)] });

const on = (plan: PlanSnapshot, atMs: number, from: CustomerState) =>
  foldStretch(from, commanded(from.mark + 1, { type: 'customer', plan, details: {}, atMs }));

const fresh = () => ({ ...initialState({ mode: 'test', customer: 'a', life: 1 }), synced: true });

const ascending = (units: readonly number[]) => [...units].sort((a, b) => a - b);

/** Units counted in all buckets of all counters. */
function counted(state: CustomerState): number[] {
  return Object.values(state.counters).flatMap((counter) =>
    counter.map(({ used: cells }) => Number(cellOf(cells, 'null') ?? 0)),
  );
}

describe('an unpriced plan follows another at once', () => {
  const before = foldStretch(
    on(LIMITED, START_MS, fresh()),
    used(2, 2, [row(START_MS + HOUR_MS, 40)]),
  );
  const after = on(OTHER, START_MS + 2 * HOUR_MS + 30_000, before);

  it('ends the period at the whole minute and opens the next', () => {
    expect(after.plan).toEqual({ id: 'other', version: 1 });
    expect(after.segments.map(({ index, startMs, endMs, stage, frozen }) => ({
      index, startMs, endMs, stage, frozen,
    }))).toEqual([
      { index: 0, startMs: START_MS, endMs: START_MS + 2 * HOUR_MS, stage: 'empty', frozen: true },
      {
        index: 1,
        startMs: START_MS + 2 * HOUR_MS,
        endMs: Date.UTC(2026, 1, 1, 2),
        stage: 'open',
        frozen: false,
      },
    ]);
  });

  it('keeps what a day has counted and begins the period anew', () => {
    expect(ascending(counted(before))).toEqual([40, 40]);
    const more = foldStretch(after, used(after.mark + 1, after.mark + 1, [
      row(START_MS + 3 * HOUR_MS, 5),
    ]));
    expect(ascending(counted(more))).toEqual([5, 40, 45]);
  });

  it('counts late usage of the old period as late, and in the day it belongs to', () => {
    const late = foldStretch(after, used(after.mark + 1, after.mark + 1, [
      row(START_MS + HOUR_MS, 7),
    ]));
    expect(late.segments[0]?.late['tokens']?.quantity).toBe(7);
    expect(late.segments[0]?.totals['tokens']?.quantity).toBe(40);
    expect(counted(late)).toContain(47);
  });

  it('replaces a period that would be empty of time, and its usage moves along', () => {
    const replaced = on(OTHER, START_MS + 30_000, foldStretch(
      on(LIMITED, START_MS, fresh()),
      used(2, 2, [row(START_MS, 40)]),
    ));
    expect(replaced.segments.map(({ index, plan }) => [index, plan.id])).toEqual([[0, 'other']]);
    expect(replaced.segments[0]?.totals['tokens']?.quantity).toBe(40);
  });

  it('changes nothing when the plan is the one in force', () => {
    const same = on(OTHER, START_MS + DAY_MS, after);
    expect({ ...same, mark: after.mark, head: after.head }).toEqual(after);
  });

  it('does not leave a subscription: that is a change at Stripe', () => {
    const state = subscribed();
    expect(on(FREE, START_MS + HOUR_MS, state).plan).toEqual({ id: 'pro', version: 1 });
  });
});

describe('details', () => {
  it('keeps what is absent, empties what is null', () => {
    const state = folded([
      commanded(2, {
        type: 'customer',
        details: { name: 'Ada', email: 'a@b.c', metadata: { x: '1' }, timezone: 'Asia/Tokyo' },
        atMs: START_MS,
      }),
      commanded(3, { type: 'customer', details: { email: null }, atMs: START_MS }),
    ], free());
    expect([state.name, state.email, state.metadata, state.timezone]).toEqual([
      'Ada', null, { x: '1' }, 'Asia/Tokyo',
    ]);
    const emptied = folded([
      commanded(4, {
        type: 'customer',
        details: { name: null, metadata: null, timezone: null },
        atMs: START_MS,
      }),
    ], state);
    expect([emptied.name, emptied.metadata, emptied.timezone]).toEqual([null, {}, 'UTC']);
  });

  it('starts the clock at the anchor of a first plan in test mode only', () => {
    const live = { ...fresh(), key: { mode: 'live' as const, customer: 'a', life: 1 } };
    const asked = { plan: FREE, details: {}, atMs: 9e12, anchorMs: START_MS };
    const command = { type: 'customer', ...asked } as const;
    expect(foldStretch(live, commanded(1, command)).clock.offsetMs).toBe(0);
    expect(foldStretch(fresh(), commanded(1, command)).clock.offsetMs).toBe(START_MS - 9e12);
    const later = foldStretch(free(), commanded(2, { ...command, plan: OTHER }));
    expect(later.clock.offsetMs).toBe(0);
  });
});

describe('a subscription', () => {
  it('wants no start invoice without a base', () => {
    const metered = { ...PRO, plan: { ...PRO.plan, baseAmountMinor: 0 } };
    const state = folded([
      commanded(1, { type: 'customer', plan: metered, details: {}, atMs: START_MS }),
      commanded(2, { type: 'subscribed', request: 1, plan: metered, stripe: LINK }),
    ]);
    expect([state.startInvoice, state.pending, state.testClockSeconds]).toEqual([
      null, null, LINK.anchorSeconds,
    ]);
    expect(subscribed().startInvoice).toEqual({ segment: 0, stage: 'wanted' });
  });

  it('is asked for once: a second wish waits for the answer to the first', () => {
    const asked = on(PRO, START_MS, free());
    expect(asked.pending).toMatchObject({ request: 2, atMs: START_MS, anchorMs: null });
    expect(on(OTHER, START_MS, asked).pending?.request).toBe(2);
  });

  it('leaves a new customer incomplete when its first payment is refused', () => {
    const refused = folded([
      commanded(1, { type: 'customer', plan: PRO, details: {}, atMs: START_MS }),
      commanded(2, { type: 'subscribeFailed', request: 1, code: 'payment_required', detail: 'no' }),
    ]);
    expect([refused.status, refused.plan?.id, refused.segments.length]).toEqual([
      'incomplete', 'pro', 0,
    ]);
    const usage = foldStretch(refused, used(3, 3, [row(START_MS, 5)]));
    expect(usage.early).toEqual([]);
    expect(on(PRO, START_MS, refused).pending?.request).toBe(3);
    const away = folded([
      commanded(1, { type: 'customer', plan: PRO, details: {}, atMs: START_MS }),
      commanded(2, { type: 'subscribeFailed', request: 1, code: 'unavailable', detail: 'away' }),
    ]);
    expect([away.status, away.answer?.code]).toEqual(['starting', 'unavailable']);
  });

  it('counts usage that came before the first period once there is one', () => {
    const early = foldStretch(fresh(), used(1, 1, [row(START_MS - HOUR_MS, 5)]));
    expect(early.early).toHaveLength(1);
    const begun = on(FREE, START_MS, early);
    expect([begun.early, begun.segments[0]?.totals['tokens']?.quantity]).toEqual([[], 5]);
  });
});

describe('time', () => {
  it('ends an unpriced period at its end, a priced one waits for its close', () => {
    const ended = turn(free(), END_MS);
    expect(ended.segments.map(({ stage, frozen }) => [stage, frozen])).toEqual([
      ['empty', true], ['open', false],
    ]);
    expect(turn(subscribed(), END_MS).segments.map(({ stage }) => stage)).toEqual(['hold', 'open']);
    expect(turn(subscribed(), END_MS - 1)).toEqual(subscribed());
  });

  it('changes nothing while nothing ends', () => {
    const state = free();
    expect(turn(state, END_MS - 1)).toBe(state);
    const none = fresh();
    expect(turn(none, END_MS)).toBe(none);
  });

  it('forgets periods too old for late usage, and their plans', () => {
    const changed = on(OTHER, START_MS + HOUR_MS, on(LIMITED, START_MS, fresh()));
    const kept = turn(changed, START_MS + HOUR_MS + 36 * DAY_MS - 1);
    expect(Object.keys(kept.snapshots)).toEqual(['limited@1', 'other@1']);
    const gone = turn(changed, START_MS + HOUR_MS + 36 * DAY_MS);
    expect(gone.segments[0]?.index).toBe(1);
    expect(Object.keys(gone.snapshots)).toEqual(['other@1']);
  });

  it('keeps a period that is not billed however old it is', () => {
    const old = turn(subscribed(), END_MS + 100 * DAY_MS);
    expect(old.segments[0]).toMatchObject({ index: 0, stage: 'hold' });
  });
});

describe('states of earlier releases', () => {
  it('brings shape 1 to today, keeping all that is billed', () => {
    const { zone, controls, counters, holds, credits, pace, ...rest } = subscribed();
    const first = {
      ...rest,
      shape: 1,
      segments: rest.segments.map(({ coveredMicroCredits: _gone, ...segment }) => segment),
    };
    expect(upgradeState(JSON.parse(JSON.stringify(first)))).toEqual(
      { ...subscribed(), zone, controls, counters: {}, holds, credits, pace },
    );
    expect(counters).toEqual({});
  });

  it("leaves today's shape as it is and refuses what no release had", () => {
    const state = subscribed();
    expect(upgradeState(state)).toBe(state);
    expect(() => upgradeState({ shape: 3 })).toThrow('no release had a state of shape 3');
  });
});
