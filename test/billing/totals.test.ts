import type { LastValue } from '../../billing/log.js';
import { addTotals, newerValue, scaledTotal, TotalOutOfRangeError } from '../../billing/totals.js';

function value(atMs: number, id: string, quantity = 1): LastValue {
  return { atMs, id, quantity };
}

describe('the newer of two values', () => {
  it.each([
    ['the later', value(1, 'b'), value(2, 'a')],
    ['of one instant that of the greater id', value(1, 'a'), value(1, 'b')],
    ['of one event the greater quantity', value(1, 'a', 3), value(1, 'a', 4)],
  ])('is %s, whichever comes first', (_which, older, newer) => {
    expect(newerValue(older, newer)).toBe(newer);
    expect(newerValue(newer, older)).toBe(newer);
  });

  it('is the one there is', () => {
    const only = value(1, 'a');
    expect([newerValue(only, null), newerValue(null, only), newerValue(null, null)]).toEqual([
      only,
      only,
      null,
    ]);
  });
});

describe('totals', () => {
  it('add quantities and counts, and keep the greatest and the newest', () => {
    const a = { quantity: 3, count: 1, max: 3, last: value(5, 'a', 3) };
    const b = { quantity: 2, count: 2, max: 2, last: value(6, 'b', 2) };
    const both = { quantity: 5, count: 3, max: 3, last: value(6, 'b', 2) };
    expect(addTotals(a, b)).toEqual(both);
    expect(addTotals(b, a)).toEqual(both);
    expect(addTotals(undefined, a)).toEqual(a);
  });

  it('what is taken back before it came leaves the maximum at 0', () => {
    const taken = { quantity: -3, count: -1, max: 0, last: null };
    expect(addTotals(undefined, taken)).toEqual(taken);
    const came = { quantity: 3, count: 1, max: 3, last: value(5, 'a', 3) };
    expect(addTotals(taken, came)).toEqual({ quantity: 0, count: 0, max: 3, last: came.last });
  });

  it('scale every quantity and no count', () => {
    const total = { quantity: 5, count: 2, max: 3, last: value(5, 'a', 3) };
    const last = value(5, 'a', 30);
    expect(scaledTotal(total, 10)).toEqual({ quantity: 50, count: 2, max: 30, last });
    expect(scaledTotal({ ...total, last: null }, 10).last).toBeNull();
    expect(scaledTotal(total, 1)).toBe(total);
  });

  it('out of range say of which meter, with the value, and that no repeat helps', () => {
    const error = new TotalOutOfRangeError('tokens', 2 ** 53);
    expect(error).toMatchObject({
      code: 'total_out_of_range',
      retryable: false,
      name: 'TotalOutOfRangeError',
      meter: 'tokens',
      value: 2 ** 53,
      message: 'the total of meter tokens is beyond 2^53-1: 9007199254740992',
    });
  });
});
