import fc from 'fast-check';
import { baseChangeLine, unusedBaseLine } from '../../../billing/rating/baseChange.js';

const PRO = { name: 'Pro', baseAmountMinor: 2900 };
const TEAM = { name: 'Team', baseAmountMinor: 9900 };
const FREE = { name: 'Free' };

describe('base/unused', () => {
  it('gives back the part of the base that whole minutes are left for', () => {
    expect(unusedBaseLine(PRO, 10_000, 43_200)).toEqual({
      ref: 'base/unused',
      description: 'Pro: unused time',
      quantity: 1,
      unitAmountMinor: '-671',
      amountMinor: -671,
    });
    expect(unusedBaseLine(PRO, 43_200, 43_200)?.amountMinor).toBe(-2900);
  });

  it('rounds half away from zero', () => {
    expect(unusedBaseLine({ name: 'A', baseAmountMinor: 1 }, 1, 2)?.amountMinor).toBe(-1);
    expect(unusedBaseLine({ name: 'A', baseAmountMinor: 5 }, 1, 2)?.amountMinor).toBe(-3);
    expect(unusedBaseLine({ name: 'A', baseAmountMinor: 10 }, 1, 3)?.amountMinor).toBe(-3);
  });

  it('is no line where nothing comes back', () => {
    expect(unusedBaseLine(PRO, 0, 43_200)).toBeNull();
    expect(unusedBaseLine(FREE, 10, 43_200)).toBeNull();
    expect(unusedBaseLine(PRO, 7, 43_200)).toBeNull();
    expect(unusedBaseLine(PRO, 8, 43_200)?.amountMinor).toBe(-1);
  });

  it.each([
    [-1, 10],
    [11, 10],
    [0.5, 10],
    [1, 10.5],
  ])('refuses %d of %d minutes', (left, all) => {
    expect(() => unusedBaseLine(PRO, left, all)).toThrow(RangeError);
    expect(() => unusedBaseLine(PRO, left, all)).toThrow(`${left} minutes are no part of ${all}`);
  });

  it('refuses a period without a minute', () => {
    expect(() => unusedBaseLine(PRO, 0, 0)).toThrow(RangeError);
  });

  it('is the exact quotient to half a minor unit, and never above the base', () => {
    const parts = fc.integer({ min: 1, max: 600_000 }).chain((all) =>
      fc.tuple(fc.nat({ max: 10_000_000 }), fc.nat({ max: all }), fc.constant(all)),
    );
    fc.assert(
      fc.property(parts, ([baseAmountMinor, left, all]) => {
        const line = unusedBaseLine({ name: 'A', baseAmountMinor }, left, all);
        const back = BigInt(-(line?.amountMinor ?? 0));
        const exact = 2n * BigInt(baseAmountMinor) * BigInt(left);
        const distance = exact - 2n * back * BigInt(all);
        expect(distance < BigInt(all) && distance >= -BigInt(all)).toBe(true);
        expect(back <= BigInt(baseAmountMinor)).toBe(true);
      }),
    );
  });
});

describe('base/change', () => {
  it('is what the new base asks beyond the old one', () => {
    expect(baseChangeLine(PRO, TEAM)).toEqual({
      ref: 'base/change',
      description: 'Pro to Team',
      quantity: 1,
      unitAmountMinor: '7000',
      amountMinor: 7000,
    });
    expect(baseChangeLine(TEAM, PRO)?.amountMinor).toBe(-7000);
    expect(baseChangeLine(FREE, PRO)?.amountMinor).toBe(2900);
    expect(baseChangeLine(PRO, FREE)?.amountMinor).toBe(-2900);
  });

  it('is no line between equal bases', () => {
    expect(baseChangeLine(PRO, { ...PRO, name: 'Pro, new' })).toBeNull();
    expect(baseChangeLine(FREE, FREE)).toBeNull();
  });
});
