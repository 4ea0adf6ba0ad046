import { cellOf } from '../../../billing/cells.js';
import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { NO_CREDITS, type Lot } from '../../../billing/credits/account.js';
import { openHolds } from '../../../billing/holds/book.js';
import { decide } from '../../../billing/holds/decide.js';
import { endHolds } from '../../../billing/holds/ends.js';
import { readdressHolds } from '../../../billing/holds/readdress.js';
import { contextOf } from '../../../billing/limits/contextOf.js';
import { standingsOf } from '../../../billing/limits/standings.js';
import type { CustomerState } from '../../../billing/state.js';
import { ask, customer, DAILY, decideOne, grantOne, heldCells, leaseAsk } from './world.js';
import { inTwoPeriods, NOON_MS, planWith, tokens } from './world.js';

const held = (state: CustomerState, atMs = NOON_MS) =>
  standingsOf(contextOf(state, atMs), {}).map(({ id, held: amount }) => [id, amount]);

function under(state: CustomerState, snapshot: PlanSnapshot): CustomerState {
  return readdressHolds({ ...state, snapshots: { 'test@1': snapshot } });
}

describe('after a change of plan, zone or controls', () => {
  it('open holds are debited in the limits now in force, and given back there', () => {
    const { state } = grantOne(customer(), ask('r0', 100));
    const other = planWith([{ ...DAILY, id: 'hourly', window: 'hour' }, { ...DAILY, max: 60 }]);
    const changed = under(state, other);
    expect(held(changed)).toEqual([
      ['hourly', 100],
      ['daily', 100],
    ]);
    expect(heldCells(endHolds(changed, [{ hold: 'r0#1@5' }]))).toBe(0);
  });

  it('what was granted stands above a lowered limit, and nothing more is granted', () => {
    const { state } = grantOne(customer(), ask('r0', 100));
    const lowered = under(state, planWith([{ ...DAILY, max: 60 }]));
    expect(openHolds(lowered).map(({ id }) => id)).toEqual(['r0']);
    expect(decideOne(lowered, ask('r1', 1)).answer.type).toBe('denied');
    expect(decideOne(lowered, ask('r0', 100)).answer.type).toBe('granted');
  });

  it('a hold of a lease counts what is not settled of it', () => {
    const { state } = grantOne(customer(), leaseAsk('l1', 1, 100));
    const used = endHolds(state, [{ hold: 'l1#1@5', settled: { input_tokens: 30, requests: 1 } }]);
    expect(held(readdressHolds(used))).toEqual([['daily', 70]]);
    expect(readdressHolds(used).counters).toEqual(used.counters);
  });

  it('windows are those of the new zone, at the time of the grant', () => {
    const lateMs = Date.UTC(2026, 10, 10, 23, 30);
    const { state } = grantOne(customer(), ask('r0', 100), lateMs);
    const zone = { name: 'Etc/GMT-1', offsets: [[0, 60]] as const };
    const moved = readdressHolds({ ...state, zone });
    expect(held(moved, lateMs)).toEqual([['daily', 100]]);
    expect(held(moved, lateMs + 3_600_000)).toEqual([['daily', 100]]);
    expect(held(moved, lateMs - 3_600_000)).toEqual([['daily', 0]]);
  });

  it('a period is that of the grant, also after it has ended', () => {
    const plan = planWith([{ ...DAILY, window: 'period' }]);
    const startMs = NOON_MS + 60_000;
    const first = inTwoPeriods(grantOne(customer(plan), ask('r0', 100)).state, startMs);
    const second = grantOne(readdressHolds(first), ask('r1', 30), startMs);
    expect(held(second.state, startMs)).toEqual([['daily', 30]]);
    expect(held(second.state, NOON_MS)).toEqual([['daily', 100]]);
    const ended = endHolds(second.state, [{ hold: 'r0#1@5' }, { hold: 'r1#2@5' }]);
    expect(heldCells(ended)).toBe(0);
  });

  it('a grant before all periods counts in the first', () => {
    const plan = planWith([{ ...DAILY, window: 'period' }]);
    const { state } = grantOne(customer(plan), ask('r0', 100));
    const later = { ...state, segments: inTwoPeriods(state, NOON_MS + 60_000).segments.slice(1) };
    expect(held(readdressHolds(later), NOON_MS + 60_000)).toEqual([['daily', 100]]);
  });

  it('without a hold, or without a plan, nothing is held', () => {
    expect(heldCells(readdressHolds(customer()))).toBe(0);
    const { state } = grantOne(customer(), ask('r0', 100));
    expect(heldCells(readdressHolds({ ...state, plan: null }))).toBe(0);
  });
});

describe('credits', () => {
  const lot = (id: string, credits: number, kind: Lot['kind'] = 'purchase'): Lot => ({
    id,
    kind,
    amount: credits * 1_000_000,
    left: credits * 1_000_000,
    timestampMs: 0,
    expiresAtMs: null,
  });
  const prepaid = planWith([], { creditGrant: { amount: '1' }, unlimited: [] });
  const rich = (...lots: Lot[]) =>
    customer(prepaid, {}, { credits: { ...NO_CREDITS, lots } });

  it('are pinned by a hold: no two count on the same ones', () => {
    const { state, grant } = grantOne(rich(lot('a', 1), lot('b', 1)), ask('r0', 1_500));
    expect(state.holds.pinned).toEqual({ a: 1_000_000, b: 500_000 });
    const beyond = decideOne(state, ask('r1', 501));
    expect(beyond.answer).toMatchObject({
      type: 'denied',
      denial: { code: 'held_by_concurrent_requests' },
    });
    expect(decideOne(state, ask('r1', 500)).answer.type).toBe('granted');
    expect(endHolds(state, [{ hold: grant.hold }]).holds.pinned).toEqual({});
  });

  it('grow and shrink with their hold', () => {
    const { state } = grantOne(rich(lot('a', 1), lot('b', 1)), ask('r0', 500));
    const more = decideOne(state, { type: 'extend', id: 'r0', quantities: tokens(1_200) }).state;
    expect(more.holds.pinned).toEqual({ a: 1_000_000, b: 200_000 });
    const leased = grantOne(rich(lot('a', 1), lot('b', 1)), leaseAsk('l1', 10, 1_000)).state;
    expect(leased.holds.pinned).toEqual({ a: 1_000_000 });
    const size = { input_tokens: 300 };
    const less = decideOne(leased, { type: 'shrink', hold: 'l1#1@5', size }).state;
    expect(less.holds.pinned).toEqual({ a: 300_000 });
    const settled = { input_tokens: 100, requests: 1 };
    expect(endHolds(less, [{ hold: 'l1#1@5', settled }]).holds.pinned).toEqual({ a: 200_000 });
  });

  it('are pinned anew by the plan in force, oldest hold first', () => {
    const asks = [ask('r0', 400), ask('r1', 300)];
    const { state } = decide(rich(lot('a', 1)), asks, NOON_MS);
    expect(state.holds.pinned).toEqual({ a: 700_000 });
    const free = under(state, planWith([DAILY]));
    expect(free.holds.pinned).toEqual({});
    expect(cellOf(free.holds.open, 'r0')?.pins).toEqual([]);
    const poor = { ...free, credits: { ...NO_CREDITS, lots: [lot('b', 0), lot('c', 1)] } };
    const back = under(poor, prepaid);
    expect(back.holds.pinned).toEqual({ c: 700_000 });
    expect(cellOf(back.holds.open, 'r1')?.pins).toEqual([{ lot: 'c', microCredits: 300_000 }]);
    expect(readdressHolds(back)).toEqual(back);
  });

  it('are not pinned where the plan does not pay in them', () => {
    const state = customer(undefined, {}, { credits: { ...NO_CREDITS, lots: [lot('a', 1)] } });
    expect(grantOne(state, ask('r0', 100)).state.holds.pinned).toEqual({});
  });
});
