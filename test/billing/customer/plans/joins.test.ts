import { cellOf } from '../../../../billing/cells.js';
import type { Limit, PlanSnapshot } from '../../../../billing/catalogue.js';
import { changeControls } from '../../../../billing/customer/controlling.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { initialState } from '../../../../billing/customer/initial.js';
import type { Controls } from '../../../../billing/controls.js';
import type { Command } from '../../../../billing/command.js';
import type { CustomerState } from '../../../../billing/state.js';
import type { Zone } from '../../../../billing/windows/zone.js';
import { commanded, FREE, free, LINK, PRO, row, START_MS, used } from '../world.js';

const HOUR_MS = 3_600_000;
const TOKYO: Zone = { name: 'Asia/Tokyo', offsets: [[0, 540]] };

type Customer = Extract<Command, { type: 'customer' }>;

const fresh = () => ({ ...initialState({ mode: 'test', customer: 'a', life: 1 }), synced: true });
const told = (state: CustomerState, change: Partial<Customer>) =>
  foldStretch(state, commanded(state.mark + 1, {
    type: 'customer', details: {}, atMs: START_MS, ...change,
  }));

describe('details of a customer', () => {
  it('stay where they are absent, one by one', () => {
    const named = told(free(), { details: { name: 'Ada', email: 'a@b.c', metadata: { x: '1' } } });
    expect([named.name, named.email, named.metadata]).toEqual(['Ada', 'a@b.c', { x: '1' }]);
    const renamed = told(named, { details: { name: 'Eve' } });
    expect([renamed.name, renamed.email, renamed.metadata]).toEqual(['Eve', 'a@b.c', { x: '1' }]);
    expect(told(named, { details: { email: null } }).email).toBeNull();
  });
});

describe('a priced plan that is asked for', () => {
  const asked = (state: CustomerState, anchorMs?: number) =>
    told(state, { plan: PRO, anchorMs }).pending;

  it('keeps the anchor of a first plan alone', () => {
    expect(asked(fresh(), START_MS + HOUR_MS)?.anchorMs).toBe(START_MS + HOUR_MS);
    expect(asked(fresh())?.anchorMs).toBeNull();
    expect(asked(free(), START_MS + HOUR_MS)?.anchorMs).toBeNull();
  });

  it('begins a period of its own, whose base the first invoice charges', () => {
    const march = Date.UTC(2026, 2, 10);
    const state = foldStretch(told(free(), { plan: PRO, atMs: march }), commanded(3, {
      type: 'subscribed',
      request: 2,
      plan: PRO,
      stripe: { ...LINK, anchorSeconds: march / 1000 },
    }));
    expect(state.segments.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(state.startInvoice).toEqual({ segment: 3, stage: 'wanted' });
    expect(state.answer).toEqual({ request: 2, code: 'subscribed', detail: '' });
  });

  it('is known to a customer whose first payment was refused', () => {
    const refused = foldStretch(told(fresh(), { plan: PRO }), commanded(2, {
      type: 'subscribeFailed', request: 1, code: 'payment_required', detail: 'no',
    }));
    expect(refused.snapshots).toEqual({ 'pro@1': PRO });
  });
});

describe('a move to another time zone', () => {
  const whole: Limit = { id: 'l', meters: ['tokens'], max: 99, scope: 'customer', window: 'day' };
  const hourly: Limit = { ...whole, id: 'h', window: 'hour' };
  const planned = (...limits: readonly Limit[]): PlanSnapshot => ({
    ...FREE, plan: { ...FREE.plan, limits },
  });
  const moving = (atMs: number) => ({ details: { timezone: TOKYO.name, zone: TOKYO }, atMs });

  /** Buckets by first and last hour and what they hold, after 40 at first and a move. */
  function moved(plan: PlanSnapshot, atMs: number) {
    const before = foldStretch(told(fresh(), { plan }), used(2, 2, [row(START_MS, 40)]));
    return Object.values(told(before, moving(atMs)).counters).map((buckets) =>
      buckets.map(({ startMs, endMs, used: cells }) => [
        (startMs - START_MS) / HOUR_MS, (endMs - START_MS) / HOUR_MS, cellOf(cells, 'null'),
      ]),
    );
  }

  it('is noted before there is a plan, and before anything was used', () => {
    const none = told(fresh(), moving(START_MS));
    expect([none.zone, none.timezone, none.mark, none.halted]).toEqual([
      TOKYO, 'Asia/Tokyo', 1, null,
    ]);
    const unused = told(told(fresh(), { plan: planned(whole) }), moving(START_MS));
    expect([unused.zone, unused.counters, unused.halted]).toEqual([TOKYO, {}, null]);
  });

  it('keeps a window that begins just then, and starts one afresh that ends just then', () => {
    expect(moved(planned(whole), START_MS)).toEqual([[[-9, 15, 40]]]);
    expect(moved(planned(hourly), START_MS)).toEqual([[[0, 1, 40]]]);
    expect(moved(planned(hourly), START_MS + HOUR_MS)).toEqual([]);
  });

  it('starts afresh the windows that are over, and no others', () => {
    const both = planned(whole, hourly);
    expect(moved(both, START_MS + 2 * HOUR_MS)).toEqual([[[-9, 15, 40]]]);
    expect(moved(both, START_MS - HOUR_MS)).toEqual([]);
  });
});

describe('controls', () => {
  const standing: Controls = {
    overage: 'allow',
    spend: { hardAmountMinor: 500 },
    limits: { l: 5 },
    ceilings: {},
    grandfathered: false,
    frozen: { reason: 'fraud', sinceMs: 7 },
    liftedAtMs: 3,
  };

  it('stay as they are where a change does not name them', () => {
    expect(changeControls(standing, {}, 99)).toEqual(standing);
    expect(changeControls(standing, { frozen: true, reason: 'x' }, 99)).toEqual(standing);
    const free = { ...standing, frozen: null };
    expect(changeControls(free, { frozen: false }, 99)).toEqual(free);
  });

  it('take an absent value for absent, not for a value', () => {
    const spend = { softAmountMinor: undefined, hardAmountMinor: undefined };
    const { spend: after } = changeControls(standing, { spend }, 99);
    expect(Object.entries(after)).toEqual([['hardAmountMinor', 500]]);
  });
});
