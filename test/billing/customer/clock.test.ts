import { customerNow, moveClock } from '../../../billing/customer/clock.js';
import { reduce } from '../../../billing/customer/reducer.js';
import { rowFingerprint } from '../../../billing/customer/reads/row.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import { endHolds } from '../../../billing/holds/ends.js';
import type { CustomerState } from '../../../billing/state.js';
import { ask, customer, grantOne, NOON_MS } from '../holds/world.js';
import { free, START_MS } from './world.js';

const END_MS = Date.UTC(2026, 1, 1);

/** A free customer, its row saved, whose clock was asked to go somewhere. */
function towards(toMs: number, segment: number | null): CustomerState {
  const state = free();
  const clock = { offsetMs: 0, goal: { request: 5, toMs, segment }, reached: 0 };
  return { ...state, clock, savedRow: rowFingerprint(state) };
}

describe('a test clock goes forward, step by step, and says when it is there', () => {
  it('is real time plus an offset', () => {
    expect(customerNow({ ...free(), clock: { offsetMs: -5, goal: null, reached: 0 } }, 12)).toBe(7);
  });

  it('jumps to the goal, or to what is due before it', () => {
    const short = moveClock(towards(START_MS + 1_000, null), START_MS);
    expect(short.clock.offsetMs).toBe(1_000);
    const long = moveClock(towards(END_MS + 1_000, null), START_MS);
    expect(long.clock.offsetMs).toBe(END_MS - START_MS);
  });

  it('is reached when the time has come and the segment is done', () => {
    const done = moveClock(towards(START_MS, null), START_MS);
    expect(done.clock).toEqual({ offsetMs: 0, goal: null, reached: 5 });
    const waiting = towards(START_MS, 0);
    expect(moveClock(waiting, START_MS).clock.goal).not.toBeNull();
    const billed = changeSegment(waiting, 0, { stage: 'billed' });
    expect(moveClock(billed, START_MS).clock.reached).toBe(5);
    expect(moveClock(towards(START_MS, 77), START_MS).clock.reached).toBe(5);
  });

  it('goes on past its goal for a segment that is not done', () => {
    expect(moveClock(towards(START_MS, 0), START_MS).clock.offsetMs).toBe(END_MS - START_MS);
  });

  it('stops where a hold ends, and stands there until the log has ended it', () => {
    const held = (toMs: number): CustomerState => {
      const state = towards(toMs, null);
      return { ...state, holds: { ...state.holds, nextEndMs: START_MS + 61_000 } };
    };
    expect(moveClock(held(END_MS), START_MS).clock.offsetMs).toBe(65_000);
    const there = held(START_MS + 65_000);
    expect(moveClock(there, START_MS + 65_000)).toBe(there);
    expect(moveClock(there, START_MS + 70_000)).toBe(there);
    const ended = { ...there, holds: { ...there.holds, nextEndMs: null } };
    expect(moveClock(ended, START_MS + 65_000).clock.reached).toBe(5);
  });

  it('goes on at once past a hold that has ended before its time', () => {
    const first = grantOne(customer(), ask('r1', 1)).state;
    const both = grantOne(first, ask('r2', 1, { ttlMs: 120_000 })).state;
    const one = endHolds(both, [{ hold: 'r1#1@5' }]);
    const goal = { request: 5, toMs: NOON_MS + 900_000, segment: null };
    const clock = { offsetMs: 0, goal, reached: 0 };
    const going = { ...one, clock, holds: { ...one.holds, asked: true } };
    const saved = { ...going, savedRow: rowFingerprint(going) };
    const { state, effects } = reduce(saved, { type: 'time', realNowMs: NOON_MS, random: 'r' });
    expect(state.clock.offsetMs).toBe(120_000);
    const fence = { type: 'expired', holds: ['r2#2@5'] };
    expect(effects).toContainEqual({ type: 'writeFence', name: 'expired-2@5', fence });
  });

  it('stands while a step is due, without a goal, and once all is halted', () => {
    const busy = { ...towards(END_MS, null), savedRow: '' };
    expect(moveClock(busy, START_MS)).toBe(busy);
    const calm = free();
    expect(moveClock(calm, START_MS)).toBe(calm);
    const halted = { ...towards(END_MS, null), halted: 'x' };
    expect(moveClock(halted, START_MS)).toBe(halted);
  });
});
