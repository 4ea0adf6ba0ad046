import type { Timed } from './script.js';
import { changed, DAY_MS, lived, shown, used } from './scripted.js';
import { settleGlobals } from './setting.js';

/**
 * A subscription is to end with its period, and Stripe can't be told before that is over: it
 * begins another there. It is ended as soon as Stripe answers, and its new base comes back whole.
 */

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/common'),
  ...jest.requireActual<object>('./temporalStandIn'),
}));
jest.mock('node:timers/promises', () => jest.requireActual<object>('./timersStandIn'));
jest.mock('../../dev/stripe/state/ids', () => jest.requireActual<object>('./idsStandIn'));
jest.setTimeout(120_000);

const MONTHLY = { plan: 'unit', lengthMs: 80 * DAY_MS } as const;

/** Stripe can't be reached from shortly before the end of January on, for so many requests. */
const away = (left: number): Timed => {
  return { do: 'outage', fault: 'refused', left, afterMs: 30.9 * DAY_MS };
};

const canceled = (then: 'free' | null): Timed => {
  return { do: 'cancel', when: 'periodEnd', then, afterMs: 30.995 * DAY_MS };
};

beforeAll(settleGlobals);

it('canceled, Stripe back within the hour: the base goes off the last invoice', async () => {
  const outcome = await lived([used(5, 150), away(40), canceled(null)], MONTHLY);
  expect(shown(outcome)).toEqual([
    'start 2026-01-01 base=2900',
    'final 2026-01-01 tokens=25 credit=-2900 base=2900',
  ]);
});

it('canceled, Stripe back much later: its invoice is paid, and the base refunded', async () => {
  const moves = [used(5, 150), away(600), canceled(null), used(31.2, 7, 0.3)];
  expect(shown(await lived(moves, MONTHLY))).toEqual([
    'start 2026-01-01 base=2900',
    'final 2026-01-01 tokens=25 base=2900',
    'late 2026-01-01 late/tokens=4',
  ]);
});

it('to a plan without prices: it begins there at once', async () => {
  const outcome = await lived([used(5, 150), away(40), canceled('free'), used(31.2, 7)], MONTHLY);
  expect(shown(outcome)).toEqual([
    'start 2026-01-01 base=2900',
    'final 2026-01-01 tokens=25 credit=-2900 base=2900',
  ]);
});

it('to a plan of another interval: the year begins once the months have ended', async () => {
  const year = changed(30.995, 'yearly', 'periodEnd');
  const longer = { ...MONTHLY, lengthMs: 420 * DAY_MS };
  const outcome = await lived([used(5, 150), away(40), year], longer);
  expect(shown(outcome)).toEqual([
    'start 2026-01-01 base=2900',
    'final 2026-01-01 tokens=25 credit=-2900 base=2900',
    'start 2026-02-01 base=99900',
    'cycle 2026-02-01 base=99900',
    'cycle 2027-02-01 base=99900',
  ]);
});

it('told, and the answer lost: it has ended with its period', async () => {
  const lost: Timed = { do: 'outage', fault: 'resetAfter', left: 40, afterMs: 30.9 * DAY_MS };
  const outcome = await lived([used(5, 150), lost, canceled(null)], MONTHLY);
  expect(shown(outcome)).toEqual(['start 2026-01-01 base=2900', 'final 2026-01-01 tokens=25']);
});

it.each([
  ['within the hour', 40, ['final 2026-01-01 credit=-2000 base=2000']],
  ['much later', 600, ['final 2026-01-01 base=2000']],
] as const)('a trial, Stripe back %s: its first base comes back', async (_when, left, invoices) => {
  const moves: Timed[] = [
    used(5, 150),
    { ...away(left), afterMs: 13.99 * DAY_MS },
    { ...canceled(null), afterMs: 13.995 * DAY_MS },
  ];
  const outcome = await lived(moves, { ...MONTHLY, plan: 'tried' });
  expect(shown(outcome)).toEqual(invoices);
});

it('a plan without base: nothing is left of it', async () => {
  const outcome = await lived([used(5, 150), away(40), canceled(null)], { lengthMs: 80 * DAY_MS });
  expect(shown(outcome)).toEqual([
    'final 2026-01-01 tokens/tier-1=225 tokens/tier-1/flat=250',
  ]);
});

describe('told that it ends, and not in time that it goes on', () => {
  const soon: Timed = { do: 'cancel', when: 'periodEnd', then: null, afterMs: 20 * DAY_MS };
  const resumed: Timed = { do: 'resume', afterMs: 30.995 * DAY_MS };

  it('a plan that was to follow on it has a subscription of its own', async () => {
    const next = changed(30.995, 'tiers', 'periodEnd');
    const outcome = await lived([used(5, 150), soon, away(60), next, used(40, 60)], MONTHLY);
    expect(shown(outcome).slice(0, 4)).toEqual([
      'start 2026-01-01 base=2900',
      'final 2026-01-01 tokens=25',
      'start 2026-02-01 base=990',
      'cycle 2026-02-01 tokens/tier-2=30 base=990',
    ]);
  });

  it('resumed too late it has ended: the customer has left', async () => {
    const moves = [used(5, 150), soon, away(60), resumed, used(40, 60)];
    const outcome = await lived(moves, MONTHLY);
    expect(shown(outcome)).toEqual(['start 2026-01-01 base=2900', 'final 2026-01-01 tokens=25']);
  });

  it('resumed too late, and a plan for the end after: it has ended all the same', async () => {
    const moves = [
      used(5, 150),
      soon,
      away(600),
      resumed,
      changed(31 + 30 / 1440, 'tiers', 'periodEnd'),
    ];
    const outcome = await lived(moves, MONTHLY);
    expect(shown(outcome)).toEqual(['start 2026-01-01 base=2900', 'final 2026-01-01 tokens=25']);
  });

  it('told, and the answer lost: it goes on', async () => {
    const lost: Timed = { do: 'outage', fault: 'resetAfter', left: 40, afterMs: 30.9 * DAY_MS };
    const outcome = await lived([used(5, 150), soon, lost, resumed], MONTHLY);
    expect(shown(outcome).slice(0, 2)).toEqual([
      'start 2026-01-01 base=2900',
      'cycle 2026-01-01 tokens=25 base=2900',
    ]);
  });
});
