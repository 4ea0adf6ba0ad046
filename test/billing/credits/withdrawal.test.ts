import { ENTRIES_KEPT, NO_CREDITS } from '../../../billing/credits/account.js';
import { addCredits } from '../../../billing/credits/lots.js';
import { grantPeriod } from '../../../billing/credits/periods.js';
import { withdrawGrant } from '../../../billing/credits/withdrawal.js';
import { begun, period, PREPAID_SNAPSHOT, START_MS, used } from './world.js';

/** A grant that time alone brought goes without a trace; one that was spent from stays. */

const gift = { id: 'gift', kind: 'promotion', amount: '5', atMs: START_MS } as const;

test('an account is what it would be had the grant of the next period not come', () => {
  const before = begun();
  const granted = grantPeriod(before, PREPAID_SNAPSHOT, period(1));
  expect(withdrawGrant(granted, 1)).toEqual(before);
  expect(withdrawGrant(addCredits(granted, gift), 1)).toEqual(addCredits(before, gift));
});

test('entries before the grant keep their balance', () => {
  const before = addCredits(begun(), gift);
  const granted = grantPeriod(before, PREPAID_SNAPSHOT, period(1));
  expect(withdrawGrant(granted, 1)).toEqual(before);
});

test('a grant that was spent from stays, and so does an account without it', () => {
  const spent = used(begun(), 1_000);
  expect(withdrawGrant(spent, 0)).toBe(spent);
  expect(withdrawGrant(spent, 7)).toBe(spent);
});

test('entries after a grant whose own entry is gone from the statement lose it, too', () => {
  const many = Array.from({ length: ENTRIES_KEPT }, (_, n) => ({ ...gift, id: `gift-${n}` }));
  const before = begun(PREPAID_SNAPSHOT, NO_CREDITS);
  const granted = grantPeriod(before, PREPAID_SNAPSHOT, period(1));
  const withdrawn = withdrawGrant(many.reduce(addCredits, granted), 1);
  expect(withdrawn).toEqual(many.reduce(addCredits, before));
});
