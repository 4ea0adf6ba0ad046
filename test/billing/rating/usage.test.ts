import fc from 'fast-check';
import type { Meter, Plan, PlanSnapshot } from '../../../billing/catalogue.js';
import type { UsageEntry } from '../../../billing/log.js';
import { mergeRows } from '../../../billing/mergedRows.js';
import { addRow, billableQuantity } from '../../../billing/meters.js';
import { rate, type Rating } from '../../../billing/rating/rate.js';
import { rateMeter } from '../../../billing/rating/rateMeter.js';
import type { MeterTotal } from '../../../billing/state.js';
import { sumRows } from '../../../billing/sums.js';
import { snapshot } from '../contractCatalogue.js';
import { NOVEMBER_MS, publishedFor, usage } from '../publishedCatalogue.js';

/** From events to an invoice: what must not change it, and what must change it exactly so much. */

const METERS: Readonly<Record<string, Meter>> = {
  input: { name: 'Input', unit: 'token', aggregation: 'sum' },
  output: { name: 'Output', unit: 'token', aggregation: 'sum' },
  images: { name: 'Images', unit: 'image', aggregation: 'sum' },
  tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum', of: ['input', 'output'] },
  calls: { name: 'Calls', unit: 'call', aggregation: 'count', of: ['tokens', 'images'] },
  seats: { name: 'Seats', unit: 'seat', aggregation: 'max' },
  stored: { name: 'Stored', unit: 'GB', aggregation: 'last' },
};

const SUMS: Plan['prices'] = {
  tokens: {
    type: 'graduated',
    included: 700,
    tiers: [
      { upTo: 2_000, unitAmountMinor: '0.35', flatAmountMinor: 3 },
      { upTo: 'inf', unitAmountMinor: '0.0125' },
    ],
  },
  images: { type: 'package', size: 7, packageAmountMinor: '1.5', included: 30 },
};

const OTHERS: Plan['prices'] = {
  calls: {
    type: 'volume',
    tiers: [
      { upTo: 4, unitAmountMinor: '5' },
      { upTo: 'inf', unitAmountMinor: '3.5' },
    ],
  },
  seats: { type: 'perUnit', unitAmountMinor: '99.5' },
  stored: { type: 'perUnit', unitAmountMinor: '0.01', included: 3 },
};

function planOf(prices: Plan['prices']): PlanSnapshot {
  return snapshot({ name: 'P', interval: 'month', baseAmountMinor: 2900, prices }, METERS);
}

const published = publishedFor([], METERS);

/** The invoice of these events: each id counts once, groups of `size` are added up, then all. */
function invoiceOf(plan: PlanSnapshot, events: readonly UsageEntry[], size = 7): Rating {
  const once = [...new Map([...events].reverse().map((event) => [event.id, event])).values()];
  let totals: Record<string, MeterTotal> = {};
  for (let from = 0; from < once.length; from += 2 * size) {
    const [a, b] = [from, from + size].map((at) => sumRows(once.slice(at, at + size), published));
    for (const row of mergeRows(a ?? [], b ?? [])) totals = addRow(totals, METERS, row);
  }
  const priced = Object.keys(plan.plan.prices ?? {}).map((id): [string, number] => [
    id,
    billableQuantity(METERS[id] as Meter, totals[id]),
  ]);
  return rate(plan, Object.fromEntries(priced));
}

const events = fc
  .array(
    fc.record({
      meters: fc.subarray(['input', 'output', 'images', 'seats', 'stored'], { minLength: 1 }),
      quantity: fc.nat({ max: 900 }),
      user: fc.constantFrom(undefined, 'u', 'v'),
      offsetMs: fc.nat({ max: 300_000 }),
    }),
    { maxLength: 25 },
  )
  .map((drafts) =>
    drafts.map(({ meters, quantity, user, offsetMs }, index) => {
      const quantities = Object.fromEntries(meters.map((meter, n) => [meter, quantity + n]));
      return usage(`e${index}`, quantities, { user, atMs: NOVEMBER_MS + offsetMs });
    }),
  );

describe('the invoice of any events', () => {
  it('is the same in any order, however often each is repeated, in groups of any size', () => {
    const plan = planOf({ ...SUMS, ...OTHERS });
    const cases = events.chain((all) =>
      fc.record({
        all: fc.constant(all),
        shuffled: fc.shuffledSubarray(all, { minLength: all.length }),
        repeated: fc.subarray(all),
        size: fc.integer({ min: 1, max: 30 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ all, shuffled, repeated, size }) => {
        const other = invoiceOf(plan, [...shuffled, ...repeated, ...repeated], size);
        expect(other).toEqual(invoiceOf(plan, all));
      }),
    );
  });

  it('of sums is the same when events are split or merged', () => {
    const plan = planOf(SUMS);
    const cases = events.chain((all) =>
      fc.tuple(fc.constant(all), fc.array(fc.nat({ max: 900 }), { minLength: all.length })),
    );
    fc.assert(
      fc.property(cases, ([all, cuts]) => {
        const split = all.flatMap((event, index) => halves(event, cuts[index] ?? 0));
        expect(invoiceOf(plan, split)).toEqual(invoiceOf(plan, all));
      }),
    );
  });

  it('has every unit on one line, and each amount is its lines’ sum', () => {
    const plan = planOf(SUMS);
    fc.assert(
      fc.property(events, (all) => {
        const { lines, subtotalMinor } = invoiceOf(plan, all);
        for (const [meter, parts] of [['tokens', ['input', 'output']], ['images', ['images']]]) {
          const used = all.reduce((sum, event) => sum + sumOf(event, parts as string[]), 0);
          const shown = lines
            .filter((line) => line.meter === meter && !line.ref.endsWith('/flat'))
            .reduce((sum, line) => sum + Number(line.quantity), 0);
          expect(shown).toBe(used);
        }
        expect(lines.reduce((sum, line) => sum + line.amountMinor, 0)).toBe(subtotalMinor);
      }),
    );
  });

  it('and late usage as a difference cost what all of it would have cost in time', () => {
    const ids = fc.constantFrom('tokens', 'images');
    const parts = fc.array(fc.nat({ max: 5_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(ids, fc.nat({ max: 5_000 }), parts, (id, frozen, late) => {
        const cost = (units: number) => amountOf(id, units);
        let all = frozen;
        let billedLate = 0;
        for (const units of late) {
          all += units;
          billedLate += cost(all) - cost(frozen) - billedLate;
        }
        expect(cost(frozen) + billedLate).toBe(cost(all));
        // A void after the close: the same difference, below zero.
        const taken = Math.min(frozen, late[0] ?? 0);
        expect(cost(frozen) + (cost(frozen - taken) - cost(frozen))).toBe(cost(frozen - taken));
      }),
    );
  });
});

/** Whole minor units that a quantity costs at the prices of sums. */
function amountOf(id: string, units: number): number {
  const price = SUMS?.[id];
  if (!price) throw new Error(`no price of ${id}`);
  const lines = rateMeter(id, METERS[id] as Meter, price, units);
  return lines.reduce((sum, line) => sum + line.amountMinor, 0);
}

function sumOf({ quantities }: UsageEntry, meters: readonly string[]): number {
  return meters.reduce((sum, meter) => sum + (quantities[meter] ?? 0), 0);
}

/** Two events of other ids that come to the same quantities. */
function halves(event: UsageEntry, cut: number): UsageEntry[] {
  const half = (name: string, share: (quantity: number) => number): UsageEntry => {
    const shares = Object.entries(event.quantities).map(([meter, n]) => [meter, share(n)] as const);
    return { ...event, id: `${event.id}-${name}`, quantities: Object.fromEntries(shares) };
  };
  return [half('a', (n) => Math.min(n, cut)), half('b', (n) => n - Math.min(n, cut))];
}
