import fc from 'fast-check';
import type { Lot, LotKind } from '../../../billing/credits/account.js';
import { NO_CREDITS } from '../../../billing/credits/account.js';
import { burn } from '../../../billing/credits/burns.js';
import { compareLots, insertLot, pays, takeFrom } from '../../../billing/credits/order.js';
import { credits, START_MS, withLot } from './world.js';

/** Burn order: earliest end (none: last), promotion … purchase, then oldest. */

const DAY_MS = 86_400_000;

function orderOf(lots: readonly Partial<Lot>[]): string[] {
  const named = lots.map((lot, index) => ({ ...lot, id: lot.id ?? `lot-${index}` }));
  const account = named.reduce(withLot, NO_CREDITS);
  const ask = { microCredits: credits(1000), segment: 0, atMs: START_MS, because: {} };
  return [...burn(account, ask).from];
}

test('what ends first burns first, whatever its kind, and what never ends burns last', () => {
  expect(
    orderOf([
      { id: 'never', kind: 'promotion' },
      { id: 'late', kind: 'promotion', expiresAtMs: START_MS + 2 * DAY_MS },
      { id: 'soon', kind: 'purchase', expiresAtMs: START_MS + DAY_MS },
      { id: 'never too', kind: 'promotion' },
    ]),
  ).toEqual(['soon', 'late', 'never', 'never too']);
});

test('of one end: promotion, grant, rollover, refund, purchase', () => {
  const kinds: LotKind[] = ['purchase', 'refund', 'rollover', 'grant', 'promotion'];
  const lots = kinds.map((kind) => ({ id: kind, kind, expiresAtMs: START_MS + DAY_MS }));
  expect(orderOf(lots)).toEqual([...kinds].reverse());
});

test('of one end and kind: the oldest, then the one that came first', () => {
  expect(
    orderOf([
      { id: 'new', timestampMs: START_MS + 5 },
      { id: 'old', timestampMs: START_MS - 5 },
      { id: 'new too', timestampMs: START_MS + 5 },
    ]),
  ).toEqual(['old', 'new', 'new too']);
});

const lot: fc.Arbitrary<Lot> = fc.record({
  id: fc.uuid(),
  kind: fc.constantFrom<LotKind>('promotion', 'grant', 'rollover', 'refund', 'purchase'),
  amount: fc.constant(10),
  left: fc.nat({ max: 10 }),
  timestampMs: fc.nat({ max: 3 }),
  expiresAtMs: fc.option(fc.nat({ max: 3 })),
});

test('lots put in one by one stand in order, whatever came first', () => {
  fc.assert(
    fc.property(fc.array(lot, { maxLength: 12 }), (lots) => {
      const placed = lots.reduce<Lot[]>(insertLot, []);
      expect(placed).toHaveLength(lots.length);
      const pairs = placed.slice(1).map((next, index) => compareLots(placed[index] as Lot, next));
      expect(pairs.filter((order) => order > 0)).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

test('the order is the same seen from both sides', () => {
  fc.assert(
    fc.property(lot, lot, (a, b) => {
      expect(Math.sign(compareLots(a, b)) + Math.sign(compareLots(b, a))).toBe(0);
    }),
    { numRuns: 3000 },
  );
});

test('a lot pays for usage up to its end, also for usage older than itself', () => {
  const promotion: Lot = {
    id: 'credit/a',
    kind: 'promotion',
    amount: 10,
    left: 10,
    timestampMs: 1000,
    expiresAtMs: 2000,
  };
  expect(pays(promotion, { segment: 3, atMs: 1999 })).toBe(true);
  expect(pays(promotion, { segment: 3, atMs: 2000 })).toBe(false);
  expect(pays(promotion, { segment: 3, atMs: 5 })).toBe(true);
  expect(pays({ ...promotion, expiresAtMs: null }, { segment: 3, atMs: 9000 })).toBe(true);
});

test('a grant pays for its own period alone, also for usage dated before it', () => {
  const grant: Lot = {
    id: 'grant/3',
    kind: 'grant',
    amount: 10,
    left: 10,
    timestampMs: 1000,
    expiresAtMs: 2000,
    period: 3,
  };
  expect(pays(grant, { segment: 3, atMs: 1500 })).toBe(true);
  expect(pays(grant, { segment: 3, atMs: 500 })).toBe(true);
  expect(pays(grant, { segment: 2, atMs: 999 })).toBe(false);
  expect(pays(grant, { segment: 4, atMs: 1500 })).toBe(false);
});

test('nothing is taken where nothing is wanted, and no lot is touched', () => {
  const lots = withLot(NO_CREDITS, { id: 'a' }).lots;
  expect(takeFrom(lots, 0, () => true)).toEqual({ lots, from: [], taken: 0 });
  expect(takeFrom(lots, 5, () => false)).toEqual({ lots, from: [], taken: 0 });
});
