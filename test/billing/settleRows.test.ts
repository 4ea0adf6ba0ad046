import fc from 'fast-check';
import type { LogEntry, SumRow } from '../../billing/log.js';
import { mergeRows } from '../../billing/mergedRows.js';
import { addRow } from '../../billing/meters.js';
import type { MeterTotal } from '../../billing/state.js';
import { sumRows } from '../../billing/sums.js';
import { METERS } from './contractCatalogue.js';
import { part, settle, voiding } from './countedEntries.js';
import { NOVEMBER_MS, publishedFor, usage } from './publishedCatalogue.js';

const published = publishedFor();
const BUCKET = NOVEMBER_MS / 1000;

function rowsOf(...entries: readonly LogEntry[]): SumRow[] {
  return sumRows(entries, published);
}

/** Rows as `meter quantity/count`. */
function short(rows: readonly SumRow[]): string[] {
  return rows.map(({ meter, quantity, count }) => `${meter} ${quantity}/${count}`);
}

function totals(rows: readonly SumRow[]): Record<string, MeterTotal> {
  return rows.reduce<Record<string, MeterTotal>>((all, row) => addRow(all, METERS, row), {});
}

describe('what a settle counts', () => {
  it('a row for each used meter, of the commit’s user and properties, dated by the hold', () => {
    const properties = { model: 'large', action: 'chat' };
    const atMs = NOVEMBER_MS + 61_000;
    const entry = settle('r', [part({ images: 3 }, { atMs })], { user: 'u', properties });
    const shared = { bucket: BUCKET + 60, user: 'u', properties: { model: 'large' } };
    const last = { atMs, id: 'settle/r' };
    expect(rowsOf(entry)).toEqual([
      { ...shared, meter: 'images', quantity: 3, count: 1, max: 3, last: { ...last, quantity: 3 } },
      {
        ...shared,
        meter: 'requests',
        derived: true,
        quantity: 1,
        count: 1,
        max: 1,
        last: { ...last, quantity: 1 },
      },
    ]);
  });

  it('a reservation counts once, at quantity 0 too, however many parts it has', () => {
    const first = part({ input_tokens: 0, images: 2 });
    const further = part({ images: 5, output_tokens: 0 }, { hold: 'r+1#2@1', counts: false });
    expect(short(rowsOf(settle('r', [first, further])))).toEqual([
      'input_tokens 0/1',
      'images 7/1',
      'requests 1/1',
    ]);
  });

  it('usage that names a lease counts what was had for it, and a request where it says so', () => {
    const drawn = { hold: 'event/a#4@1', used: { images: 3 }, writeOff: { images: 4 }, since: 0 };
    const of = (counts: boolean) => usage('a', { images: 7 }, { drawn: { ...drawn, counts } });
    expect(short(rowsOf(of(true)))).toEqual(['images 3/1', 'requests 1/1']);
    expect(short(rowsOf(of(false)))).toEqual(['images 3/0']);
  });

  it('each part counts in the bucket of its own hold', () => {
    const late = { hold: 'r+1#2@1', counts: false, atMs: NOVEMBER_MS + 120_000 };
    const rows = rowsOf(settle('r', [part({ images: 2 }), part({ images: 5 }, late)]));
    expect(rows.map(({ bucket, meter, count }) => [bucket - BUCKET, meter, count])).toEqual([
      [0, 'images', 1],
      [0, 'requests', 1],
      [120, 'images', 0],
    ]);
    expect(rows.map(({ quantity }) => quantity)).toEqual([2, 1, 5]);
  });

  it('the last value of two parts of one instant is the greater, in either order', () => {
    const further = { hold: 'r+1#2@1', counts: false };
    const quantities = [
      [part({ images: 2 }), part({ images: 5 }, further)],
      [part({ images: 5 }), part({ images: 2 }, further)],
    ].map((parts) => rowsOf(settle('r', parts))[0]?.last?.quantity);
    expect(quantities).toEqual([5, 5]);
  });

  it('releases and cache hits count nothing, nor does what is written off', () => {
    const used = part({ images: 2 });
    expect(rowsOf(settle('a', [used], { outcome: 'released' }))).toEqual([]);
    expect(rowsOf(settle('b', [used], { outcome: 'cacheHit' }))).toEqual([]);
    const nothing = part({}, { hold: null, writeOff: { images: 9 }, counts: false });
    expect(rowsOf(settle('c', [nothing]))).toEqual([]);
    const rest = { ...part({ images: 2 }), writeOff: { images: 9, input_tokens: 3 } };
    expect(short(rowsOf(settle('d', [rest])))).toEqual(['images 2/1', 'requests 1/1']);
  });

  it('usage and settles of one minute, user and values share a row', () => {
    const rows = rowsOf(usage('a', { images: 4 }), settle('r', [part({ images: 3 })]));
    expect(short(rows)).toEqual(['images 7/2', 'requests 2/2']);
    expect(rows[0]).toMatchObject({ max: 4, last: { id: 'settle/r' } });
  });
});

describe('what a void counts', () => {
  const taken = usage('a', { images: 4, input_tokens: 0 }, { user: 'u', atMs: NOVEMBER_MS + 1 });

  it('takes quantity and count back at the event’s time, and no maximum or last value', () => {
    const shared = { bucket: BUCKET, user: 'u', count: -1, max: 0, last: null };
    const rows = rowsOf(voiding(taken));
    expect(rows).toEqual([
      { ...shared, meter: 'images', quantity: -4 },
      { ...shared, meter: 'input_tokens', quantity: 0 },
      { ...shared, meter: 'requests', derived: true, quantity: -1 },
    ]);
    expect(Object.is(rows[1]?.quantity, 0)).toBe(true);
  });

  it('of usage that was no 1 in count meters takes the quantities back alone', () => {
    const used = { images: 4, input_tokens: 0 };
    const had = { hold: 'l#1@1', used, writeOff: {}, counts: false, since: 0 };
    const rows = rowsOf(
      { ...taken, lease: 'l', drawn: had },
      { ...voiding(taken), counts: false },
    );
    expect(rows).toMatchObject([
      { meter: 'images', quantity: 4, count: 0 },
      { meter: 'images', quantity: -4, count: 0, max: 0, last: null },
    ]);
    expect(rows).toHaveLength(2);
  });

  it('leaves the greatest and the last of a minute as they were', () => {
    const other = usage('b', { images: 3 }, { user: 'u' });
    const rows = rowsOf(taken, other, voiding(taken));
    const { images } = totals(rows);
    expect(images).toMatchObject({ quantity: 3, count: 1, max: 4, last: { id: 'a' } });
  });

  it('stands in rows of its own: only so a fold can tell that something was taken back', () => {
    const other = usage('b', { images: 3 }, { user: 'u' });
    const rows = rowsOf(voiding(taken), other).filter(({ meter }) => meter === 'images');
    expect(rows).toEqual([
      expect.objectContaining({ quantity: -4, count: -1, last: null }),
      expect.objectContaining({ quantity: 3, count: 1, max: 3 }),
    ]);
  });

  it('takes back what the event’s properties let it count in, credits included', () => {
    const event = usage('a', { output_tokens: 100 }, { properties: { model: 'large' } });
    const sums = totals(rowsOf(event, voiding(event)));
    expect(sums).toMatchObject({
      large: { quantity: 0 },
      requests: { count: 0 },
      credits: { quantity: 0 },
    });
    const alone = totals(rowsOf(voiding(event)));
    expect(alone).toMatchObject({ large: { quantity: -100, max: 0, last: null } });
    expect(alone.credits).toMatchObject({ quantity: -1_000_000 });
  });

  it('of a count meter that others add up, takes one back', () => {
    const meters = {
      calls: { name: 'Calls', unit: 'call', aggregation: 'count' as const },
      peak: { name: 'Peak', unit: 'call', aggregation: 'sum' as const, of: ['calls'] },
    };
    const [row] = sumRows([voiding(usage('a', { calls: 9 }))], publishedFor([], meters));
    const sums = addRow({}, meters, row as SumRow);
    expect(sums.peak).toEqual({ quantity: -1, count: -1, max: 0, last: null });
    const [counted] = sumRows([usage('a', { calls: 9 })], publishedFor([], meters));
    const last = { atMs: NOVEMBER_MS, id: 'a', quantity: 1 };
    const one = { quantity: 1, count: 1, max: 1, last };
    expect(addRow({}, meters, counted as SumRow).peak).toEqual(one);
  });
});

const drafts = fc.array(
  fc.record({
    meters: fc.subarray(['input_tokens', 'output_tokens', 'images'], { minLength: 1 }),
    quantity: fc.nat({ max: 1000 }),
    model: fc.constantFrom(undefined, 'large'),
    offsetMs: fc.nat({ max: 200_000 }),
    ends: fc.constantFrom('event', 'void', 'settle'),
  }),
  { maxLength: 20 },
);

/** An event, an event and its void, or the commit of a reservation of the same quantities. */
const entries = drafts.map((all) =>
  all.flatMap(({ meters, quantity, model, offsetMs, ends }, index): LogEntry[] => {
    const quantities = Object.fromEntries(meters.map((meter, n) => [meter, quantity + n]));
    const properties = model === undefined ? undefined : { model };
    const atMs = NOVEMBER_MS + offsetMs;
    const event = usage(`e${index}`, quantities, { properties, atMs });
    if (ends === 'event') return [event];
    if (ends === 'void') return [event, voiding(event)];
    return [settle(`r${index}`, [part(quantities, { atMs })], { properties })];
  }),
);

describe('any usage, settles and voids', () => {
  it('give the same totals in any order and grouping', () => {
    const cases = entries.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.nat({ max: 40 }),
      ),
    );
    fc.assert(
      fc.property(cases, ([all, shuffled, cut]) => {
        const whole = totals(rowsOf(...all));
        const first = rowsOf(...shuffled.slice(0, cut));
        const second = rowsOf(...shuffled.slice(cut));
        expect(totals([...second, ...first])).toEqual(whole);
        expect(totals(mergeRows(first, second))).toEqual(whole);
      }),
    );
  });

  it('count what stands: events not taken back, and commits', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const taken = new Set(all.flatMap((entry) => (entry.kind === 'void' ? entry.event : [])));
        const stands = all.flatMap((entry) => {
          if (entry.kind === 'usage') return taken.has(entry.id) ? [] : [entry.quantities];
          return entry.kind === 'settle' ? entry.parts.map(({ used }) => used) : [];
        });
        const sums = totals(rowsOf(...all));
        const images = stands.reduce((sum, quantities) => sum + (quantities.images ?? 0), 0);
        expect(sums.images?.quantity ?? 0).toBe(images);
        expect(sums.requests?.count ?? 0).toBe(stands.length);
      }),
    );
  });
});
