import type { CreditAccount } from '../../../billing/credits/account.js';
import {
  ENTRIES_KEPT,
  NO_CREDITS,
  NO_CREDITS_ALL_ENTRIES,
} from '../../../billing/credits/account.js';
import { burn, refundBurn } from '../../../billing/credits/burns.js';
import { begun, credits, START_MS, statement, used, withLot } from './world.js';

/** The statement: burns a minute each, balances that add up. */

const minute = (count: number) => `burn/0/${START_MS / 1000 + count * 60}`;

function usedFor(account: CreditAccount, because: object, atMs = START_MS): CreditAccount {
  return burn(account, { microCredits: credits(1), segment: 0, atMs, because }).account;
}

test('burns of one minute are one entry, of another minute another', () => {
  let account = begun();
  account = usedFor(account, {}, START_MS + 60_000);
  account = usedFor(account, {}, START_MS + 119_999);
  account = usedFor(account, {}, START_MS + 120_000);
  expect(statement(account).slice(1)).toEqual([
    [minute(1), -2, 998],
    [minute(2), -1, 997],
  ]);
  expect(account.entries[1]?.timestampMs).toBe(START_MS + 60_000);
});

test('usage of an earlier minute that comes late joins it, and later balances follow', () => {
  let account = used(used(begun(), 10, 0, 1), 20, 0, 2);
  account = used(used(account, 5, 0, 3), 100, 0, 1);
  expect(statement(account)).toEqual([
    ['grant/0', 1000, 1000],
    [minute(1), -110, 890],
    [minute(2), -20, 870],
    [minute(3), -5, 865],
  ]);
});

test('a burn that only later credits could pay stands behind them', () => {
  let account = used(begun(), 1000, 0, 1);
  account = withLot(account, { id: 'a', amount: credits(50) });
  account = withLot(account, { id: 'b', amount: credits(50) });
  expect(statement(used(account, 20, 0, 1)).slice(1)).toEqual([
    ['a', 50, 1050],
    [minute(1), -1020, 30],
    ['b', 50, 80],
  ]);
  expect(statement(used(account, 70, 0, 1)).slice(1)).toEqual([
    ['a', 50, 1050],
    ['b', 50, 1100],
    [minute(1), -1070, 30],
  ]);
});

test('an earlier balance of exactly zero is no reason to move', () => {
  let account = used(begun(), 990, 0, 1);
  account = withLot(account, { id: 'a', amount: credits(50) });
  expect(statement(used(account, 10, 0, 1)).slice(1)).toEqual([
    [minute(1), -1000, 0],
    ['a', 50, 50],
  ]);
});

test('a burn names every lot it took from, once, in burn order', () => {
  let account = withLot(begun(), { id: 'a', amount: credits(50) });
  account = used(used(used(account, 990), 20), 30);
  expect(account.entries.at(-1)).toMatchObject({ id: minute(1), from: ['grant/0', 'a'] });
});

test('a burn says why as far as all of its minute agree', () => {
  const because = (account: CreditAccount) => account.entries.at(-1)?.because;
  const once = usedFor(begun(), { event: 'e1', operator: 'o' });
  expect(because(once)).toEqual({ event: 'e1', operator: 'o', period: 0 });
  expect(because(usedFor(once, { event: 'e1', operator: 'o' }))).toEqual(because(once));
  expect(because(usedFor(once, { event: 'e2', operator: 'o' }))).toEqual({
    operator: 'o',
    period: 0,
  });
  const held = usedFor(begun(), { reservation: 'r1' });
  expect(because(usedFor(held, { reservation: 'r1' }))).toEqual({ reservation: 'r1', period: 0 });
  expect(because(usedFor(held, { event: 'e1' }))).toEqual({ period: 0 });
  expect(Object.keys(because(usedFor(held, { event: 'e1' })) ?? {})).toEqual(['period']);
});

test('a refund that grows is one entry with the sum', () => {
  const refund = { microCredits: 5, segment: 0, event: 'e1', expiresAtMs: null };
  const once = refundBurn(used(begun(), 10), { ...refund, atMs: START_MS }).account;
  const twice = refundBurn(once, { ...refund, atMs: START_MS + 999_999 }).account;
  expect(twice.entries.slice(2)).toEqual([
    {
      id: 'refund/e1',
      kind: 'refund',
      amount: 10,
      balanceAfter: credits(990) + 10,
      timestampMs: START_MS,
      because: { event: 'e1' },
    },
  ]);
});

function afterMinutes(account: CreditAccount, minutes: number): CreditAccount {
  let after = account;
  for (let count = 1; count <= minutes; count += 1) after = used(after, 1, 0, count);
  return after;
}

test('the state keeps the newest 50 entries, a fold for the statement keeps all', () => {
  expect(ENTRIES_KEPT).toBe(50);
  const short = afterMinutes(begun(undefined, NO_CREDITS), 60).entries;
  const all = afterMinutes(begun(undefined, NO_CREDITS_ALL_ENTRIES), 60).entries;
  expect(all).toHaveLength(61);
  expect(short).toEqual(all.slice(-50));
});

test('an entry that the state dropped begins anew, and balances still hold', () => {
  const account = used(afterMinutes(begun(undefined, NO_CREDITS), 60), 4, 0, 1);
  expect(account.entries).toHaveLength(50);
  expect(statement(account).at(-1)).toEqual([minute(1), -4, 936]);
});
