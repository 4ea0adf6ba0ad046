import { NO_CREDITS } from '../../../billing/credits/account.js';
import { burn } from '../../../billing/credits/burns.js';
import { addCredits, addLot, creditAmountFault, growLot } from '../../../billing/credits/lots.js';
import { begun, closed, credits, left, START_MS, used } from './world.js';

/** Credits that someone gives. */

const GIFT = { id: 'g1', kind: 'promotion', amount: '12.5', atMs: START_MS } as const;

test('given credits are a lot and an entry under the id of their command', () => {
  const account = addCredits(NO_CREDITS, { ...GIFT, expiresAtMs: START_MS + 1000 });
  expect(account).toEqual({
    lots: [
      {
        id: 'credit/g1',
        kind: 'promotion',
        amount: 12_500_000,
        left: 12_500_000,
        timestampMs: START_MS,
        expiresAtMs: START_MS + 1000,
      },
    ],
    entries: [
      {
        id: 'credit/g1',
        kind: 'promotion',
        amount: 12_500_000,
        balanceAfter: 12_500_000,
        timestampMs: START_MS,
        expiresAtMs: START_MS + 1000,
        because: { operator: 'g1' },
      },
    ],
    uncovered: {},
    totals: { in: 12_500_000, burned: 0, expired: 0 },
  });
});

test('credits without an end show none', () => {
  const account = addCredits(NO_CREDITS, GIFT);
  expect(account.lots[0]?.expiresAtMs).toBeNull();
  expect(account.entries[0]).not.toHaveProperty('expiresAtMs');
  expect(account.entries[0]).not.toHaveProperty('from');
});

test('an id that is known changes nothing, whatever comes with it', () => {
  const account = addCredits(NO_CREDITS, GIFT);
  expect(addCredits(account, { ...GIFT, amount: '99', kind: 'purchase' })).toBe(account);
  expect(left(addCredits(account, { ...GIFT, id: 'g2' }))).toEqual({
    'credit/g1': 12_500_000,
    'credit/g2': 12_500_000,
  });
});

test('an id stays known while its lot is spent and its entry is shown no more', () => {
  let account = addCredits(begun(), { ...GIFT, expiresAtMs: START_MS + 3_600_000 });
  account = { ...used(account, 13), entries: [] };
  expect(left(account)['credit/g1']).toBe(0);
  expect(addCredits(account, GIFT)).toBe(account);
});

test('an id stays known by its entry after a close has dropped its spent lot', () => {
  const spent = used(addCredits(begun(), { ...GIFT, expiresAtMs: START_MS + 3_600_000 }), 13);
  const account = closed(spent, 0);
  expect(left(account)).not.toHaveProperty('credit/g1');
  expect(addCredits(account, GIFT)).toBe(account);
});

test.each(['0', '0.0', '-1', '1.0000001', 'ten', '', '1e3', '9007199254.75', '9007199255'])(
  'an amount of %j gives nothing',
  (amount) => {
    expect(creditAmountFault(amount)).not.toBeNull();
    expect(addCredits(NO_CREDITS, { ...GIFT, amount })).toBe(NO_CREDITS);
  },
);

test('an amount is a decimal string above 0', () => {
  expect(creditAmountFault('0.000001')).toBeNull();
  expect(creditAmountFault('0')).toBe('must be above 0');
  expect(creditAmountFault('ten')).toMatch('decimal string');
});

test('credits beyond what can be counted exactly are refused, whole', () => {
  const lot = { id: 'a', kind: 'purchase', timestampMs: 0, expiresAtMs: null } as const;
  const full = addLot(NO_CREDITS, { ...lot, amount: Number.MAX_SAFE_INTEGER }, {});
  expect(full.totals.in).toBe(Number.MAX_SAFE_INTEGER);
  expect(addLot(full, { ...lot, id: 'b', amount: 1 }, {})).toBe(full);
  expect(growLot(full, full.lots[0]!, 1, {})).toBe(full);
  const burnt = burn(full, { microCredits: 1, segment: 0, atMs: 0, because: {} }).account;
  expect(addLot(burnt, { ...lot, id: 'b', amount: 1 }, {})).toBe(burnt);
});

test('a lot that grows keeps what was burned of it burned', () => {
  const account = used(addCredits(NO_CREDITS, GIFT), 10);
  const grown = growLot(account, account.lots[0]!, credits(5), { operator: 'g1' });
  expect(grown.lots[0]).toMatchObject({ amount: 17_500_000, left: 7_500_000 });
  expect(grown.totals).toEqual({ in: 17_500_000, burned: 10_000_000, expired: 0 });
});
