import { alertWords } from '../../../billing/alerts/words.js';
import type { AlertDetails, AlertType } from '../../../billing/alerts/alert.js';

const LIMIT = { limit: 'cap', scope: 'customer', key: null, percent: 80, max: 10_000, used: 8_000 };

const SAID: readonly (readonly [AlertType, AlertDetails, string])[] = [
  ['limit.approaching', LIMIT, 'cap is at 80 %, 8,000 of 10,000 used.'],
  [
    'limit.reached',
    { ...LIMIT, scope: 'user', key: 'u_1', percent: 100, used: 10_000 },
    'cap of user u_1 is at 100 %, 10,000 of 10,000 used.',
  ],
  [
    'limit.reached',
    { ...LIMIT, scope: 'property:team', used: '1234.5', amounts: true },
    'cap of property:team none is at 80 %, 1,234.5 of 10,000 minor units used.',
  ],
  [
    'spend.softReached',
    { softAmountMinor: 8000, accruedAmountMinor: '8123' },
    '8,123 minor units are accrued, the soft amount is 8,000.',
  ],
  ['credits.low', { balance: '1200.5', grant: '9000', percent: 20 }, '1,200.5 credits are left.'],
  ['credits.low', { balance: '1234567.25' }, '1,234,567.25 credits are left.'],
  ['customer.frozen', { reason: 'Runaway.', since: '' }, 'frozen. Runaway.'],
  // Words are told as they are, the numbers in them too; what is not there is left out.
  ['customer.frozen', { reason: '9000 calls of 1000' }, 'frozen. 9000 calls of 1000'],
  ['customer.frozen', {}, 'frozen. '],
  [
    'report.deadLetter',
    { meter: 'tokens', units: 3000, period: 4 },
    'Stripe refused 3,000 of tokens for good, period 4.',
  ],
  [
    'report.deadLetter',
    { meter: 'tokens', eventName: 'durabill_tokens', stripeMeter: 'mtr_1', customers: 1200 },
    "Stripe's meter durabill_tokens is deactivated: each report to it is lost. " +
      'Customers concerned: 1,200.',
  ],
  [
    'invoice.inReview',
    { period: 4 },
    'the invoice of period 4 waits for a review, uncollected.',
  ],
  ['invoice.finalized', { period: 4 }, 'the invoice of period 4 is final.'],
  ['invoice.paid', { period: 4 }, 'the invoice of period 4 is paid.'],
  ['invoice.failed', { period: 4 }, 'the payment of the invoice of period 4 was refused.'],
  [
    'reconcile.difference',
    { where: 'stripeUsage', expected: '10000000', found: '10000001', detail: 'Look.' },
    'stripeUsage: 10,000,000 expected, 10,000,001 found. Look.',
  ],
  [
    'trial.ending',
    { plan: 'pro@1', endsAt: '2026-01-15T00:00:00.000Z' },
    'the trial of pro@1 ends at 2026-01-15T00:00:00.000Z.',
  ],
  ['customer.planChanged', { from: 'free@1', to: 'pro@2' }, 'on pro@2 instead of free@1.'],
];

describe('an alert in words', () => {
  it.each(SAID)('%s', (type, details, words) => {
    expect(alertWords({ customer: 'acme', type, details })).toBe(`acme: ${words}`);
  });

  it('of a type that it does not know is told by its name', () => {
    const type = 'customer.merged' as AlertType;
    expect(alertWords({ customer: 'acme', type, details: {} })).toBe('acme: customer.merged');
  });
});
