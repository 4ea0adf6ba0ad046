import { closedThrough, NO_CREDITS } from '../../../billing/credits/account.js';
import { expiriesDue } from '../../../billing/credits/expiry.js';
import { closePeriod, grantPeriod } from '../../../billing/credits/periods.js';
import {
  begun,
  closed,
  credits,
  left,
  period,
  planGranting,
  PREPAID_SNAPSHOT,
  START_MS,
  statement,
  used,
  withLot,
} from './world.js';

/** Grants, closes, roll-overs and what expires. */

const PLAIN = planGranting(null);
const SMALL = planGranting({ amount: '20' });

test('a plan without a grant gives none, and a period gets one once', () => {
  expect(grantPeriod(NO_CREDITS, PLAIN, period(0))).toBe(NO_CREDITS);
  const account = begun();
  expect(grantPeriod(account, PREPAID_SNAPSHOT, period(0))).toEqual(account);
  const spent = used(account, 1000);
  expect(grantPeriod(spent, PREPAID_SNAPSHOT, period(0))).toEqual(spent);
});

test('a grant of nothing is no lot', () => {
  expect(grantPeriod(NO_CREDITS, planGranting({ amount: '0' }), period(0))).toBe(NO_CREDITS);
});

test('a plan that takes a period over raises its grant and moves its end, lowers nothing', () => {
  const account = used(begun(SMALL), 5);
  const longer = { ...period(0), endMs: period(1).endMs };
  const raised = grantPeriod(account, PREPAID_SNAPSHOT, longer);
  expect(raised.lots).toMatchObject([
    { id: 'grant/0', amount: credits(1000), left: credits(995), expiresAtMs: longer.endMs },
  ]);
  expect(raised.totals.in).toBe(credits(1000));
  expect(raised.entries[0]).toMatchObject({
    id: 'grant/0',
    amount: credits(1000),
    expiresAtMs: longer.endMs,
    because: { period: 0 },
  });
  expect(left(grantPeriod(raised, SMALL, longer))).toEqual({ 'grant/0': credits(995) });
});

test('a closed period gets no grant any more', () => {
  const account = closed(begun(), 0);
  expect(closedThrough(NO_CREDITS)).toBe(-1);
  expect(closedThrough(account)).toBe(0);
  expect(grantPeriod(account, PREPAID_SNAPSHOT, period(0))).toBe(account);
});

test('a close that comes again changes nothing', () => {
  const account = closed(used(begun(), 100), 0);
  const again = closePeriod(account, PREPAID_SNAPSHOT, period(0), period(1));
  expect(again).toBe(account);
});

test('without a maximum, or without a grant, nothing rolls over', () => {
  expect(left(closed(begun(SMALL), 0, SMALL))).toEqual({ 'grant/1': credits(20) });
  expect(left(closed(begun(), 0, PLAIN))).toEqual({});
});

test('a roll-over of all that is left names where it came from, and of nothing is none', () => {
  const account = closed(used(begun(), 990), 0);
  expect(account.entries.at(-1)).toEqual({
    id: 'rollover/1',
    kind: 'rollover',
    amount: credits(10),
    balanceAfter: credits(1010),
    timestampMs: period(1).startMs,
    expiresAtMs: period(1).endMs,
    from: ['grant/0'],
    because: { period: 1 },
  });
  expect(account.lots[1]).toMatchObject({ id: 'rollover/1', kind: 'rollover', period: 1 });
  const spent = closed(used(begun(), 1000), 0);
  expect(left(spent)).toEqual({ 'grant/1': credits(1000) });
  expect(spent.entries.at(-1)?.id).toBe('grant/1');
});

test('purchases and promotions never roll over', () => {
  let account = withLot(used(begun(), 900), { id: 'bought', amount: credits(30) });
  account = withLot(account, { id: 'gift', kind: 'promotion', amount: credits(40) });
  expect(left(closed(account, 0))).toEqual({
    'grant/1': credits(1000),
    'rollover/1': credits(100),
    bought: credits(30),
    gift: credits(40),
  });
});

test('what ended by the close expires with an entry each, at its own time', () => {
  const endMs = START_MS + 7_200_000;
  let account = withLot(begun(), { id: 'gift', expiresAtMs: endMs });
  account = withLot(account, { id: 'edge', expiresAtMs: period(0).endMs });
  account = withLot(account, { id: 'later', expiresAtMs: period(0).endMs + 1 });
  expect(expiriesDue(account, endMs - 1)).toEqual([]);
  expect(expiriesDue(account, endMs).map((lot) => lot.id)).toEqual(['gift']);
  const after = closed(account, 0);
  const expiry = after.entries.filter((entry) => entry.kind === 'expiry');
  expect(expiry.map((entry) => entry.id)).toEqual([
    'expiry/gift',
    'expiry/grant/0',
    'expiry/edge',
  ]);
  expect(expiry[0]).toMatchObject({
    amount: credits(-10),
    timestampMs: endMs,
    from: ['gift'],
    because: { period: 0 },
  });
  expect(expiry[2]?.timestampMs).toBe(period(0).endMs);
  expect(left(after)).toMatchObject({ later: credits(10) });
  expect(after.totals.expired).toBe(credits(1020));
});

test('a lot that ended spent is due no more and leaves no entry', () => {
  const gift = { id: 'gift', expiresAtMs: START_MS + 7_200_000 };
  const account = used(withLot(begun(), gift), 10);
  expect(expiriesDue(account, period(0).endMs).map((lot) => lot.id)).toEqual(['grant/0']);
  expect(statement(closed(account, 0)).map(([id]) => id)).not.toContain('expiry/gift');
});

test('a period cut short ends its grant there, and what is left rolls over', () => {
  const cutMs = START_MS + 3_600_000;
  const next = { index: 1, startMs: cutMs, endMs: cutMs + 1000 };
  const account = closePeriod(begun(), PREPAID_SNAPSHOT, { index: 0, endMs: cutMs }, next);
  expect(account.entries[1]).toMatchObject({ id: 'expiry/grant/0', timestampMs: cutMs });
  expect(account.lots).toMatchObject([
    { id: 'rollover/1', left: credits(500), timestampMs: cutMs, expiresAtMs: cutMs + 1000 },
  ]);
});

test('earlier periods that are open still close with a later one', () => {
  const both = grantPeriod(used(begun(), 800), PREPAID_SNAPSHOT, period(1));
  const account = closed(used(both, 900, 1), 1);
  expect(left(account)).toEqual({ 'grant/2': credits(1000), 'rollover/2': credits(300) });
  expect(account.entries.at(-1)?.from).toEqual(['grant/0', 'grant/1']);
  expect(closePeriod(account, PREPAID_SNAPSHOT, period(0), period(1))).toBe(account);
});

test('spent lots go at the close, but the next period still knows of its grant', () => {
  let account = withLot(begun(), { id: 'bought' });
  account = used(used(account, 1010), 1000, 0, 2);
  account = grantPeriod(account, PREPAID_SNAPSHOT, period(1));
  account = closed(used(account, 1000, 1), 0);
  expect(left(account)).toEqual({ 'grant/1': 0 });
});
