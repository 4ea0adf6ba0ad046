import {
  openHolds,
  withChangedHold,
  withHold,
  withoutHold,
  withPins,
} from '../../../billing/holds/book.js';
import { type Hold, NO_HOLDS } from '../../../billing/holds/hold.js';
import { pinsLeft } from '../../../billing/holds/pins.js';
import { customer, heldCells, NOON_MS, tokens } from './world.js';

function hold(id: string, serial: number, pins: Hold['pins'], endMs = NOON_MS): Hold {
  return {
    id,
    serial,
    epoch: 5,
    kind: 'reservation',
    user: null,
    properties: {},
    revision: 3,
    quantities: tokens(10),
    settled: {},
    grantedAtMs: NOON_MS,
    expiresAtMs: endMs,
    since: 7,
    hash: id,
    pins,
    ending: false,
    holder: null,
  };
}

const A = hold('a', 2, [{ lot: 'x', microCredits: 5 }, { lot: 'y', microCredits: 7 }]);
const B = hold('b', 1, [{ lot: 'y', microCredits: 3 }], NOON_MS + 5);

describe('the book of open holds', () => {
  it('keeps counters, pinned credits and the next end in step', () => {
    const both = withHold(withHold(customer(), B), A);
    expect(openHolds(both).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(both.holds).toMatchObject({ pinned: { x: 5, y: 10 }, nextEndMs: NOON_MS });
    expect(heldCells(both)).toBe(1);
    const one = withoutHold(both, A);
    expect(one.holds.pinned).toEqual({ y: 3 });
    const none = withoutHold(one, B);
    expect(none.holds).toMatchObject({ pinned: {}, nextEndMs: null });
    expect(heldCells(none)).toBe(0);
  });

  it('changes a hold as if the old one had never been', () => {
    const [pin] = A.pins;
    const smaller = { ...A, quantities: tokens(4), pins: pin ? [pin] : [] };
    const changed = withChangedHold(withHold(customer(), A), A, smaller);
    const fresh = withHold(customer(), smaller);
    expect(changed.counters).toEqual(fresh.counters);
    expect(changed.holds).toEqual(fresh.holds);
  });

  it('ends no hold sooner than the first of them', () => {
    expect(withHold(withHold(customer(), A), B).holds.nextEndMs).toBe(NOON_MS);
    expect(withHold(withHold(customer(), B), A).holds.nextEndMs).toBe(NOON_MS);
  });

  it('counts nothing for a customer without a period', () => {
    const state = customer(undefined, {}, { segments: [] });
    expect(withHold(state, A).counters).toBe(state.counters);
  });
});

describe('a customer that never asked', () => {
  it('has no hold, no epoch, and nothing to wait for', () => {
    expect(openHolds(customer(undefined, NO_HOLDS))).toEqual([]);
    expect(NO_HOLDS).toMatchObject({
      asked: false,
      pinned: {},
      serial: 0,
      epoch: null,
      wanted: null,
      newestEpoch: 0,
      servingFromMs: 0,
      nextEndMs: null,
      fence: null,
    });
  });
});

describe('pinned credits', () => {
  it('stay the same object where a hold pins none', () => {
    const sums = { x: 5 };
    expect(withPins(sums, [], 1)).toBe(sums);
    expect(withPins(sums, A.pins, 1)).toEqual({ x: 10, y: 7 });
    expect(sums).toEqual({ x: 5 });
  });
});

describe('pins of what is left', () => {
  it('are the last ones: what was settled has burned the first', () => {
    expect(pinsLeft(A.pins, 12)).toEqual(A.pins);
    expect(pinsLeft(A.pins, 9)).toEqual([
      { lot: 'x', microCredits: 2 },
      { lot: 'y', microCredits: 7 },
    ]);
    expect(pinsLeft(A.pins, 7)).toEqual([{ lot: 'y', microCredits: 7 }]);
    expect(pinsLeft(A.pins, 0)).toEqual([]);
    expect(pinsLeft(A.pins, 99)).toEqual(A.pins);
  });
});
