import { NO_CREDITS } from '../../../billing/credits/account.js';
import {
  burn,
  coveredIn,
  forgetUncovered,
  refundBurn,
  uncoveredIn,
} from '../../../billing/credits/burns.js';
import { begun, closed, credits, left, START_MS, used, withLot } from './world.js';

/** Credits are used and come back. */

const USE = { microCredits: 30, segment: 2, atMs: START_MS + 5, because: {} };
const VOID = { microCredits: 30, segment: 2, atMs: START_MS + 5, event: 'e1', expiresAtMs: null };

test('without credits all is owed by its segment, and no entry tells of it', () => {
  const { account, uncovered, from } = burn(burn(NO_CREDITS, USE).account, USE);
  expect([uncovered, from]).toEqual([30, []]);
  expect(account).toEqual({ ...NO_CREDITS, uncovered: { 2: 60 } });
});

test('nothing used changes nothing', () => {
  const account = begun();
  for (const microCredits of [0, -1]) {
    const burned = burn(account, { ...USE, segment: 0, microCredits });
    expect(burned).toEqual({ account, uncovered: 0, from: [] });
    expect(burned.account).toBe(account);
  }
});

test('a burn tells the lots that paid and what none did', () => {
  const account = withLot(NO_CREDITS, { id: 'a', amount: 10 });
  const burned = burn(withLot(account, { id: 'b', amount: 15 }), USE);
  expect([burned.from, burned.uncovered]).toEqual([['a', 'b'], 5]);
  expect(burned.account.totals).toEqual({ in: 25, burned: 25, expired: 0 });
  expect(burned.account.uncovered).toEqual({ 2: 5 });
});

test('what is covered is what was used without what is owed, never below zero', () => {
  const { account } = burn(NO_CREDITS, USE);
  expect(uncoveredIn(account, 2)).toBe(30);
  expect(uncoveredIn(account, 1)).toBe(0);
  expect(coveredIn(account, 2, 100)).toBe(70);
  expect(coveredIn(account, 1, 100)).toBe(100);
  expect(coveredIn(account, 2, 20)).toBe(0);
});

test('what is taken back is first no longer owed, and only then credits again', () => {
  const owing = burn(NO_CREDITS, USE).account;
  const partly = refundBurn(owing, { ...VOID, microCredits: 20 });
  expect(partly).toEqual({ account: { ...NO_CREDITS, uncovered: { 2: 10 } }, refunded: 0 });
  const { account, refunded } = refundBurn(partly.account, VOID);
  expect(refunded).toBe(20);
  expect(account.uncovered).toEqual({});
  expect(account.lots).toEqual([
    {
      id: 'refund/e1',
      kind: 'refund',
      amount: 20,
      left: 20,
      timestampMs: START_MS,
      expiresAtMs: null,
    },
  ]);
});

test('what another segment owes stays owed', () => {
  const owing = burn(burn(NO_CREDITS, USE).account, { ...USE, segment: 3 }).account;
  const { account } = refundBurn(owing, { ...VOID, microCredits: 50 });
  expect(account.uncovered).toEqual({ 3: 30 });
  expect(left(account)).toEqual({ 'refund/e1': 20 });
});

test('parts of one event add up in one lot, which keeps its first end', () => {
  const once = refundBurn(NO_CREDITS, { ...VOID, expiresAtMs: START_MS + 9 }).account;
  const { account, refunded } = refundBurn(once, { ...VOID, microCredits: 12 });
  expect(refunded).toBe(12);
  expect(account.lots).toMatchObject([{ amount: 42, left: 42, expiresAtMs: START_MS + 9 }]);
});

test('a refund says why where it is not the event it is named by', () => {
  const { account } = refundBurn(NO_CREDITS, { ...VOID, because: { period: 2 } });
  expect(account.entries[0]).toMatchObject({ id: 'refund/e1', because: { period: 2 } });
});

test('nothing taken back changes nothing', () => {
  const owing = burn(NO_CREDITS, USE).account;
  for (const microCredits of [0, -5]) {
    const { account, refunded } = refundBurn(owing, { ...VOID, microCredits });
    expect(account).toBe(owing);
    expect(refunded).toBe(0);
  }
});

test('a refund is used up before purchases and after grants', () => {
  const bought = withLot(used(begun(), 10), { id: 'a' });
  const { account } = refundBurn(bought, { ...VOID, segment: 0, microCredits: credits(2) });
  expect(left(used(account, 993))).toEqual({ 'grant/0': 0, 'refund/e1': 0, a: credits(9) });
});

test('what segments before the first kept one owe is forgotten', () => {
  const owing = burn(burn(NO_CREDITS, USE).account, { ...USE, segment: 10 }).account;
  expect(forgetUncovered(owing, 2)).toBe(owing);
  expect(forgetUncovered(owing, 3).uncovered).toEqual({ 10: 30 });
  expect(forgetUncovered(owing, 11).uncovered).toEqual({});
});

test('a void after the close of its period gives credits that the next one can use', () => {
  const { account } = refundBurn(closed(used(begun(), 600), 0), {
    ...VOID,
    segment: 0,
    microCredits: credits(40),
  });
  expect(left(account)).toEqual({
    'grant/1': credits(1000),
    'rollover/1': credits(400),
    'refund/e1': credits(40),
  });
});
