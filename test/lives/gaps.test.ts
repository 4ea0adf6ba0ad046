import { changed, DAY_MS, lived, shown, used } from './scripted.js';
import { settleGlobals } from './setting.js';

/**
 * Periods that Stripe makes no draft for, because nothing was used in them: what is ours to bill
 * of them is billed all the same, once.
 */

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/common'),
  ...jest.requireActual<object>('./temporalStandIn'),
}));
jest.mock('node:timers/promises', () => jest.requireActual<object>('./timersStandIn'));
jest.mock('../../dev/stripe/state/ids', () => jest.requireActual<object>('./idsStandIn'));
jest.setTimeout(120_000);

beforeAll(settleGlobals);

it('the base of a plan that follows a period without usage is charged', async () => {
  const outcome = await lived([changed(40, 'tried', 'periodEnd')]);
  expect(shown(outcome).slice(0, 2)).toEqual([
    'cycle 2026-02-01 base/change=2000',
    'cycle 2026-03-01 base=2000',
  ]);
});

it('usage told just after the end of a period that had none is billed, by us', async () => {
  const outcome = await lived([used(31 + 5 / 1440, 300, 10 / 1440), used(45, 2)]);
  expect(shown(outcome)).toEqual([
    'cycle 2026-01-01 tokens/tier-1=450 tokens/tier-1/flat=250',
    'cycle 2026-02-01 tokens/tier-1=3 tokens/tier-1/flat=250',
  ]);
});

it('usage told just after the end of a subscription is billed, too', async () => {
  const canceled = { do: 'cancel', when: 'periodEnd', then: null, afterMs: 20 * DAY_MS } as const;
  const outcome = await lived([canceled, used(31 + 5 / 1440, 300, 10 / 1440)]);
  expect(shown(outcome)).toEqual(['final 2026-01-01 tokens/tier-1=450 tokens/tier-1/flat=250']);
});

it('late usage is billed though nothing was used in the period after it', async () => {
  const outcome = await lived([used(5, 10), used(45, 300, 25), used(80, 7, 34)]);
  expect(shown(outcome)).toEqual([
    'cycle 2026-01-01 tokens/tier-1=15 tokens/tier-1/flat=250',
    'cycle 2026-02-01 late/tokens=445',
    'cycle 2026-03-01 late/tokens=261',
  ]);
});

it('what is taken back of a period goes to the balance, though nothing followed it', async () => {
  const outcome = await lived([
    used(5, 200),
    { do: 'void', pick: 0, telling: 'sums', afterMs: 35 * DAY_MS },
    used(70, 300),
  ]);
  expect(shown(outcome)).toEqual([
    'cycle 2026-01-01 tokens/tier-1=300 tokens/tier-1/flat=250',
    'cycle 2026-02-01 late/tokens=-550',
    'cycle 2026-03-01 tokens/tier-1=450 tokens/tier-1/flat=250',
  ]);
});

it('late usage of a subscription that ends with its period is on its last invoice', async () => {
  const outcome = await lived([
    used(5, 10),
    used(45, 300, 25),
    { do: 'cancel', when: 'periodEnd', then: null, afterMs: 46 * DAY_MS },
  ]);
  expect(shown(outcome)).toEqual([
    'cycle 2026-01-01 tokens/tier-1=15 tokens/tier-1/flat=250',
    'final 2026-02-01 late/tokens=445',
  ]);
});

it('a period with nothing to bill makes no invoice', async () => {
  const outcome = await lived([used(5, 10)]);
  expect(shown(outcome)).toEqual(['cycle 2026-01-01 tokens/tier-1=15 tokens/tier-1/flat=250']);
});
