import type { Price } from '../../../../billing/catalogue.js';
import { figuresOf, type LineFigures, onePrice, RateCommand } from './rating.js';

const inf = 'inf' as const;
const tiers = (...steps: [number | 'inf', string, number?][]) =>
  steps.map(([upTo, unitAmountMinor, flatAmountMinor]) =>
    flatAmountMinor === undefined
      ? { upTo, unitAmountMinor }
      : { upTo, unitAmountMinor, flatAmountMinor },
  );
const perUnit = (unitAmountMinor: string, included?: number): Price => ({
  type: 'perUnit',
  unitAmountMinor,
  ...(included === undefined ? {} : { included }),
});

type Row = readonly [
  what: string,
  price: Price,
  quantity: number | string,
  lines: readonly LineFigures[],
  baseMinor?: number,
];

/** Figures that Stripe documents, and others computed from the same documented rules. */
const three = tiers([5, '700'], [10, '650'], [inf, '600']);
const V8: Price = { type: 'graduated', tiers: tiers([1_000_000, '0'], [inf, '0.0005']) };
const V6: Price = { type: 'volume', tiers: tiers([10_000, '50'], [inf, '40']) };
const DOCUMENTED: readonly Row[] = [
  ['V1', perUnit('0.05'), 30, [['m', 30, '0.05', 2]]],
  ['V2', { type: 'volume', tiers: three }, 1, [['m/tier-1', 1, '700', 700]]],
  ['V2', { type: 'volume', tiers: three }, 5, [['m/tier-1', 5, '700', 3500]]],
  ['V2', { type: 'volume', tiers: three }, 6, [['m/tier-2', 6, '650', 3900]]],
  ['V2', { type: 'volume', tiers: three }, 20, [['m/tier-3', 20, '600', 12_000]]],
  ['V2', { type: 'volume', tiers: three }, 25, [['m/tier-3', 25, '600', 15_000]]],
  ['V3', { type: 'graduated', tiers: three }, 5, [['m/tier-1', 5, '700', 3500]]],
  [
    'V3',
    { type: 'graduated', tiers: three },
    6,
    [
      ['m/tier-1', 5, '700', 3500],
      ['m/tier-2', 1, '650', 650],
    ],
  ],
  [
    'V4',
    { type: 'graduated', tiers: tiers([100_000, '0'], [inf, '0.1']) },
    250_000,
    [
      ['m/tier-1', 100_000, '0', 0],
      ['m/tier-2', 150_000, '0.1', 15_000],
    ],
    20_000,
  ],
  [
    'V5',
    { type: 'graduated', tiers: tiers([100, '10'], [inf, '5']) },
    150,
    [
      ['m/tier-1', 100, '10', 1000],
      ['m/tier-2', 50, '5', 250],
    ],
  ],
  ['V6', V6, 10_000, [['m/tier-1', 10_000, '50', 500_000]]],
  ['V6', V6, 10_001, [['m/tier-2', 10_001, '40', 400_040]]],
  [
    'V7',
    { type: 'package', size: 60, packageAmountMinor: '1000' },
    150,
    [['m', 150, '1000', 3000, 3]],
  ],
  ['V8', V8, 1_000_000, [['m/tier-1', 1_000_000, '0', 0]]],
  [
    'V8',
    V8,
    1_000_999,
    [
      ['m/tier-1', 1_000_000, '0', 0],
      ['m/tier-2', 999, '0.0005', 0],
    ],
  ],
  [
    'V8',
    V8,
    1_001_001,
    [
      ['m/tier-1', 1_000_000, '0', 0],
      ['m/tier-2', 1001, '0.0005', 1],
    ],
  ],
  [
    'V9',
    V8,
    2_999_000,
    [
      ['m/tier-1', 1_000_000, '0', 0],
      ['m/tier-2', 1_999_000, '0.0005', 1000],
    ],
  ],
];

const half = { type: 'package', size: 10, packageAmountMinor: '99.5', included: 5 } as const;
const flats = tiers([2, '1.5', 100], [4, '1', 0], [inf, '0', 7]);
const MAX = Number.MAX_SAFE_INTEGER;

const COMPUTED: readonly Row[] = [
  ['nothing used', perUnit('5'), 0, []],
  ['nothing used, volume', { type: 'volume', tiers: flats }, 0, []],
  ['nothing used, graduated', { type: 'graduated', included: 1, tiers: flats }, 0, []],
  ['nothing used, packages', half, 0, []],
  ['a tie goes up', perUnit('0.5'), 1, [['m', 1, '0.5', 1]]],
  ['just below a tie goes down', perUnit('0.499999999999'), 1, [['m', 1, '0.499999999999', 0]]],
  ['amounts in their shortest form', perUnit('1.500'), 2, [['m', 2, '1.5', 3]]],
  ['12 decimals', perUnit('0.000000000001'), 500_000_000_000, [['m', 5e11, '0.000000000001', 1]]],
  ['the greatest quantity', perUnit('1'), MAX, [['m', MAX, '1', MAX]]],
  [
    'the greatest quantity at a fine price, exactly',
    perUnit('0.123456789012'),
    MAX,
    [['m', MAX, '0.123456789012', 1_111_999_897_981_602]],
  ],
  ['less than what is included', perUnit('9', 10), 9, [['m/included', 9, '0', 0]]],
  ['just what is included', perUnit('9', 10), 10, [['m/included', 10, '0', 0]]],
  [
    'one beyond what is included',
    perUnit('9', 10),
    11,
    [
      ['m/included', 10, '0', 0],
      ['m', 1, '9', 9],
    ],
  ],
  ['nothing included', perUnit('9', 0), 1, [['m', 1, '9', 9]]],
  [
    'packages after what is included',
    half,
    16,
    [
      ['m/included', 5, '0', 0],
      ['m', 11, '99.5', 199, 2],
    ],
  ],
  [
    'a package just full',
    half,
    15,
    [
      ['m/included', 5, '0', 0],
      ['m', 10, '99.5', 100, 1],
    ],
  ],
  [
    'packages rounded down: the rest is not charged',
    { ...half, round: 'down' },
    24,
    [
      ['m/included', 5, '0', 0],
      ['m', 19, '99.5', 100, 1],
    ],
  ],
  [
    'packages rounded down: none',
    { ...half, round: 'down', included: 0 },
    9,
    [['m', 9, '99.5', 0, 0]],
  ],
  [
    'volume: the rest after what is included picks the tier',
    { type: 'volume', included: 3, tiers: three },
    9,
    [
      ['m/included', 3, '0', 0],
      ['m/tier-2', 6, '650', 3900],
    ],
  ],
  [
    'graduated: what is included is tier 1, tiers count from the first unit',
    { type: 'graduated', included: 3, tiers: three },
    11,
    [
      ['m/tier-1', 3, '0', 0],
      ['m/tier-2', 2, '700', 1400],
      ['m/tier-3', 5, '650', 3250],
      ['m/tier-4', 1, '600', 600],
    ],
  ],
  [
    'a flat amount at the first unit of its tier',
    { type: 'graduated', tiers: flats },
    1,
    [
      ['m/tier-1', 1, '1.5', 2],
      ['m/tier-1/flat', 1, '100', 100],
    ],
  ],
  [
    '… in each tier that is reached, 0 too',
    { type: 'graduated', tiers: flats },
    5,
    [
      ['m/tier-1', 2, '1.5', 3],
      ['m/tier-1/flat', 1, '100', 100],
      ['m/tier-2', 2, '1', 2],
      ['m/tier-2/flat', 1, '0', 0],
      ['m/tier-3', 1, '0', 0],
      ['m/tier-3/flat', 1, '7', 7],
    ],
  ],
  [
    'volume: the flat amount of the tier that prices alone',
    { type: 'volume', tiers: flats },
    5,
    [
      ['m/tier-3', 5, '0', 0],
      ['m/tier-3/flat', 1, '7', 7],
    ],
  ],
];

describe('durabill rate --json: quantities, unit amounts and amounts of each line', () => {
  const command = new RateCommand();
  beforeAll(() => command.open());
  afterAll(() => command.close());

  const rows = [...DOCUMENTED, ...COMPUTED].map((row) => [`${row[0]}: ${row[2]}`, row] as const);
  it.each(rows)('%s', async (_title, [, price, quantity, lines, base]) => {
    const catalogue = onePrice(price, 'm', base === undefined ? {} : { baseAmountMinor: base });
    const printed = await command.printed(catalogue, JSON.stringify({ m: quantity }));
    const baseLine: LineFigures[] = base === undefined ? [] : [['base', 1, String(base), base]];
    const expected = [...lines, ...baseLine];
    expect(printed.lines.map(figuresOf)).toEqual(expected);
    expect(printed.subtotalMinor).toBe(expected.reduce((sum, [, , , amount]) => sum + amount, 0));
    for (const line of printed.lines) {
      expect(line.meter).toBe(line.ref === 'base' ? undefined : 'm');
      expect(line.description).not.toBe('');
    }
  });
});
