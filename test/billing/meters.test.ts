import type { Meter } from '../../billing/catalogue.js';
import { countingRules } from '../../billing/counting.js';
import type { SumRow } from '../../billing/log.js';
import {
  addRow,
  billableQuantity,
  derivedCountMeters,
  metersCounting,
  namedProperties,
} from '../../billing/meters.js';
import type { MeterTotal } from '../../billing/state.js';
import { sumRows } from '../../billing/sums.js';
import { CATALOGUE, METERS } from './contractCatalogue.js';
import { publishedFor, usage } from './publishedCatalogue.js';

function counting(meter: string, properties?: Record<string, string>): string[] {
  return metersCounting(METERS, meter, properties).map(
    ({ meter: id, factor, credits }) => `${id}${credits ? `*${factor}` : ''}`,
  );
}

function row(meter: string, quantity: number, more: Partial<SumRow> = {}): SumRow {
  const last = { atMs: 60_000, id: 'e', quantity };
  return { bucket: 60, meter, quantity, count: 1, max: quantity, last, ...more };
}

function fold(rows: readonly SumRow[], meters: Readonly<Record<string, Meter>> = METERS) {
  return rows.reduce<Record<string, MeterTotal>>(
    (totals, each) => addRow(totals, meters, each),
    {},
  );
}

describe('which meters count a quantity', () => {
  it('the meter itself, sums over it whose conditions are met, and credits', () => {
    expect(counting('input_tokens')).toEqual(['input_tokens', 'tokens', 'credits*1000']);
    expect(counting('images')).toEqual(['images', 'credits*5000000']);
  });

  it('every `where` on the way must match; a missing property matches none', () => {
    expect(counting('input_tokens', { model: 'huge' })).toContain('large');
    expect(counting('input_tokens', { model: 'small' })).not.toContain('large');
    expect(counting('input_tokens', { team: 'large' })).not.toContain('large');
  });

  it('the first rate that matches wins', () => {
    expect(counting('output_tokens', { model: 'large' })).toContain('credits*10000');
    expect(counting('output_tokens', { model: 'small' })).toContain('credits*1000');
    expect(counting('input_tokens', { model: 'large' })).toContain('credits*1000');
  });

  it('values are compared as strings, whatever their type in the catalogue', () => {
    const meters: Record<string, Meter> = {
      a: { name: 'A', unit: 'a', aggregation: 'sum' },
      b: { name: 'B', unit: 'a', aggregation: 'sum', of: ['a'], where: { size: [1, true] } },
    };
    const ids = (size: string) => metersCounting(meters, 'a', { size }).map(({ meter }) => meter);
    expect([ids('1'), ids('true'), ids('2')]).toEqual([['a', 'b'], ['a', 'b'], ['a']]);
  });

  it('a quantity reached on two ways counts once', () => {
    const meters: Record<string, Meter> = {
      ...METERS,
      all: { name: 'All', unit: 'token', aggregation: 'sum', of: ['tokens', 'input_tokens'] },
    };
    expect(fold([row('input_tokens', 5)], meters).all?.quantity).toBe(5);
  });

  it('any one of several ways is enough, for sums, credits and counts', () => {
    const large = { name: 'L', unit: 't', aggregation: 'sum' as const, of: ['a'] };
    const meters: Record<string, Meter> = {
      a: { name: 'A', unit: 't', aggregation: 'sum' },
      b: { ...large, where: { size: 'big' } },
      c: { ...large, where: { team: 'x' } },
      either: { name: 'E', unit: 't', aggregation: 'sum', of: ['b', 'c'] },
      calls: { name: 'C', unit: 't', aggregation: 'count', of: ['b', 'c'] },
    };
    const ids = metersCounting(meters, 'a', { team: 'x' }).map(({ meter }) => meter);
    expect(ids).toEqual(['a', 'c', 'either']);
    const published = publishedFor(['size', 'team'], meters);
    const event = (team: string) => usage('e', { a: 1 }, { properties: { team } });
    const rowsOf = (team: string) => sumRows([event(team)], published);
    const counts = ['x', 'y'].map((team) => rowsOf(team).map(({ meter }) => meter));
    expect(counts).toEqual([['a', 'calls'], ['a']]);
  });

  it('rules are made once for each meter; names nobody knows are not kept', () => {
    const meters = { ...METERS };
    expect(countingRules(meters, 'images')).toBe(countingRules(meters, 'images'));
    expect(countingRules(meters, 'videos')).toEqual([]);
    expect(countingRules(meters, 'videos')).not.toBe(countingRules(meters, 'videos'));
  });

  it('a row of a meter that the catalogue no longer has changes nothing', () => {
    expect(fold([row('videos', 5)])).toEqual({});
  });

  it('unknown meters and inherited names are no meters', () => {
    expect(metersCounting(METERS, 'constructor', undefined)).toEqual([]);
    expect(metersCounting(METERS, 'videos', undefined)).toEqual([]);
  });
});

describe('totals', () => {
  it('a row grows its own meter and all that add it up; nothing else is touched', () => {
    const before = fold([row('images', 3)]);
    const large = row('output_tokens', 500, { properties: { model: 'large' } });
    const after = addRow(before, METERS, large);
    expect(Object.keys(after).sort()).toEqual([
      'credits',
      'images',
      'large',
      'output_tokens',
      'tokens',
    ]);
    expect(after.images).toBe(before.images);
    expect(after.credits?.quantity).toBe(15_000_000 + 5_000_000);
    expect(before).toEqual(fold([row('images', 3)]));
  });

  it('a derived count grows by its own rows alone', () => {
    const reported = fold([row('input_tokens', 5), row('images', 1)]);
    expect(reported.requests).toBeUndefined();
    const own = fold([row('requests', 2, { derived: true, count: 2 })]);
    expect(own.requests?.count).toBe(2);
    expect(Object.keys(own)).toEqual(['requests']);
  });

  it('credits for a request come from the rows of the derived count', () => {
    const rates = [{ meter: 'requests', creditsPerUnit: '0.25' }];
    const meters = { ...METERS, credits: { ...(METERS.credits as Meter), rates } };
    const rows = [row('input_tokens', 900), row('requests', 3, { derived: true, count: 3 })];
    expect(fold(rows, meters).credits?.quantity).toBe(750_000);
  });

  it('a row of a meter that is no derived count here is not counted as one', () => {
    expect(fold([row('tokens', 2, { derived: true })])).toEqual({});
  });

  it('a sum over a count meter adds one for each event, whatever its quantity', () => {
    const meters: Record<string, Meter> = {
      calls: { name: 'Calls', unit: 'call', aggregation: 'count' },
      all: { name: 'All', unit: 'call', aggregation: 'sum', of: ['calls'] },
    };
    const totals = fold([row('calls', 700, { count: 2 })], meters);
    expect(totals.all?.quantity).toBe(2);
    expect(totals.calls).toMatchObject({ quantity: 700, count: 2, max: 700 });
  });

  it.each([
    ['sum', 12],
    ['count', 3],
    ['max', 7],
    ['last', 2],
  ] as const)('a %s meter bills %d', (aggregation, billed) => {
    const meter: Meter = { name: 'M', unit: 'u', aggregation };
    const totals = fold(
      [
        row('m', 3, { last: { atMs: 5, id: 'a', quantity: 3 } }),
        row('m', 7, { last: { atMs: 9, id: 'a', quantity: 7 } }),
        row('m', 2, { last: { atMs: 9, id: 'b', quantity: 2 } }),
      ],
      { m: meter },
    );
    expect(billableQuantity(meter, totals.m)).toBe(billed);
    expect(billableQuantity(meter, undefined)).toBe(0);
    const nothing = { quantity: 0, count: 0, max: 0, last: null };
    expect(billableQuantity(meter, nothing)).toBe(0);
  });

  it('no order of rows matters, even of one event that names two meters of a derived one', () => {
    const rows = [row('input_tokens', 5), row('output_tokens', 7), row('images', 0)];
    expect(fold(rows)).toEqual(fold([...rows].reverse()));
    expect(fold(rows).tokens?.last?.quantity).toBe(7);
  });

  it('a billed total beyond 2^53-1 is refused, never rounded; credits too', () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(fold([row('images', 1e9)]).images?.quantity).toBe(1e9);
    expect(() => fold([row('images', 2e9)])).toThrow('the total of meter credits is beyond');
    const alone = { images: METERS.images as Meter };
    expect(() => fold([row('images', most), row('images', 1)], alone)).toThrow(/images/);
    const peak = { images: { ...alone.images, aggregation: 'max' as const } };
    expect(fold([row('images', most), row('images', 1)], peak).images?.max).toBe(most);
  });
});

describe('names', () => {
  it('of properties come from every where and scope, sorted', () => {
    const costs = [{ meter: 'images', where: { zone: 'eu' }, unitCostMinor: '1' }];
    expect(namedProperties({ ...CATALOGUE, costs })).toEqual(['model', 'team', 'zone']);
  });

  it('of properties: one is enough, in a meter, a rate, a cost or a scope', () => {
    const meter = { name: 'M', unit: 'u', aggregation: 'sum' } as const;
    const rate = { meter: 'a', creditsPerUnit: '1', where: { r: '1' } };
    const meters = { a: meter, b: { ...meter, where: { m: 1 } }, c: { ...meter, rates: [rate] } };
    expect(namedProperties({ meters, plans: {} })).toEqual(['m', 'r']);
  });

  it('of derived counts are told', () => {
    expect(derivedCountMeters(METERS)).toEqual(['requests']);
  });
});
