import { countsReached, requestDebit } from '../../../billing/holds/requestDebit.js';
import { isSameClass } from '../../../billing/holds/sameClass.js';
import { METERS } from '../contractCatalogue.js';
import { DAILY, planWith } from './world.js';

const CALLS = { ...METERS, calls: { name: 'Calls', unit: 'call', aggregation: 'count' } } as const;
const BIG = {
  ...METERS,
  big: {
    name: 'Big requests',
    unit: 'request',
    aggregation: 'count',
    of: ['tokens'],
    where: { tier: 'big' },
  },
} as const;

describe('what one request takes of a lease', () => {
  it('is its quantities, and 1 of each count it reaches', () => {
    expect(requestDebit(METERS, { input_tokens: 30, output_tokens: 5 }, {})).toEqual({
      input_tokens: 30,
      output_tokens: 5,
      requests: 1,
    });
  });

  it('is 1 of a reported count, whatever the quantity', () => {
    expect(requestDebit(CALLS, { calls: 9 }, {})).toEqual({ calls: 1 });
    expect(requestDebit(CALLS, { unknown: 9 }, {})).toEqual({ unknown: 9 });
  });

  it('reaches a count with conditions only where they are met', () => {
    expect(countsReached(BIG, { input_tokens: 0 }, { tier: 'big' })).toEqual(['requests', 'big']);
    expect(countsReached(BIG, { input_tokens: 0 }, {})).toEqual(['requests']);
    expect(countsReached(BIG, {}, { tier: 'big' })).toEqual([]);
  });
});

describe('class', () => {
  const same = (before: Record<string, string>, after: Record<string, string>) =>
    isSameClass(planWith([DAILY]), ['input_tokens'], before, after);

  it('is the truth of each condition, not the value', () => {
    expect(same({ model: 'small' }, { model: 'medium' })).toBe(true);
    expect(same({ model: 'large' }, { model: 'huge' })).toBe(true);
    expect(same({ model: 'small' }, { model: 'large' })).toBe(false);
    expect(same({}, { model: 'large' })).toBe(false);
  });

  it('is another where credits cost another rate', () => {
    const plan = planWith([DAILY]);
    const output = (before: string, after: string) =>
      isSameClass(plan, ['output_tokens'], { model: before }, { model: after });
    expect(output('huge', 'large')).toBe(false);
    expect(output('huge', 'giant')).toBe(false);
    expect(output('tiny', 'small')).toBe(true);
  });

  it('is another under another key of a scope, the null key included', () => {
    const plan = planWith([{ ...DAILY, scope: 'property:team' }]);
    const teams = (before: Record<string, string>, after: Record<string, string>) =>
      isSameClass(plan, ['input_tokens'], before, after);
    expect(teams({ team: 'a' }, { team: 'b' })).toBe(false);
    expect(teams({}, { team: 'b' })).toBe(false);
    expect(teams({ team: 'a' }, { team: 'a' })).toBe(true);
    expect(same({ team: 'a' }, { team: 'b' })).toBe(true);
  });

  it('needs no limit', () => {
    const { limits: _none, ...plan } = planWith([]).plan;
    const free = { ...planWith([]), plan };
    expect(isSameClass(free, ['input_tokens'], { model: 'a' }, { model: 'b' })).toBe(true);
    expect(isSameClass(free, ['input_tokens'], { model: 'a' }, { model: 'large' })).toBe(false);
  });

  it('is another where a count is reached or not', () => {
    const plan = planWith([DAILY], {}, BIG);
    expect(isSameClass(plan, ['input_tokens'], {}, { tier: 'big' })).toBe(false);
    expect(isSameClass(plan, ['images'], {}, { tier: 'big' })).toBe(true);
  });
});
