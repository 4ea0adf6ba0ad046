import { amountFaults, at } from '../../../billing/faults/fault.js';

describe('where a fault stands, and how amounts are judged', () => {
  it('a path grows by keys and places; odd keys are quoted', () => {
    expect(at('', 'plans')).toBe('plans');
    expect(at('', 'a b')).toBe('["a b"]');
    expect(at('plans', 'pro-2_$')).toBe('plans.pro-2_$');
    expect(at('plans', 'a.b')).toBe('plans["a.b"]');
    expect(at('limits', 0)).toBe('limits[0]');
  });

  it('a text that no amount could be is not even read as a number', () => {
    const [long, longer] = [45, 46].map((length) => amountFaults('x', '9'.repeat(length), 12));
    const messages = [long, longer].map((faults) => faults?.[0]?.message);
    expect(messages).toEqual([
      'has more than 15 digits before the point',
      'must be a plain decimal of 0 or more in a string, as "0.0005"',
    ]);
  });
});
