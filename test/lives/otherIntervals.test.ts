import type { Timed } from './script.js';
import { changed, DAY_MS, lived, shown, used } from './scripted.js';
import { settleGlobals } from './setting.js';

/**
 * At a period's end to a plan that is billed by another interval: the subscription ends with its
 * period, and another begins there.
 */

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/common'),
  ...jest.requireActual<object>('./temporalStandIn'),
}));
jest.mock('node:timers/promises', () => jest.requireActual<object>('./timersStandIn'));
jest.mock('../../dev/stripe/state/ids', () => jest.requireActual<object>('./idsStandIn'));
jest.setTimeout(120_000);

const YEARLY = { lengthMs: 420 * DAY_MS } as const;

beforeAll(settleGlobals);

it('from months to a year: the last month is final, the year begins with its base', async () => {
  const moves = [used(5, 150), changed(10, 'yearly', 'periodEnd'), used(40, 90)];
  expect(shown(await lived(moves, { ...YEARLY, plan: 'unit' }))).toEqual([
    'start 2026-01-01 base=2900',
    'final 2026-01-01 tokens=25',
    'start 2026-02-01 base=99900',
    'cycle 2026-02-01 tokens/tier-1=250 tokens/tier-1/flat=30 base=99900',
    'cycle 2027-02-01 base=99900',
  ]);
});

it('from a year to months', async () => {
  const moves = [used(5, 41), changed(10, 'unit', 'periodEnd'), used(370, 101)];
  expect(shown(await lived(moves, { ...YEARLY, plan: 'yearly' })).slice(0, 4)).toEqual([
    'start 2026-01-01 base=99900',
    'final 2026-01-01 tokens/tier-1=5 tokens/tier-1/flat=30',
    'start 2027-01-01 base=2900',
    'cycle 2027-01-01 tokens=1 base=2900',
  ]);
});

it('from a plan without base whose last month had nothing: that makes no invoice', async () => {
  const moves = [changed(10, 'yearly', 'periodEnd')];
  expect(shown(await lived(moves))).toEqual([
    'start 2026-02-01 base=99900',
    'cycle 2026-02-01 base=99900',
  ]);
});

it('undone by resume: the months go on', async () => {
  const resumed: Timed = { do: 'resume', afterMs: 20 * DAY_MS };
  const moves = [changed(10, 'yearly', 'periodEnd'), resumed];
  const change = { plan: 'unit', lengthMs: 65 * DAY_MS };
  expect(shown(await lived(moves, change)).slice(0, 3)).toEqual([
    'start 2026-01-01 base=2900',
    'cycle 2026-01-01 base=2900',
    'cycle 2026-02-01 base=2900',
  ]);
});

it('with Stripe away at that moment: it is asked until it answers, nothing is lost', async () => {
  const away: Timed = { do: 'outage', fault: 'refused', left: 40, afterMs: 30.9 * DAY_MS };
  const moves = [
    changed(10, 'yearly', 'periodEnd'),
    away,
    used(31 + 1 / 1440, 60),
    used(31 + 9 / 1440, 60, 8 / 1440),
  ];
  const outcome = await lived(moves, { ...YEARLY, plan: 'unit' });
  expect(shown(outcome)).toEqual([
    'start 2026-01-01 base=2900',
    'start 2026-02-01 base=99900',
    'cycle 2026-02-01 tokens/tier-1=400 tokens/tier-1/flat=30 base=99900',
    'cycle 2027-02-01 base=99900',
  ]);
  // Stripe's year is counted from when it was back.
  const [, , { period } = { period: { end: '' } }] = outcome.invoices;
  expect(period.end > '2027-02-01T00:09').toBe(true);
});
