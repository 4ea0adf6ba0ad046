import type { Limit, PlanSnapshot } from '../../../billing/catalogue.js';
import { moveClock } from '../../../billing/customer/clock.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import { initialState } from '../../../billing/customer/initial.js';
import { customerRow, rowFingerprint } from '../../../billing/customer/reads/row.js';
import {
  changeSegment,
  isPriced,
  openSegment,
  snapshotOf,
} from '../../../billing/customer/periods/segments.js';
import { limitBody } from '../../../billing/customer/reads/standing.js';
import { nextStep } from '../../../billing/customer/close/steps.js';
import { turn } from '../../../billing/customer/periods/turning.js';
import type { CustomerState } from '../../../billing/state.js';
import { closed, commanded, folded, FREE, free, PRO, row, START_MS, used } from './world.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FEB_MS = Date.UTC(2026, 1, 1);
const MAR_MS = Date.UTC(2026, 2, 1);

const plan = (id: string, change: Partial<PlanSnapshot['plan']> = {}): PlanSnapshot => ({
  ...FREE, id, plan: { ...FREE.plan, ...change },
});
const on = (snapshot: PlanSnapshot, atMs: number, from?: CustomerState) =>
  folded([
    commanded((from?.mark ?? 0) + 1, { type: 'customer', plan: snapshot, details: {}, atMs }),
  ], from);
const limit = (change: Partial<Limit>): Limit =>
  ({ id: 'l', meters: ['tokens'], max: 9, window: 'day', scope: 'customer', ...change });
const periods = (state: CustomerState) =>
  state.segments.map(({ index, startMs, endMs, stage }) => [index, startMs, endMs, stage]);

const GRANT = plan('grant', { creditGrant: { amount: '10', rolloverMax: '4' } });

describe('a customer', () => {
  const start = initialState({ mode: 'test', customer: 'new', life: 1 });

  it('begins with nothing: no plan, no usage, in UTC, its log unread, its row unsaved', () => {
    expect(start).toMatchObject({
      timezone: 'UTC',
      zone: { name: 'UTC', offsets: [[0, 0]] },
      controls: { overage: 'allow', grandfathered: false, frozen: null },
      status: 'starting',
      plan: null,
      synced: false,
      savedRow: '',
      pastDue: false,
    });
  });

  it('fails loudly where its period or its plan is lost', () => {
    expect(() => openSegment(start)).toThrow('new has no period yet');
    expect(() => snapshotOf(free(), PRO)).toThrow('no snapshot of plan pro@1 in the state');
  });

  it('touches Stripe with a base or a price, and only then', () => {
    const prices = { tokens: { type: 'perUnit', unitAmountMinor: '1' } } as const;
    expect(isPriced(plan('a', { prices }))).toBe(true);
    expect(isPriced(plan('b', { baseAmountMinor: 1 }))).toBe(true);
    expect([plan('c'), plan('d', { baseAmountMinor: 0, prices: {} })].map(isPriced)).toEqual([
      false, false,
    ]);
  });

  it('has hard limits where any limit is not soft', () => {
    const soft = limit({ enforcement: 'soft' });
    const hard = (limits: readonly Limit[]) =>
      customerRow(on(plan('x', { limits }), START_MS)).hasHardLimits;
    expect([hard([]), hard([soft]), hard([soft, limit({ id: 'h' })])]).toEqual([
      false, false, true,
    ]);
    expect(customerRow(free()).hasHardLimits).toBe(false);
    expect(rowFingerprint({ ...free(), plan: null })).toBe(`,0,active,0,,${START_MS}`);
  });

  it('sees no time where a limit neither resets nor is reached', () => {
    const standing = { id: 'l', scope: 'customer', key: null, max: 5, used: 1, held: 0,
      remaining: 4, enforcement: 'hard', resetsAtMs: null } as const;
    expect(limitBody(standing, null)).toMatchObject({ resetsAt: null, reachedAt: null });
    expect(limitBody({ ...standing, resetsAtMs: FEB_MS }, START_MS)).toMatchObject({
      resetsAt: '2026-02-01T00:00:00.000Z', reachedAt: '2026-01-01T00:00:00.000Z',
    });
  });
});

describe('a change of plan', () => {
  const other = plan('other');

  it('lets all periods come into being that begin before it, and cuts the last alone', () => {
    const atMs = MAR_MS + 9 * DAY_MS;
    expect(periods(on(other, atMs, free()))).toEqual([
      [0, START_MS, FEB_MS, 'open'],
      [1, FEB_MS, MAR_MS, 'open'],
      [2, MAR_MS, atMs, 'empty'],
      [3, atMs, Date.UTC(2026, 3, 10), 'open'],
    ]);
  });

  it('takes along the usage of all periods that it replaces, and when each meter was used', () => {
    const rows = [
      row(FEB_MS, 5), row(MAR_MS + 60_000, 7), row(MAR_MS, 1, 'calls'), row(FEB_MS, 1, 'calls'),
    ];
    const march = foldStretch(free(), used(2, 2, rows));
    const back = on(other, FEB_MS, march);
    expect(periods(back)).toEqual([
      [0, START_MS, FEB_MS, 'empty'],
      [1, FEB_MS, MAR_MS, 'open'],
    ]);
    expect(back.segments[1]?.totals).toMatchObject({ tokens: { quantity: 12 } });
    expect(back.segments[1]?.newest).toEqual({
      tokens: MAR_MS / 1000 + 60, calls: MAR_MS / 1000,
    });
  });

  it('ends the books of the period it cuts, once, also where time has ended it before', () => {
    const cut = on(other, START_MS + DAY_MS, free());
    expect(cut.pace.closedSpendMinor).toEqual([0]);
    const ended = turn(free(), FEB_MS);
    expect(ended.pace.closedSpendMinor).toEqual([0]);
    const late = on(other, FEB_MS - DAY_MS, ended);
    expect(late.segments.map(({ endMs }) => endMs)[0]).toBe(FEB_MS - DAY_MS);
    expect(late.pace.closedSpendMinor).toEqual([0]);
    const third = on(plan('third'), START_MS + 2 * DAY_MS, cut);
    expect(third.pace.closedSpendMinor).toEqual([0, 0]);
    const fourth = on(plan('fourth'), START_MS + 3 * DAY_MS, third);
    expect(fourth.pace.closedSpendMinor).toEqual([0, 0, 0]);
  });

  it('ends the credits of the period it cuts', () => {
    const cut = on(other, START_MS + DAY_MS, on(GRANT, START_MS));
    expect(cut.credits.closedThrough).toBe(0);
    expect(cut.segments[0]?.coveredMicroCredits).toBe(0);
  });
});

describe('a period that grants credits without a price', () => {
  const ended = turn(on(GRANT, START_MS), FEB_MS);

  it('waits for its fence: time does not touch credits', () => {
    expect(ended.segments.map(({ stage, frozen }) => [stage, frozen])).toEqual([
      ['freeze', false], ['open', false],
    ]);
    expect(ended.pace.closedSpendMinor).toEqual([]);
  });

  it('wants that fence a quarter of an hour after its end, and asks nothing of Stripe', () => {
    const saved = { ...ended, savedRow: rowFingerprint(ended) };
    const dueMs = FEB_MS + 900_000;
    expect(nextStep(saved, dueMs - 1)).toEqual({ step: null, waitUntilMs: dueMs });
    expect(nextStep(saved, dueMs).step).toEqual({ kind: 'freeze', segment: 0 });
  });

  it('is empty from its fence on, and rolls over', () => {
    const done = foldStretch(ended, closed(2, 0));
    expect(done.segments[0]).toMatchObject({ stage: 'empty', frozen: true });
    expect(done.credits.lots.map(({ id, left }) => [id, left / 1_000_000])).toContainEqual([
      'rollover/1', 4,
    ]);
  });
});

describe('time forgets', () => {
  it('counters of windows that are over', () => {
    const daily = on(plan('daily', { limits: [limit({})] }), START_MS);
    const counted = foldStretch(daily, used(2, 2, [row(START_MS, 5)]));
    expect(Object.values(counted.counters).flat()).toHaveLength(1);
    const turned = turn(counted, START_MS + 40 * DAY_MS);
    expect(Object.values(turned.counters).flat()).toEqual([]);
    expect(turned.segments.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('the plans of periods that are gone, no others', () => {
    const three = on(plan('c'), START_MS + 20 * DAY_MS,
      on(plan('b'), START_MS + 10 * DAY_MS, on(plan('a'), START_MS)));
    const later = turn(three, START_MS + 46 * DAY_MS);
    expect(later.segments.map(({ plan: { id } }) => id)).toEqual(['b', 'c']);
    expect(Object.keys(later.snapshots)).toEqual(['b@1', 'c@1']);
  });

  it('what periods that are gone left unpaid', () => {
    const spent = changeSegment(turn(free(), FEB_MS), 0, {});
    const credits = { ...spent.credits, uncovered: { '0': 5, '1': 7 } };
    const later = turn({ ...spent, credits }, FEB_MS + 36 * DAY_MS);
    expect(later.segments[0]?.index).toBe(1);
    expect(later.credits.uncovered).toEqual({ '1': 7 });
  });
});

describe('a test clock stands still', () => {
  function waiting(from: CustomerState): CustomerState {
    const goal = { request: 5, toMs: START_MS, segment: 0 };
    const clock = { offsetMs: 0, goal, reached: 0 };
    return { ...from, clock, savedRow: rowFingerprint(from) };
  }

  it('at the end of a period that time has not turned yet', () => {
    const state = waiting(free());
    expect(moveClock(state, FEB_MS)).toBe(state);
    expect(moveClock(state, FEB_MS + 1)).toBe(state);
  });

  it('where the segment it waits for has nothing due, ever', () => {
    const state = waiting(changeSegment(free(), 0, { stage: 'collect' }));
    expect(nextStep(state, FEB_MS)).toEqual({ step: null, waitUntilMs: null });
    expect(moveClock(state, FEB_MS)).toBe(state);
  });
});
