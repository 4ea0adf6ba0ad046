import { balanceOf } from '../../../billing/credits/account.js';
import { balanceAt } from '../../../billing/credits/balance.js';
import { burn, coveredIn, uncoveredIn } from '../../../billing/credits/burns.js';
import { addCredits } from '../../../billing/credits/lots.js';
import { grantPeriod } from '../../../billing/credits/periods.js';
import { rate } from '../../../billing/rating/rate.js';
import { creditsOf } from '../../../billing/quantity.js';
import {
  begun,
  closed,
  credits,
  left,
  period,
  PREPAID_SNAPSHOT,
  START_MS,
  statement,
  used,
} from './world.js';

/** The contract's plan `prepaid`: 1000 credits a month, 500 roll over, 1.2 cents beyond. */

test('the grant comes at the start of a period and ends with it', () => {
  const account = begun();
  expect(account.lots).toEqual([
    {
      id: 'grant/0',
      kind: 'grant',
      amount: 1_000_000_000,
      left: 1_000_000_000,
      timestampMs: START_MS,
      expiresAtMs: period(0).endMs,
      period: 0,
    },
  ]);
  expect(account.entries).toEqual([
    {
      id: 'grant/0',
      kind: 'grant',
      amount: 1_000_000_000,
      balanceAfter: 1_000_000_000,
      timestampMs: START_MS,
      expiresAtMs: period(0).endMs,
      because: { period: 0 },
    },
  ]);
  expect(balanceAt(account, period(0).endMs - 1)).toBe(credits(1000));
  expect(balanceAt(account, period(0).endMs)).toBe(0);
});

test('what is left rolls over up to 500, and the rest expires', () => {
  const account = closed(used(begun(), 300), 0);
  expect(left(account)).toEqual({ 'grant/1': credits(1000), 'rollover/1': credits(500) });
  expect(statement(account)).toEqual([
    ['grant/0', 1000, 1000],
    [`burn/0/${START_MS / 1000 + 60}`, -300, 700],
    ['grant/1', 1000, 1700],
    ['expiry/grant/0', -700, 1000],
    ['rollover/1', 500, 1500],
  ]);
  expect(account.totals).toEqual({
    in: credits(2500),
    burned: credits(300),
    expired: credits(700),
  });
});

test('what is left of a roll-over and of a grant is one roll-over, never more than 500', () => {
  const second = used(closed(used(begun(), 300), 0), 1200, 1);
  expect(left(second)).toEqual({ 'grant/1': 0, 'rollover/1': credits(300) });
  const third = closed(second, 1);
  expect(left(third)).toEqual({ 'grant/2': credits(1000), 'rollover/2': credits(300) });
  expect(third.entries.at(-1)?.from).toEqual(['rollover/1']);
  expect(left(closed(third, 2))).toEqual({ 'grant/3': credits(1000), 'rollover/3': credits(500) });
  expect(closed(third, 2).entries.at(-1)?.from).toEqual(['grant/2', 'rollover/2']);
});

test('beyond the credits usage is billed at the price of a credit', () => {
  const account = used(begun(), 1250);
  expect(balanceOf(account)).toBe(0);
  expect(uncoveredIn(account, 0)).toBe(credits(250));
  expect(coveredIn(account, 0, credits(1250))).toBe(credits(1000));
  const beyond = creditsOf(uncoveredIn(account, 0));
  const lines = rate(PREPAID_SNAPSHOT, { credits: beyond }).lines;
  expect(lines.find((line) => line.ref === 'credits')?.amountMinor).toBe(300);
});

test('a purchase pays for what comes after it, not for what is billed already', () => {
  const poor = used(begun(), 1250);
  const purchase = { id: 'p1', kind: 'purchase', amount: '100', atMs: START_MS + 120_000 } as const;
  const rich = used(addCredits(poor, purchase), 40, 0, 3);
  expect(left(rich)).toEqual({ 'grant/0': 0, 'credit/p1': credits(60) });
  expect(uncoveredIn(rich, 0)).toBe(credits(250));
});

test('a purchase outlives the period, and the next grant burns before it', () => {
  const purchase = { id: 'p1', kind: 'purchase', amount: '100', atMs: START_MS } as const;
  const account = closed(used(addCredits(begun(), purchase), 1040), 0);
  expect(left(account)).toEqual({ 'grant/1': credits(1000), 'credit/p1': credits(60) });
  expect(left(used(account, 1010, 1))).toEqual({ 'grant/1': 0, 'credit/p1': credits(50) });
});

test('a roll-over pays for what its period used before the last one was closed', () => {
  const next = grantPeriod(used(begun(), 300), PREPAID_SNAPSHOT, period(1));
  const early = used(next, 1200, 1);
  expect(uncoveredIn(early, 1)).toBe(credits(200));
  const account = closed(early, 0);
  expect(uncoveredIn(account, 1)).toBe(0);
  expect(account.uncovered).toEqual({});
  expect(left(account)).toEqual({ 'grant/1': 0, 'rollover/1': credits(300) });
  expect(account.entries.at(-1)).toEqual({
    id: `burn/1/${period(1).startMs / 1000}`,
    kind: 'burn',
    amount: credits(-200),
    balanceAfter: credits(300),
    timestampMs: period(1).startMs,
    from: ['rollover/1'],
    because: { period: 1 },
  });
});

test('a roll-over that does not reach leaves the rest owed, and touches no other lot', () => {
  const next = grantPeriod(used(begun(), 900), PREPAID_SNAPSHOT, period(1));
  const purchase = { id: 'p1', kind: 'purchase', amount: '70', atMs: START_MS } as const;
  const gift = { ...purchase, id: 'g1', expiresAtMs: period(1).endMs - 1 };
  const bought = addCredits(used(next, 1150, 1), purchase);
  const account = closed(addCredits(bought, gift), 0);
  expect(uncoveredIn(account, 1)).toBe(credits(50));
  expect(left(account)).toEqual({
    'credit/g1': credits(70),
    'grant/1': 0,
    'rollover/1': 0,
    'credit/p1': credits(70),
  });
});

test('late usage of a closed period finds neither its grant nor the next one', () => {
  const account = closed(used(begun(), 300), 0);
  const late = burn(account, {
    microCredits: credits(10),
    segment: 0,
    atMs: period(0).endMs - 1,
    because: {},
  });
  expect(late).toMatchObject({ uncovered: credits(10), from: [] });
  expect(left(late.account)).toEqual(left(account));
});
