import fc from 'fast-check';
import type { LogEntry, SumRow, UsageEntry } from '../../billing/log.js';
import { addRow } from '../../billing/meters.js';
import type { MeterTotal } from '../../billing/state.js';
import { mergeRows } from '../../billing/mergedRows.js';
import { sumRows } from '../../billing/sums.js';
import { METERS } from './contractCatalogue.js';
import { NOVEMBER_MS, publishedFor, usage } from './publishedCatalogue.js';

const published = publishedFor();

/** Rows in one order, so that two lists can be compared. */
function sorted(rows: readonly SumRow[]): SumRow[] {
  const key = (row: SumRow) =>
    JSON.stringify([row.bucket, row.meter, row.user, row.properties]);
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function totals(rows: readonly SumRow[]): Record<string, MeterTotal> {
  return rows.reduce<Record<string, MeterTotal>>((all, row) => addRow(all, METERS, row), {});
}

describe('sums of a group', () => {
  it('one row for each minute, meter, user and named value; a derived count has its own', () => {
    const properties = { model: 'large', action: 'chat', tries: 3 };
    const rows = sumRows(
      [
        usage('a', { input_tokens: 5, output_tokens: 7 }, { user: 'u', properties }),
        usage('b', { input_tokens: 2 }, { user: 'u', properties, atMs: NOVEMBER_MS + 59_999 }),
        usage('c', { images: 1 }, { atMs: NOVEMBER_MS + 60_000 }),
      ],
      published,
    );
    const shared = { bucket: NOVEMBER_MS / 1000, user: 'u', properties: { model: 'large' } };
    const b = { atMs: NOVEMBER_MS + 59_999, id: 'b' };
    const c = { atMs: NOVEMBER_MS + 60_000, id: 'c', quantity: 1 };
    const later = { bucket: NOVEMBER_MS / 1000 + 60, quantity: 1, count: 1, max: 1, last: c };
    expect(rows).toEqual([
      {
        ...shared,
        meter: 'input_tokens',
        quantity: 7,
        count: 2,
        max: 5,
        last: { ...b, quantity: 2 },
      },
      {
        ...shared,
        meter: 'output_tokens',
        quantity: 7,
        count: 1,
        max: 7,
        last: { atMs: NOVEMBER_MS, id: 'a', quantity: 7 },
      },
      {
        ...shared,
        meter: 'requests',
        derived: true,
        quantity: 2,
        count: 2,
        max: 1,
        last: { ...b, quantity: 1 },
      },
      { ...later, meter: 'images' },
      { ...later, meter: 'requests', derived: true },
    ]);
  });

  it('an event that names two meters of a derived count counts once, at quantity 0 too', () => {
    const rows = sumRows([usage('a', { input_tokens: 0, output_tokens: 0, images: 1 })], published);
    expect(rows.filter((row) => row.derived).map((row) => row.count)).toEqual([1]);
  });

  it('a derived count with a where counts the events that match', () => {
    const meters = {
      ...METERS,
      largeCalls: {
        name: 'Large calls',
        unit: 'call',
        aggregation: 'count' as const,
        of: ['large'],
      },
    };
    const rows = sumRows(
      [
        usage('a', { input_tokens: 1 }, { properties: { model: 'huge' } }),
        usage('b', { input_tokens: 1 }, { properties: { model: 'tiny' } }),
        usage('c', { images: 1 }, { properties: { model: 'huge' } }),
      ],
      publishedFor(['model'], meters),
    );
    const counted = rows.filter((row) => row.meter === 'largeCalls');
    expect(counted.map((row) => row.last?.id)).toEqual(['a']);
  });

  it('names only what a row has', () => {
    const [row] = sumRows([usage('a', { images: 1 })], published);
    const names = ['bucket', 'count', 'last', 'max', 'meter', 'quantity'];
    expect(Object.keys(row ?? {}).sort()).toEqual(names);
  });

  it('cache hits and other kinds of entries give no row', () => {
    const fence: LogEntry = { kind: 'fence', id: 'fence/x', fence: { type: 'epoch' }, hash: 'h' };
    expect(sumRows([usage('a', { images: 1 }, { free: true }), fence], published)).toEqual([]);
  });

  it('users and values that look alike when joined stay apart', () => {
    const rows = sumRows(
      [
        usage('a', { images: 1 }, { user: 'x', properties: { model: '1:y', team: '' } }),
        usage('b', { images: 1 }, { user: 'x', properties: { model: '', team: '1:y' } }),
        usage('c', { images: 1 }, { user: 'x-', properties: { model: '1:y' } }),
        usage('d', { images: 1 }, { properties: { model: '1:y', team: '' } }),
        usage('e', { images: 1 }, { user: '-', properties: { model: '1:y', team: '' } }),
      ],
      published,
    );
    expect(rows.filter((row) => row.meter === 'images')).toHaveLength(5);
    const one = (properties: UsageEntry['properties']) => usage('a', { images: 1 }, { properties });
    const values = [one({ model: 'v' }), one({ team: 'v' }), one({ model: 'v', team: 'v' })];
    expect(sumRows(values, published).filter((row) => row.meter === 'images')).toHaveLength(3);
  });

  it('numbers and flags are kept as strings; other values of a name are not kept', () => {
    const properties: UsageEntry['properties'] = { model: 4, team: false };
    const odd: UsageEntry['properties'] = JSON.parse('{"constructor": 1}') as { model: number };
    const rows = sumRows(
      [usage('a', { images: 1 }, { properties }), usage('b', { images: 1 }, { properties: odd })],
      publishedFor(['constructor', 'model', 'team']),
    );
    const values = rows.filter((row) => !row.derived).map((row) => row.properties);
    expect(JSON.stringify(values)).toBe('[{"model":"4","team":"false"},{"constructor":"1"}]');
  });
});

const events = fc
  .array(
    fc.record({
      meters: fc.subarray(['input_tokens', 'output_tokens', 'images'], { minLength: 1 }),
      quantity: fc.nat({ max: 1000 }),
      user: fc.constantFrom(undefined, 'u', 'v'),
      model: fc.constantFrom(undefined, 'large', 'small'),
      offsetMs: fc.nat({ max: 200_000 }),
      free: fc.constantFrom(undefined, undefined, undefined, true as const),
    }),
    { maxLength: 30 },
  )
  .map((drafts) =>
    drafts.map(({ meters, quantity, model, offsetMs, ...rest }, index): UsageEntry => {
      const quantities = Object.fromEntries(meters.map((meter, n) => [meter, quantity + n]));
      const properties = model === undefined ? undefined : { model };
      return usage(`e${index}`, quantities, { ...rest, properties, atMs: NOVEMBER_MS + offsetMs });
    }),
  );

describe('any usage', () => {
  it('gives the same rows in whatever order the events came', () => {
    fc.assert(
      fc.property(
        events.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(sorted(sumRows(shuffled, published))).toEqual(sorted(sumRows(all, published)));
        },
      ),
    );
  });

  it('gives the same totals however it is split into groups and merged again', () => {
    fc.assert(
      fc.property(events, fc.nat({ max: 30 }), (all, cut) => {
        const whole = sumRows(all, published);
        const first = sumRows(all.slice(0, cut), published);
        const second = sumRows(all.slice(cut), published);
        expect(sorted(mergeRows(first, second))).toEqual(sorted(whole));
        expect(totals([...first, ...second])).toEqual(totals(whole));
        expect(totals(mergeRows(second, first))).toEqual(totals(whole));
      }),
    );
  });

  it('merging is associative and leaves its inputs as they were', () => {
    fc.assert(
      fc.property(events, events, events, (a, b, c) => {
        const [x, y, z] = [a, b, c].map((list) => sumRows(list, published)) as [
          SumRow[],
          SumRow[],
          SumRow[],
        ];
        const before = JSON.stringify([x, y, z]);
        const left = mergeRows(mergeRows(x, y), z);
        expect(left).toEqual(mergeRows(x, mergeRows(y, z)));
        expect(JSON.stringify([x, y, z])).toBe(before);
      }),
    );
  });

  it('counts every event once: quantities and derived counts equal the events’ own', () => {
    fc.assert(
      fc.property(events, (all) => {
        const counted = all.filter((event) => !event.free);
        const sum = totals(sumRows(all, published));
        const images = counted.reduce((n, event) => n + (event.quantities.images ?? 0), 0);
        expect(sum.images?.quantity ?? 0).toBe(images);
        expect(sum.requests?.count ?? 0).toBe(counted.length);
      }),
    );
  });
});
