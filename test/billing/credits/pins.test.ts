import fc from 'fast-check';
import { NO_CREDITS } from '../../../billing/credits/account.js';
import { balanceAt, lotsAt } from '../../../billing/credits/balance.js';
import { availableAt, pinsFor } from '../../../billing/credits/pins.js';
import { grantPeriod } from '../../../billing/credits/periods.js';
import {
  begun,
  credits,
  period,
  PREPAID_SNAPSHOT,
  START_MS,
  used,
  withLot,
} from './world.js';

/** What holds may count on. */

const NOW_MS = START_MS + 3_600_000;

test('a balance is what has not ended and has begun', () => {
  const ends = withLot(begun(), { id: 'gift', expiresAtMs: NOW_MS });
  expect(balanceAt(ends, NOW_MS - 1)).toBe(credits(1010));
  expect(balanceAt(ends, NOW_MS)).toBe(credits(1000));
  const next = grantPeriod(begun(), PREPAID_SNAPSHOT, period(1));
  expect(balanceAt(next, period(1).startMs - 1)).toBe(credits(1000));
  expect(lotsAt(next, period(1).startMs).map((lot) => lot.id)).toEqual(['grant/1']);
});

test('credits that came at a time to come count at once', () => {
  const account = withLot(NO_CREDITS, { id: 'a', timestampMs: NOW_MS + 1000 });
  expect(balanceAt(account, NOW_MS)).toBe(credits(10));
});

test('a spent lot is shown no more', () => {
  expect(lotsAt(used(begun(), 1000), NOW_MS)).toEqual([]);
});

test('a hold pins in burn order, across lots, what others have left free', () => {
  const account = withLot(begun(), { id: 'a', amount: credits(50) });
  const first = pinsFor(account, credits(1010), NOW_MS, {});
  expect(first).toEqual([
    { lot: 'grant/0', microCredits: credits(1000) },
    { lot: 'a', microCredits: credits(10) },
  ]);
  const pinned = { 'grant/0': credits(1000), a: credits(10) };
  expect(availableAt(account, NOW_MS, pinned)).toBe(credits(40));
  expect(pinsFor(account, credits(15), NOW_MS, pinned)).toEqual([
    { lot: 'a', microCredits: credits(15) },
  ]);
});

test('a hold of more than there is pins what there is; one of nothing pins nothing', () => {
  expect(pinsFor(begun(), credits(5000), NOW_MS, {})).toEqual([
    { lot: 'grant/0', microCredits: credits(1000) },
  ]);
  expect(pinsFor(begun(), 0, NOW_MS, {})).toEqual([]);
  expect(pinsFor(NO_CREDITS, 10, NOW_MS, {})).toEqual([]);
});

test('where events burned what a hold counts on, other lots stand in for it', () => {
  const bought = withLot(begun(), { id: 'a', amount: credits(300) });
  const account = used(bought, 900);
  const pinned = { 'grant/0': credits(250) };
  expect(availableAt(account, NOW_MS, pinned)).toBe(credits(150));
  expect(pinsFor(account, credits(400), NOW_MS, pinned)).toEqual([
    { lot: 'a', microCredits: credits(150) },
  ]);
});

test('a pinned lot that is gone is stood in for, the first to burn first', () => {
  const account = withLot(withLot(NO_CREDITS, { id: 'a' }), { id: 'b' });
  const pinned = { gone: credits(12) };
  expect(availableAt(account, NOW_MS, pinned)).toBe(credits(8));
  expect(pinsFor(account, credits(20), NOW_MS, pinned)).toEqual([
    { lot: 'b', microCredits: credits(8) },
  ]);
  expect(availableAt(account, NOW_MS, { gone: credits(30) })).toBe(0);
});

test('a hold that counts on a lot which ended since takes nothing from the others', () => {
  const ends = withLot(begun(), { id: 'gift', expiresAtMs: NOW_MS });
  expect(availableAt(ends, NOW_MS, { gift: credits(10) })).toBe(credits(1000));
});

test('a lot named like something every object has is pinned by nobody', () => {
  const account = withLot(NO_CREDITS, { id: 'constructor' });
  expect(availableAt(account, NOW_MS, {})).toBe(credits(10));
});

test('available and pinned are never more than is left, and pins are what was asked', () => {
  const lots = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 6 });
  const pins = fc.array(fc.nat({ max: 20 }), { maxLength: 7 });
  fc.assert(
    fc.property(lots, pins, fc.nat({ max: 60 }), (amounts, pinnedAmounts, asked) => {
      const account = amounts.reduce(
        (held, amount, index) => withLot(held, { id: `lot-${index}`, amount }),
        NO_CREDITS,
      );
      const pinned = Object.fromEntries(pinnedAmounts.map((on, index) => [`lot-${index}`, on]));
      const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
      const free = Math.max(0, sum(amounts) - sum(pinnedAmounts));
      expect(availableAt(account, NOW_MS, pinned)).toBe(free);
      const own = pinsFor(account, asked, NOW_MS, pinned);
      expect(sum(own.map((pin) => pin.microCredits))).toBe(Math.min(asked, free));
      const left = Object.fromEntries(amounts.map((amount, index) => [`lot-${index}`, amount]));
      const over = own.filter(
        ({ lot, microCredits }) => microCredits + (pinned[lot] ?? 0) > (left[lot] ?? 0),
      );
      expect(over).toEqual([]);
      expect(own.filter((pin) => pin.microCredits <= 0)).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});
