import { STAY_REASONS } from '../../billing/migration/staying.js';
import { totalsOf } from '../../billing/migration/totals.js';
import {
  billsTable,
  totalsText,
  usageTable,
  type MigrationRow,
} from '../../cli/migrationTables.js';

/** A migration as people read it. */

const ROW: MigrationRow = {
  customer: 'acme',
  plan: { id: 'pro', version: 1 },
  periods: 3,
  from: '2026-08-01T00:00:00.000Z',
  until: '2026-11-01T00:00:00.000Z',
  usage: {},
  oldAmountMinor: 9050,
  newAmountMinor: 8000,
  applied: false,
  reason: null,
  at: '2026-12-01T00:00:00.000Z',
};

const bills = (change: Partial<MigrationRow>) =>
  billsTable([{ ...ROW, ...change }], 'pro@2', 'usd');

test('both bills in currency, the difference with its sign', () => {
  expect(bills({})).toMatch(
    /acme +│ pro@1 +│ would on 2026-12-01 +│ +3 │ +\$90.50 │ +\$80.00 │ +-\$10.50/,
  );
  expect(bills({ applied: true })).toMatch(/│ on 2026-12-01 +│/);
});

test.each(STAY_REASONS)('says in words why a customer stays: %s', (reason) => {
  expect(bills({ reason, at: null })).toMatch(/stays: \w+ \w+/);
});

test('usage in groups of three digits, credits with their part behind the point', () => {
  const spread = { p50: 1, p75: 20, p90: 1234567, p95: '1234.5', p99: '12', max: 7 };
  expect(usageTable({ tokens: spread })).toMatch(
    /tokens +│ +1 │ +20 │ +1,234,567 │ +1,234.5 │ +12 │ +7/,
  );
});

test('who pays more, who pays less, all together', () => {
  const both = totalsOf([ROW, { oldAmountMinor: 5, newAmountMinor: 9 }]);
  const text = totalsText(both, 'pro@2', 'usd');
  expect(text.split('\n')).toEqual([
    '2 customers: $90.55 as it is, $80.09 under pro@2.',
    '1 would pay more, $0.04 in all; 1 would pay less, $10.50 in all.',
  ]);
  expect(totalsText(totalsOf([ROW]), 'pro@2', 'usd')).toMatch(/^1 customer: /);
});
