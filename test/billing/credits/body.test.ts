import { NO_CREDITS } from '../../../billing/credits/account.js';
import { creditEntryBody, creditsBody } from '../../../billing/credits/body.js';
import { begun, closed, credits, period, START_MS, used, withLot } from './world.js';

/** Credits as callers see them. */

test('a customer sees its balance and the lots that make it, first burned first', () => {
  const account = withLot(used(begun(), 300), { id: 'credit/p1', amount: 12_500_001 });
  expect(creditsBody(account, START_MS)).toEqual({
    balance: '712.500001',
    lots: [
      {
        id: 'grant/0',
        kind: 'grant',
        amount: '1000',
        left: '700',
        timestamp: '2026-11-01T00:00:00.000Z',
        expiresAt: '2026-12-01T00:00:00.000Z',
      },
      {
        id: 'credit/p1',
        kind: 'purchase',
        amount: '12.500001',
        left: '12.500001',
        timestamp: '2026-11-01T00:00:00.000Z',
        expiresAt: null,
      },
    ],
  });
});

test('what has ended is shown no more, though no close has booked it', () => {
  expect(creditsBody(begun(), period(0).endMs)).toEqual({ balance: '0', lots: [] });
  expect(creditsBody(NO_CREDITS, 0)).toEqual({ balance: '0', lots: [] });
});

test('entries show decimal strings, and only what they have', () => {
  const account = closed(used(begun(), 0), 0);
  const bodies = used(account, 1, 1).entries.map(creditEntryBody);
  expect(bodies.map((body) => [body.kind, body.amount, body.balanceAfter])).toEqual([
    ['grant', '1000', '1000'],
    ['grant', '1000', '2000'],
    ['expiry', '-1000', '1000'],
    ['rollover', '500', '1500'],
    ['burn', '-1', '1499'],
  ]);
  expect(bodies[0]).toEqual({
    id: 'grant/0',
    kind: 'grant',
    amount: '1000',
    balanceAfter: '1000',
    timestamp: '2026-11-01T00:00:00.000Z',
    expiresAt: '2026-12-01T00:00:00.000Z',
    because: { period: 0 },
  });
  expect(bodies[4]).toEqual({
    id: `burn/1/${period(1).startMs / 1000 + 60}`,
    kind: 'burn',
    amount: '-1',
    balanceAfter: '1499',
    timestamp: '2026-12-01T00:01:00.000Z',
    from: ['grant/1'],
    because: { period: 1 },
  });
  expect(Object.keys(bodies[4] ?? {})).not.toContain('expiresAt');
  expect(Object.keys(bodies[0] ?? {})).not.toContain('from');
});

test('half a credit is "0.5"', () => {
  const account = withLot(NO_CREDITS, { id: 'a', amount: credits(1) / 2 });
  expect(creditsBody(account, 0).balance).toBe('0.5');
  expect(account.entries.map(creditEntryBody)[0]?.amount).toBe('0.5');
});
