import {
  foldMessage,
  foldStretch,
  headRead,
  needsHeal,
} from '../../../billing/customer/fold.js';
import { initialState } from '../../../billing/customer/initial.js';
import type { LogRange, SumRow, UsageMessage } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import { FREE, free, PRO, row, START_MS, used } from './world.js';

const HOUR_MS = 3_600_000;
const END_MS = Date.UTC(2026, 1, 1);

/** Ten tokens of these ranges, from a sender who knows that nothing acts from number 2 on. */
function told(ranges: readonly LogRange[], change: Partial<UsageMessage> = {}): UsageMessage {
  const head = Math.max(...ranges.map(([, to]) => to));
  const sums = [row(START_MS + HOUR_MS, 10)];
  return { ranges, sums, catalogue: 1, head, quietFrom: 2, ...change };
}

const tokens = (state: CustomerState) => state.segments[0]?.totals['tokens']?.quantity ?? 0;
const shape = (state: CustomerState) => [state.mark, state.ahead, tokens(state)];
const takes = (message: UsageMessage, state = free()) => shape(foldMessage(state, message));

const UNTAKEN = [1, [], 0];

describe('usage is folded once, also ahead of a gap', () => {
  const ahead = foldMessage(free(), told([[4, 5]]));

  it('keeps ranges apart that do not touch, joins those that do', () => {
    expect(takes(told([[7, 8]]), ahead)).toEqual([1, [[4, 5], [7, 8]], 20]);
    expect(takes(told([[6, 7]]), ahead)).toEqual([1, [[4, 7]], 20]);
    expect(takes(told([[3, 3]]), ahead)).toEqual([1, [[3, 5]], 20]);
    const two = foldMessage(ahead, told([[8, 9]]));
    expect(takes(told([[10, 11]]), two)).toEqual([1, [[4, 5], [8, 11]], 30]);
  });

  it.each([
    [[4, 5]], [[4, 4]], [[5, 5]], [[5, 6]], [[3, 4]], [[3, 6]],
  ] as const)('takes %j no second time', (range) => {
    expect(takes(told([range]), ahead)).toEqual([1, [[4, 5]], 10]);
  });

  it('takes nothing again that the mark has passed, though its sender sees no gap', () => {
    const once = foldMessage(free(), told([[2, 4]]));
    expect(foldMessage(once, told([[2, 4]]))).toBe(once);
    expect(takes(told([[4, 6]]), once)).toEqual([4, [], 10]);
    expect(takes(told([[3, 4], [6, 6]]), once)).toEqual([4, [], 10]);
  });

  it('drops a page that begins beyond the mark', () => {
    const state = free();
    expect(foldStretch(state, used(4, 4, [row(START_MS, 10)]))).toBe(state);
  });
});

describe('what is only heard of moves the head alone', () => {
  it('hears of the last range and of what lies beyond it', () => {
    expect(foldMessage(free(), told([[2, 4]], { head: 9 })).head).toBe(9);
    expect(foldMessage(free(), told([[4, 5]], { head: 2, quietFrom: 3 })).head).toBe(5);
  });

  it('counts nothing of a message without ranges, or before the first heal', () => {
    const empty = foldMessage(free(), told([], { head: 7 }));
    expect([...shape(empty), empty.head]).toEqual([...UNTAKEN, 7]);
    const unsynced = foldMessage({ ...free(), synced: false }, told([[2, 2]]));
    expect([...shape(unsynced), unsynced.head]).toEqual([...UNTAKEN, 2]);
  });

  it('counts nothing and heals nothing once the log contradicts itself', () => {
    const halted = { ...free(), halted: 'number 3 is missing' };
    expect(takes(told([[2, 2]]), halted)).toEqual(UNTAKEN);
    expect(needsHeal({ ...halted, head: 9 })).toBe(false);
  });

  it('is synced when the fold has met the head, not before', () => {
    const start = initialState({ mode: 'test', customer: 'acme', life: 1 });
    expect(headRead(start, 3, null).synced).toBe(false);
    expect(headRead(start, 0, null).synced).toBe(true);
    expect(headRead({ ...start, synced: true }, 3, null).synced).toBe(true);
  });
});

describe('usage waits for the gap before it where the gap may change what it counts in', () => {
  const message = told([[4, 5]]);
  const withSums = (...sums: SumRow[]) => takes({ ...message, sums });

  it('while a change of plan is under way, and before the first period', () => {
    const pending = { request: 1, plan: PRO, atMs: START_MS, anchorMs: null };
    expect(takes(message, { ...free(), pending })).toEqual(UNTAKEN);
    const start = { ...initialState({ mode: 'test', customer: 'acme', life: 1 }), synced: true };
    const heard = foldMessage(start, { ...message, quietFrom: 1, catalogue: 0 });
    expect([heard.mark, heard.early, heard.halted]).toEqual([0, [], null]);
  });

  it('where credits burn in the order of the log, one group at a time as well', () => {
    const plan = { ...FREE, plan: { ...FREE.plan, creditGrant: { amount: '5' } } };
    const paying = { ...free(), snapshots: { 'free@1': plan } };
    expect(takes(told([[4, 4]]), paying)).toEqual(UNTAKEN);
  });

  it('where any of it is a void, or lies beyond the open period', () => {
    const taken: SumRow = { ...row(START_MS, -10), last: null };
    expect(withSums(taken)).toEqual(UNTAKEN);
    expect(withSums(row(START_MS, 10), taken)).toEqual(UNTAKEN);
    expect(withSums(row(END_MS - 60_000, 10))).toEqual([1, [[4, 5]], 10]);
    expect(withSums(row(END_MS, 10))).toEqual(UNTAKEN);
    expect(withSums(row(END_MS + HOUR_MS, 10))).toEqual(UNTAKEN);
    expect(withSums(row(START_MS, 10), row(END_MS, 10))).toEqual(UNTAKEN);
  });
});
