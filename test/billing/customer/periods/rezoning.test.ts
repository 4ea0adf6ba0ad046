import { cellOf } from '../../../../billing/cells.js';
import type { Limit, PlanSnapshot } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import type { CustomerState } from '../../../../billing/state.js';
import type { Zone } from '../../../../billing/windows/zone.js';
import { commanded, folded, FREE, row, START_MS, used } from '../world.js';

const HOUR_MS = 3_600_000;
const NEW_YORK: Zone = { name: 'America/New_York', offsets: [[0, -300]] };

/** A customer under one limit who has used 40 in the first hour and moves two hours later. */
function moved(limit: Partial<Limit>, zone: Zone | null = NEW_YORK): CustomerState {
  const whole = { id: 'l', meters: ['tokens'], max: 99, scope: 'customer', window: 'day' } as const;
  const plan: PlanSnapshot = { ...FREE, plan: { ...FREE.plan, limits: [{ ...whole, ...limit }] } };
  const state = folded([
    commanded(1, { type: 'customer', plan, details: {}, atMs: START_MS }),
    used(2, 2, [row(START_MS + HOUR_MS / 2, 40)]),
  ]);
  const details = { timezone: 'America/New_York', ...(zone && { zone }) };
  const atMs = START_MS + 2 * HOUR_MS;
  return foldStretch(state, commanded(3, { type: 'customer', details, atMs }));
}

const buckets = (state: CustomerState) =>
  Object.values(state.counters)[0]?.map(({ startMs, endMs, used: cells }) => [
    (startMs - START_MS) / HOUR_MS,
    (endMs - START_MS) / HOUR_MS,
    cellOf(cells, 'null'),
  ]);

describe('a customer who moves to another zone', () => {
  it('keeps what the open day has counted; it ends where the new zone says', () => {
    expect(buckets(moved({}))).toEqual([[-19, 5, 40]]);
    expect(moved({}).zone).toEqual(NEW_YORK);
  });

  it('keeps week and month in the same way', () => {
    expect(buckets(moved({ window: 'week' }))).toEqual([[-67, 101, 40]]);
    expect(buckets(moved({ window: 'month' }))).toEqual([[-739, 5, 40]]);
  });

  it('leaves alone what no zone moves: periods, minutes, sliding and lifetime windows', () => {
    expect(buckets(moved({ window: 'period' }))).toEqual([[0, 744, 40]]);
    expect(buckets(moved({ sliding: true }))).toEqual([[0, 1, 40]]);
    expect(buckets(moved({ window: 'minute' }))).toEqual([[0.5, 0.5 + 1 / 60, 40]]);
    expect(buckets(moved({ window: 'lifetime' }))?.[0]?.[2]).toBe(40);
  });

  it('starts an hour afresh that was over when it moved', () => {
    expect(moved({ window: 'hour' }).counters).toEqual({});
  });

  it('lives in UTC where the zone came without its offsets', () => {
    const state = moved({}, null);
    expect(state.zone).toEqual({ name: 'America/New_York', offsets: [[0, 0]] });
    expect(buckets(state)).toEqual([[0, 24, 40]]);
  });

  it('moves nowhere when the zone is the same', () => {
    const state = moved({});
    const details = { timezone: 'America/New_York', zone: NEW_YORK };
    const again = commanded(4, { type: 'customer', details, atMs: START_MS + 3 * HOUR_MS });
    expect(foldStretch(state, again).counters).toBe(state.counters);
  });
});
