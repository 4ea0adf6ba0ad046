import fc from 'fast-check';
import { catalogueDifference } from '../../../billing/difference/catalogueDifference.js';
import { pro } from './expectDifferences.js';

describe('laws of differences', () => {
  interface Terms {
    readonly baseAmountMinor: number;
    readonly included: number;
    readonly unitAmountMinor: number;
    readonly max: number;
  }
  const terms: fc.Arbitrary<Terms> = fc.record({
    baseAmountMinor: fc.nat(9999),
    included: fc.nat(20),
    unitAmountMinor: fc.nat(5),
    max: fc.nat(20),
  });
  const planOf = ({ baseAmountMinor, included, unitAmountMinor, max }: Terms) =>
    pro({
      baseAmountMinor,
      prices: {
        tokens: { type: 'perUnit', unitAmountMinor: String(unitAmountMinor), included },
      },
      limits: [{ id: 'a', meters: ['images'], max, window: 'day', scope: 'user' }],
    });

  it('there and back: as many sentences, better for worse', () => {
    const turned = { better: 'worse', worse: 'better', other: 'other' } as const;
    const kinds = (differences: ReturnType<typeof catalogueDifference>) =>
      differences.filter(({ path }) => path.endsWith('Minor') || path.endsWith('max'));
    fc.assert(
      fc.property(terms, terms, (a, b) => {
        const there = kinds(catalogueDifference(planOf(a), planOf(b)));
        const back = kinds(catalogueDifference(planOf(b), planOf(a)));
        expect(back.map(({ path, kind }) => [path, kind])).toEqual(
          there.map(({ path, kind }) => [path, turned[kind]]),
        );
      }),
    );
  });

  it('nothing is told just when nothing differs', () => {
    fc.assert(
      fc.property(terms, terms, (a, b) => {
        const told = catalogueDifference(planOf(a), planOf(b));
        const alike = (Object.keys(a) as (keyof Terms)[]).every((field) => a[field] === b[field]);
        expect(told.length === 0).toBe(alike);
      }),
    );
  });
});
