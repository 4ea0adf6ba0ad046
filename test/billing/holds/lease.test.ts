import { cellOf } from '../../../billing/cells.js';
import { decide } from '../../../billing/holds/decide.js';
import type { CustomerState } from '../../../billing/state.js';
import { ask, customer, DAILY, decideOne, grantOne, leaseAsk, NOON_MS, planWith } from './world.js';
import { heldCells, settled, tokens } from './world.js';

const plan = planWith([{ ...DAILY, max: 10_000 }]);
const MIDNIGHT_MS = Date.UTC(2026, 10, 11);
const caller = { holder: null, ttlMs: 60_000 };

describe('a lease of a process', () => {
  it('is so many requests, debited in count meters by their own names', () => {
    const { grant, state } = grantOne(customer(plan), leaseAsk('l1', 10, 300));
    expect(grant).toMatchObject({
      hold: 'l1#1@5',
      quantities: { input_tokens: 300, requests: 30 },
      expiresAtMs: NOON_MS + 70_000,
    });
    expect(cellOf(state.holds.open, 'l1')).toMatchObject({ kind: 'lease', holder: 'p1' });
  });

  it('shrinks near a limit to half of the headroom', () => {
    const { grant } = grantOne(customer(plan), leaseAsk('l1', 10, 9_000));
    expect(grant.quantities).toEqual({ input_tokens: 5_000, requests: 500 });
  });

  it('shares the headroom with the other processes', () => {
    const first = grantOne(customer(plan), leaseAsk('l1', 10, 2_000));
    const second = grantOne(first.state, leaseAsk('l2', 10, 9_000, { holder: 'p2' }));
    expect(second.grant.quantities).toEqual({ input_tokens: 2_000, requests: 200 });
    const third = grantOne(second.state, leaseAsk('l3', 10, 9_000));
    expect(third.grant.quantities).toEqual({ input_tokens: 1_500, requests: 150 });
  });

  it('is none below 20 asks of headroom, where an exact ask still fits', () => {
    const state = customer(planWith([{ ...DAILY, max: 199 }]));
    expect(decideOne(state, leaseAsk('l1', 10, 100))).toEqual({
      state,
      answer: { type: 'noLease' },
    });
    expect(decideOne(state, ask('r1', 10)).answer.type).toBe('granted');
  });

  it('is denied where not even one request fits', () => {
    const state = customer(planWith([{ ...DAILY, max: 9 }]));
    const { answer } = decideOne(state, leaseAsk('l1', 10, 100));
    expect(answer).toMatchObject({ type: 'denied', denial: { code: 'limit_reached' } });
  });

  it('ends before the day it debits', () => {
    const atMs = MIDNIGHT_MS - 5_000;
    const { grant } = grantOne(customer(plan), leaseAsk('l1', 10, 300), atMs);
    expect(grant.expiresAtMs).toBe(MIDNIGHT_MS);
  });

  it('is none where it would end within a second', () => {
    const late = decideOne(customer(plan), leaseAsk('l1', 10, 300), MIDNIGHT_MS - 999);
    expect(late.answer).toEqual({ type: 'noLease' });
    const timely = decideOne(customer(plan), leaseAsk('l1', 10, 300), MIDNIGHT_MS - 1_000);
    expect(timely.answer.type).toBe('granted');
  });

  it('repeated is the same; with another body a conflict', () => {
    const { state, grant } = grantOne(customer(plan), leaseAsk('l1', 10, 300));
    expect(decideOne(state, leaseAsk('l1', 10, 300))).toEqual({ state, answer: grant });
    expect(decideOne(state, leaseAsk('l1', 10, 400)).answer).toEqual({ type: 'conflict' });
  });
});

describe('a lease of a caller', () => {
  it('is all that was asked, in the meters that were asked', () => {
    const { grant } = grantOne(customer(plan), leaseAsk('l1', 300, 300, caller));
    expect(grant.quantities).toEqual(tokens(300));
  });

  it('is as much as fits, a whole number of times the least', () => {
    const state = customer(planWith([{ ...DAILY, max: 199 }]));
    const { grant } = grantOne(state, leaseAsk('l1', 10, 300, caller));
    expect(grant.quantities).toEqual(tokens(190));
  });

  it('is all of it, where that is no whole number of times', () => {
    const { grant } = grantOne(customer(plan), leaseAsk('l1', 10, 305, caller));
    expect(grant.quantities).toEqual(tokens(305));
  });

  it('is never below the least, and never more than wanted', () => {
    const state = customer(planWith([{ ...DAILY, max: 10 }]));
    expect(grantOne(state, leaseAsk('l1', 10, 35, caller)).grant.quantities).toEqual(tokens(10));
    const { answer } = decideOne(state, leaseAsk('l1', 11, 35, caller));
    expect(answer.type).toBe('denied');
  });

  it('may end within a second', () => {
    const one = leaseAsk('l1', 10, 10, caller);
    const { grant } = grantOne(customer(plan), one, MIDNIGHT_MS - 3);
    expect(grant.expiresAtMs).toBe(MIDNIGHT_MS);
  });
});

describe('shrink', () => {
  let state: CustomerState;
  beforeEach(() => {
    ({ state } = grantOne(customer(plan), leaseAsk('l1', 10, 500)));
  });
  const shrink = (hold: string, size: Record<string, number>) =>
    ({ type: 'shrink', hold, size }) as const;
  const sizeOf = (at: typeof state) => cellOf(at.holds.open, 'l1')?.quantities;

  it('gives back at once what a process states it no longer needs', () => {
    const small = decideOne(state, shrink('l1#1@5', { input_tokens: 200, requests: 20 }));
    expect(small.answer).toMatchObject({
      type: 'granted',
      quantities: { input_tokens: 200, requests: 20 },
      limits: [{ held: 200, remaining: 9_800 }],
    });
  });

  it('only falls: a repeat and a late arrival change nothing', () => {
    const small = decideOne(state, shrink('l1#1@5', { input_tokens: 200 })).state;
    expect(decideOne(small, shrink('l1#1@5', { input_tokens: 200 })).state).toBe(small);
    expect(decideOne(small, shrink('l1#1@5', { input_tokens: 300 })).state).toBe(small);
    expect(sizeOf(small)).toEqual({ input_tokens: 200, requests: 50 });
  });

  it('never falls below what was settled from it', () => {
    const part = { hold: 'l1#1@5', used: tokens(60), writeOff: {}, atMs: NOON_MS, counts: true };
    const used = settled(state, [{ ...part, settled: { input_tokens: 60, requests: 1 } }]);
    const small = decideOne(used, shrink('l1#1@5', { input_tokens: 0 })).state;
    expect(sizeOf(small)).toEqual({ input_tokens: 60, requests: 50 });
  });

  it('closes the lease when nothing is left of it', () => {
    const none = decideOne(state, shrink('l1#1@5', { input_tokens: 0, requests: 0 }));
    expect(none.state.holds.open.size).toBe(0);
    expect(heldCells(none.state)).toBe(0);
    expect(none.answer).toMatchObject({ type: 'granted', quantities: tokens(0) });
    expect(decideOne(none.state, shrink('l1#1@5', {})).answer).toEqual({ type: 'gone' });
  });

  it('acts on the exact grant alone', () => {
    const asks = [shrink('l1#2@5', {}), shrink('l1#1@4', {}), shrink('l2#1@5', {}), shrink('', {})];
    const decided = decide(state, asks, NOON_MS);
    expect(decided.state).toBe(state);
    expect(decided.answers).toEqual(Array(4).fill({ type: 'gone' }));
  });

  it('takes nothing from a reservation, whose token may be out', () => {
    const reserved = grantOne(customer(plan), ask('r1', 10)).state;
    const decided = decideOne(reserved, shrink('r1#1@5', { input_tokens: 0 }));
    expect(decided).toEqual({ state: reserved, answer: { type: 'conflict' } });
  });
});
