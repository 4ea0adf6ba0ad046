import type { Limit, Window } from '../../../billing/catalogue.js';
import { firstBoundaryMs } from '../../../billing/holds/leaseEnd.js';
import { UTC } from '../../../billing/windows/zone.js';
import { planWith, tokens } from './world.js';

const AT_MS = Date.UTC(2026, 10, 10, 12, 34, 56);
const PERIOD = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) };
const NEVER = Number.MAX_SAFE_INTEGER;

function boundary(
  limits: readonly Partial<Limit>[],
  period: typeof PERIOD | null = null,
  quantities = tokens(1),
) {
  const full = limits.map(
    (limit, n): Limit => ({
      id: `limit-${n}`,
      meters: ['tokens'],
      max: 1,
      window: 'day',
      scope: 'customer',
      ...limit,
    }),
  );
  const open = period && { ...period, index: 0, totals: {} };
  return firstBoundaryMs({ snapshot: planWith(full), zone: UTC, period: open }, quantities, AT_MS);
}

describe('a lease ends before the first boundary it debits', () => {
  it.each<[Window, number]>([
    ['minute', Date.UTC(2026, 10, 10, 12, 35)],
    ['hour', Date.UTC(2026, 10, 10, 13)],
    ['day', Date.UTC(2026, 10, 11)],
    ['week', Date.UTC(2026, 10, 16)],
    ['month', Date.UTC(2026, 11, 1)],
    ['lifetime', NEVER],
    ['period', NEVER],
  ])('of a calendar window: %s', (window, endMs) => {
    expect(boundary([{ window }])).toBe(endMs);
  });

  it('of a sliding window it ends with the bucket, as its usage is dated there', () => {
    expect(boundary([{ window: 'minute', sliding: true }])).toBe(AT_MS + 4_000);
    expect(boundary([{ window: 'day', sliding: true }])).toBe(Date.UTC(2026, 10, 10, 13));
  });

  it('of the period', () => {
    expect(boundary([], PERIOD)).toBe(PERIOD.endMs);
    expect(boundary([{ window: 'day' }], PERIOD)).toBe(Date.UTC(2026, 10, 11));
  });

  it('of the first of several', () => {
    expect(boundary([{ window: 'day' }, { window: 'hour' }])).toBe(Date.UTC(2026, 10, 10, 13));
  });

  it('whatever the conditions of a limit, but only if it names its meters', () => {
    expect(boundary([{ meters: ['large'], window: 'hour' }])).toBe(Date.UTC(2026, 10, 10, 13));
    expect(boundary([{ meters: ['requests'], window: 'hour' }])).toBe(
      Date.UTC(2026, 10, 10, 13),
    );
    expect(boundary([{ meters: ['images'], window: 'hour' }])).toBe(NEVER);
    const both = ['images', 'tokens'];
    expect(boundary([{ meters: both, window: 'hour' }])).toBe(Date.UTC(2026, 10, 10, 13));
    const counted = boundary([{ meters: ['requests'], window: 'hour' }], null, { requests: 1 });
    expect(counted).toBe(Date.UTC(2026, 10, 10, 13));
  });

  it('or never, under a plan without limits', () => {
    const { limits: _none, ...plan } = planWith([]).plan;
    const context = { snapshot: { ...planWith([]), plan }, zone: UTC, period: null };
    expect(firstBoundaryMs(context, tokens(1), AT_MS)).toBe(NEVER);
  });

  it('but no soft limit: it refuses nothing', () => {
    expect(boundary([{ window: 'hour', enforcement: 'soft' }])).toBe(NEVER);
    expect(boundary([{ window: 'hour', enforcement: 'hard' }])).not.toBe(NEVER);
  });
});
