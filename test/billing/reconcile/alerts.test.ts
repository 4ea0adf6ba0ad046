import { differenceAlerts } from '../../../billing/reconcile/alerts.js';
import type { Difference, DifferenceAction } from '../../../billing/reconcile/difference.js';

/** What reconciliation could not mend, an operator hears of. */

function difference(action: DifferenceAction, found = '101'): Difference {
  const place = { customer: 'acme', where: 'stripeUsage', segment: 3, meter: 'tokens' } as const;
  const numbers = { expected: '100', found, difference: '1' };
  return { ...place, ...numbers, detail: 'look there', action, intent: 'dbl_1', events: ['a'] };
}

test('only what was not repaired is an alert, with all that is known of it', () => {
  const differences = [difference('repaired'), difference('none'), difference('flagged')];
  expect(differenceAlerts(differences, 77)).toEqual([
    {
      key: 'reconcile.difference/stripeUsage/3/tokens/dbl_1/1',
      type: 'reconcile.difference',
      details: {
        where: 'stripeUsage',
        period: 3,
        meter: 'tokens',
        expected: '100',
        found: '101',
        difference: '1',
        detail: 'look there',
      },
      untilMs: 0,
      atMs: 77,
    },
  ]);
});

test('one reconciliation raises 20 alerts at most, the first ones', () => {
  const many = Array.from({ length: 30 }, (_, index) => difference('flagged', `${101 + index}`));
  const alerts = differenceAlerts(many, 0);
  expect(alerts).toHaveLength(20);
  expect(alerts.at(-1)?.details['found']).toBe('120');
});
