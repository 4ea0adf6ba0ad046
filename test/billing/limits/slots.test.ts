import {
  amountOf,
  combined,
  isGauge,
  slotsFor,
  unitsIn,
  valueSlot,
} from '../../../billing/limits/slots.js';

const SEATS = slotsFor('seats', 'last');

describe('what a counter keeps under a key', () => {
  it('is one number for sums and maxima, a time and a value for the last', () => {
    expect(slotsFor('a', 'sum')).toEqual([{ meter: 'a', combine: 'sum' }]);
    expect(slotsFor('a', 'count')).toEqual([{ meter: 'a', combine: 'sum' }]);
    expect(slotsFor('a', 'max')).toEqual([{ meter: 'a', combine: 'max' }]);
    expect(SEATS.map(({ combine }) => combine)).toEqual(['time', 'last']);
    expect(valueSlot(SEATS, 'seats')).toBe(1);
    expect(valueSlot(SEATS, 'other')).toBe(-1);
  });

  it('is stored small: a number alone, nothing for nothing', () => {
    expect(amountOf([5])).toBe(5);
    expect(amountOf([0])).toBeNull();
    expect(amountOf([0, 0])).toBeNull();
    expect(amountOf([0, 5])).toEqual([0, 5]);
  });

  it('combines in any order', () => {
    const slots = [...slotsFor('a', 'sum'), ...slotsFor('b', 'max'), ...SEATS];
    const [one, other] = [
      [1, 9, 100, 8],
      [2, 3, 200, 5],
    ];
    expect(combined(slots, one ?? [], other ?? [])).toEqual([3, 9, 200, 5]);
    expect(combined(slots, other ?? [], one ?? [])).toEqual([3, 9, 200, 5]);
    expect(combined(slots, [], one ?? [])).toEqual(one);
  });

  it('takes the greater of two last values of one time', () => {
    expect(combined(SEATS, [100, 4], [100, 7])).toEqual([100, 7]);
    expect(combined(SEATS, [100, 7], [100, 4])).toEqual([100, 7]);
  });

  it('adds up to units without the times', () => {
    expect(unitsIn(SEATS, [100, 7])).toBe(7);
    expect(unitsIn([...slotsFor('a', 'sum'), ...SEATS], [1, 100, 7])).toBe(8);
  });

  it('knows which meters only have a value, no sum', () => {
    const meter = { name: 'M', unit: 'm' };
    const gauges = (['sum', 'count', 'max', 'last'] as const).map((aggregation) =>
      isGauge({ ...meter, aggregation }),
    );
    expect(gauges).toEqual([false, false, true, true]);
  });
});
