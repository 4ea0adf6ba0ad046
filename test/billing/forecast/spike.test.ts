import fc from 'fast-check';
import { median } from '../../../billing/forecast/median.js';
import { defaultSoftAmount, firstInvoiceNet, spikeOf } from '../../../billing/forecast/spike.js';

const amount = fc.integer({ min: 0, max: 1_000_000_000 });

describe('the median', () => {
  it('is the middle number, or the mean of the middle two, exactly', () => {
    expect(median([])).toBeNull();
    expect(median([5])).toBe('5');
    expect(median([9, 1])).toBe('5');
    expect(median([2, 1])).toBe('1.5');
    expect(median([10, 9, 100])).toBe('10');
    expect(median([4, 1, 3, 2])).toBe('2.5');
  });

  it('does not depend on the order, and leaves the numbers as they are', () => {
    const lists = fc.array(amount, { maxLength: 30 });
    fc.assert(
      fc.property(lists, (numbers) => {
        const before = [...numbers];
        expect(median([...numbers].reverse())).toBe(median(numbers));
        expect(numbers).toEqual(before);
      }),
    );
  });
});

describe('a spike', () => {
  it.each([
    // Exactly 1.5 x the reference is none; a minor unit more is.
    [3000, [2000], false],
    [3001, [2000], true],
    // An odd reference: 1.5 x 2001 is 3001.5.
    [3001, [2001], false],
    [3002, [2001], true],
    // At least 1,000 minor units more.
    [1999, [1000], false],
    [2000, [1000], true],
    [999, [0], false],
    [1000, [0], true],
    // The larger of the last period and the median of three.
    [3001, [9000, 1000, 2000], true],
    [3000, [9000, 1000, 2000], false],
    [13_500, [9000, 9000, 1000], false],
    [13_501, [9000, 9000, 1000], true],
    [13_500, [1000, 1000, 9000], false],
    [13_501, [1000, 1000, 9000], true],
    // Of two the median is their mean: 1500.5, 1.5 x it is 2250.75.
    [2500, [2001, 1000], false],
    [2501, [2001, 1000], true],
    // Only the last three count.
    [3001, [9000, 9000, 9000, 1000, 2000, 2000], true],
  ])('of %i after %j: %s', (usage, closed, held) => {
    expect(spikeOf(usage, closed) !== null).toBe(held);
  });

  it('is never seen without a period to compare with', () => {
    expect(spikeOf(1_000_000, [])).toBeNull();
  });

  it('names what it was compared with', () => {
    expect(spikeOf(5000, [1001, 1000])).toEqual({ usageMinor: 5000, referenceMinor: '1000.5' });
  });

  it('is decided by 2 x usage > 3 x reference and 1,000 more, to the minor unit', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: -3, max: 3 }), (reference, offset) => {
        const usage = Math.floor((reference * 3) / 2) + offset;
        const expected = usage * 2 > reference * 3 && usage - reference >= 1000;
        expect(spikeOf(usage, [reference]) !== null).toBe(expected);
      }),
    );
  });
});

describe('the net of the first invoice after a migration', () => {
  it.each([
    [1000, 1100, 0],
    [1000, 1101, 101],
    [1001, 1101, 0],
    [1001, 1102, 101],
    [0, 1, 1],
    [0, 0, 0],
    [2000, 1000, 0],
  ])('from %i to %i gives back %i', (before, after, net) => {
    expect(firstInvoiceNet(before, after)).toBe(net);
  });

  it('leaves nobody with more than 1.10 x the old bill', () => {
    fc.assert(
      fc.property(amount, amount, (before, after) => {
        const billed = after - firstInvoiceNet(before, after);
        expect(billed * 10).toBeLessThanOrEqual(before * 11);
      }),
    );
  });
});

describe('the default soft amount', () => {
  it.each([
    [[], null],
    [[0, 0, 0], null],
    [[10_000], 8000],
    [[2900, 12_000, 5000], 4000],
    // 80 % of 2.5 is 2; of 1501 it is 1200.8; of 1503 1202.4.
    [[1, 4], 2],
    [[1501], 1201],
    [[1503], 1202],
    [[90_000, 90_000, 100, 200, 300], 160],
  ])('after periods of %j is %j', (closed, soft) => {
    expect(defaultSoftAmount(closed)).toBe(soft);
  });
});
