import fc from 'fast-check';
import type { Limit } from '../../../billing/catalogue.js';
import { cellEntries } from '../../../billing/cells.js';
import { heldByMeter } from '../../../billing/limits/heldByMeter.js';
import type { LimitContext } from '../../../billing/limits/context.js';
import { standingsOf } from '../../../billing/limits/standings.js';
import type { UsageEntry } from '../../../billing/log.js';
import { addRow, billableQuantity } from '../../../billing/meters.js';
import { microCreditsOf } from '../../../billing/quantity.js';
import { sumRows } from '../../../billing/sums.js';
import type { MeterTotal } from '../../../billing/state.js';
import { METERS } from '../contractCatalogue.js';
import { publishedFor } from '../publishedCatalogue.js';
import { ask, contextFor, holding, holdOf, NOON_MS, planOf, used } from './limited.js';

/** Limits see usage, holds and totals by one and the same rules. */

const WINDOWS = ['minute', 'day', 'period', 'lifetime'] as const;
const SCOPES = ['customer', 'user', 'property:team'] as const;

/** Every meter of the contract under every scope, windows in turn. */
const LIMITS: Limit[] = Object.keys(METERS).flatMap((meter, index) =>
  SCOPES.map((scope, turn): Limit => {
    const window = WINDOWS[(index + turn) % WINDOWS.length] ?? 'day';
    return { id: `${meter}-${turn}`, meters: [meter], max: 1, window, scope };
  }),
);

const PLAN = planOf(LIMITS, {
  prices: {
    tokens: { type: 'perUnit', unitAmountMinor: '1' },
    images: { type: 'perUnit', unitAmountMinor: '1' },
  },
});

const quantity = fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined });

const entries: fc.Arbitrary<UsageEntry> = fc
  .record({
    input_tokens: quantity,
    output_tokens: quantity,
    images: quantity,
    model: fc.constantFrom('large', 'huge', 'small', undefined),
    team: fc.constantFrom('red', 'null', undefined),
    user: fc.constantFrom('u_1', 'null', undefined),
  })
  .map(({ model, team, user, ...quantities }) => ({
    kind: 'usage',
    id: 'e',
    hash: '',
    user,
    atMs: NOON_MS,
    quantities: defined(quantities),
    properties: defined({ model, team }),
  }));

function defined<Value>(record: Record<string, Value | undefined>): Record<string, Value> {
  const given = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, Value>;
}

/** Everything that a part of the counters says. */
function cells(context: LimitContext, part: 'used' | 'held'): Record<string, unknown> {
  const all = Object.entries(context.counters).flatMap(([name, counter]) =>
    counter.flatMap((bucket) =>
      cellEntries(bucket[part]).map(([key, amount]) => {
        return [`${name} ${bucket.startMs} ${key}`, amount] as const;
      }),
    ),
  );
  return Object.fromEntries(all);
}

describe('counters agree', () => {
  it('with each other: what a hold debits is what its event counts', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const properties = entry.properties as Record<string, string>;
        const hold = holdOf(ask(entry.quantities, { user: entry.user ?? null, properties }));
        const counted = used(contextFor(PLAN), ...sumRows([entry], publishedFor()));
        expect(cells(holding(contextFor(PLAN), hold), 'held')).toEqual(cells(counted, 'used'));
      }),
      { numRuns: 150 },
    );
  });

  it('with the totals that are billed, meter by meter, and with what is held by meter', () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 6 }), (list) => {
        const rows = list.flatMap((entry) => sumRows([entry], publishedFor()));
        const ever = planOf(
          Object.keys(METERS).map((id): Limit => {
            return { id, meters: [id], max: 1, window: 'lifetime', scope: 'customer' };
          }),
        );
        const standings = standingsOf(used(contextFor(ever), ...rows));
        const totals = rows.reduce(
          (all, row) => addRow(all, METERS, row),
          {} as Record<string, MeterTotal>,
        );
        const held = heldByMeter(ever, list.map((entry) => holdOf(askOf(entry))));
        for (const { id, used: units } of standings) {
          const meter = METERS[id];
          const billed = meter ? billableQuantity(meter, totals[id]) : -1;
          expect(id === 'credits' ? microCreditsOf(String(units)) : units).toBe(billed);
          expect(held[id] ?? 0).toBe(billed);
        }
      }),
      { numRuns: 100 },
    );
  });
});

function askOf({ quantities, user, properties }: UsageEntry) {
  return ask(quantities, {
    user: user ?? null,
    properties: properties as Record<string, string>,
  });
}
