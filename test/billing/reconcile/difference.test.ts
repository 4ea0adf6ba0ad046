import {
  differenceOf,
  findingKey,
  foundOf,
  signed,
} from '../../../billing/reconcile/difference.js';

/** Two places that say different numbers, told exactly. */

const SUBJECT = { where: 'invoice', segment: 2, meter: null } as const;

test('a difference is what was found less what was expected, without what was only for us', () => {
  const ours = { minuteMs: 60_000, repair: 'tell' } as const;
  const found = { ...foundOf(SUBJECT, 1000, 999, 'why'), ...ours, intent: 'dbl_1' };
  expect(differenceOf('acme', found, 'repaired')).toEqual({
    customer: 'acme',
    ...SUBJECT,
    expected: '1000',
    found: '999',
    difference: '-1',
    detail: 'why',
    intent: 'dbl_1',
    action: 'repaired',
  });
});

test('a finding keeps its name while usage goes on, and shares it with no other', () => {
  const name = findingKey({ ...foundOf(SUBJECT, 1000, 999, ''), intent: 'dbl_1' });
  expect(name).toBe('invoice/2//dbl_1/-1');
  expect(findingKey({ ...foundOf(SUBJECT, 3000, 2999, 'later'), intent: 'dbl_1' })).toBe(name);
  expect(findingKey(foundOf(SUBJECT, 1000, 999, ''))).toBe('invoice/2///-1');
  const ofMeter = { ...SUBJECT, meter: 'tokens' };
  expect(findingKey(foundOf(ofMeter, 1, 3, ''))).toBe('invoice/2/tokens//2');
});

test.each([[1000, '+1,000'], [-1000, '-1,000'], [1, '+1'], [0, '+0']] as const)(
  '%d is shown as %s',
  (value, text) => {
    expect(signed(value)).toBe(text);
  },
);
