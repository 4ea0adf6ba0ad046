import { dueAlerts, alertsRaised } from '../../../billing/alerts/due.js';
import { withAlerts, withOverdue } from '../../../billing/alerts/alert.js';
import { overdueAlerts } from '../../../billing/alerts/overdueAlerts.js';
import { alertWords } from '../../../billing/alerts/words.js';
import { reported } from '../../../billing/customer/close/results.js';
import type { CustomerState } from '../../../billing/state.js';
import { folded, row, START_MS, subscribed, used } from '../customer/world.js';

/** Usage that is not reported is told of five days before Stripe would refuse it. */

const DAY_MS = 86_400_000;
const USED_MS = START_MS + DAY_MS;
const DUE_MS = USED_MS + 30 * DAY_MS;

const state = (): CustomerState => {
  const counted = folded([used(3, 3, [row(USED_MS, 300)])], subscribed());
  return withOverdue(withAlerts(counted));
};

const overdue = (of: CustomerState, nowMs: number) =>
  dueAlerts(of, nowMs).filter(({ type }) => type === 'report.overdue');

it('comes when the usage is 30 days old, once for its meter and period', () => {
  expect(overdue(state(), DUE_MS - 1)).toEqual([]);
  expect(overdueAlerts(state(), DUE_MS - 1)).toEqual([]);
  const [alert, ...others] = overdue(state(), DUE_MS);
  expect(others).toEqual([]);
  expect(alert).toMatchObject({
    key: 'report.overdue/tokens/0',
    details: {
      meter: 'tokens',
      units: 300,
      since: '2026-01-02T00:00:00.000Z',
      period: 0,
      start: '2026-01-01T00:00:00.000Z',
      end: '2026-02-01T00:00:00.000Z',
    },
    untilMs: 0,
    atMs: DUE_MS,
  });
  const raised = alertsRaised(state(), alert ? [alert] : [], DUE_MS);
  expect(overdue(raised, DUE_MS + DAY_MS)).toEqual([]);
  expect(raised.alerts?.overdue).toBe(true);
  const details = alert?.details ?? {};
  const words = alertWords({ customer: 'acme', type: 'report.overdue', details });
  expect(words).toBe('acme: 300 of tokens are not reported, period 0.');
});

it('of what Stripe accepted, or refused for good, nothing is told', () => {
  const totals = { intended: 300, accepted: 200, inDoubt: 0, deadLetter: 100, lastAtMs: USED_MS };
  const done = reported(state(), 0, 'tokens', totals);
  expect(overdue(done, DUE_MS)).toEqual([]);
  const doubtful = { ...totals, accepted: 200, inDoubt: 60, deadLetter: 40 };
  const open = reported(state(), 0, 'tokens', doubtful);
  expect(overdue(open, DUE_MS)[0]?.details['units']).toBe(60);
});

it('counts from the period’s start where nothing says when it was used', () => {
  const [segment] = state().segments;
  if (!segment) throw new Error('no period');
  const undated = { ...state(), segments: [{ ...segment, newest: {} }] };
  expect(overdue(undated, START_MS + 30 * DAY_MS - 1)).toEqual([]);
  expect(overdue(undated, START_MS + 30 * DAY_MS)).toHaveLength(1);
});

it('is told by customers whose run knows of it, and by none without alerts', () => {
  const plain = folded([used(3, 3, [row(USED_MS, 300)])], subscribed());
  expect(overdue(withAlerts(plain), DUE_MS)).toEqual([]);
  expect(withOverdue(plain)).toBe(plain);
  expect(overdueAlerts(plain, DUE_MS)).toEqual([]);
  const once = withOverdue(withAlerts(plain));
  expect(withOverdue(once)).toBe(once);
});
