import type { Timed } from './script.js';
import { changed, DAY_MS, lived, shown, used } from './scripted.js';
import { settleGlobals } from './setting.js';

/** A plan that changes in the very minute in which a period has begun: its base comes back. */

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/common'),
  ...jest.requireActual<object>('./temporalStandIn'),
}));
jest.mock('node:timers/promises', () => jest.requireActual<object>('./timersStandIn'));
jest.mock('../../dev/stripe/state/ids', () => jest.requireActual<object>('./idsStandIn'));
jest.setTimeout(120_000);

const MONTHS = { plan: 'unit', lengthMs: 61 * DAY_MS } as const;
const SECOND_DAYS = 1 / 86_400;

const invoices = async (moves: readonly Timed[]) => shown(await lived(moves, MONTHS));

beforeAll(settleGlobals);

it.each([0, 30])('%d s after a cycle has charged it', async (seconds) => {
  const moves = [used(5, 150), changed(31 + seconds * SECOND_DAYS, 'tiers', 'now')];
  const made = await invoices(moves);
  expect(made.slice(0, 4).sort()).toEqual([
    'cycle 2026-01-01 tokens=25 base=2900',
    'final 2026-02-01 base/unused=-2900',
    'start 2026-01-01 base=2900',
    'start 2026-02-01 base=990',
  ]);
});

it('what was used in it goes along, and can be taken back', async () => {
  const moves: Timed[] = [
    used(31, 150),
    changed(31 + 5 * SECOND_DAYS, 'bulk', 'now'),
    used(31.5, 20),
    { do: 'void', pick: 0, telling: 'sums', afterMs: 32 * DAY_MS },
  ];
  expect(await invoices(moves)).toContain(
    'cycle 2026-02-01 tokens/tier-2=163 late/tokens=-163 base=1',
  );
});

it('of a subscription that had just begun, and again', async () => {
  const moves = [changed(0, 'tiers', 'now'), changed(20 * SECOND_DAYS, 'flat', 'now')];
  expect((await invoices(moves)).slice(0, 5).sort()).toEqual([
    'final 2026-01-01 base/unused=-2900',
    'final 2026-01-01 base/unused=-990',
    'start 2026-01-01 base=2900',
    'start 2026-01-01 base=4999',
    'start 2026-01-01 base=990',
  ]);
});

it('to a plan without base, by another interval, and to none', async () => {
  for (const plan of ['metered', 'yearly', 'free']) {
    const made = await invoices([used(5, 150), changed(31, plan, 'now')]);
    expect(made).toContain('cycle 2026-01-01 tokens=25 base=2900');
  }
});
