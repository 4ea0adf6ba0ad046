import type { Meter, Price } from '../../../billing/catalogue.js';
import { rate, UsageFaultsError } from '../../../billing/rating/rate.js';
import { rateMeter } from '../../../billing/rating/rateMeter.js';
import { volumeCharges } from '../../../billing/rating/volume.js';
import { METERS, snapshot } from '../contractCatalogue.js';

/** What an invoice line says, and which fields it has. */

function described(price: Price, quantity: number, id = 'images'): string[] {
  const lines = rateMeter(id, METERS[id] as Meter, price, quantity);
  return lines.map(({ ref, description, quantity: units }) => `${ref} ${units}: ${description}`);
}

const tiers = [
  { upTo: 2_000, unitAmountMinor: '3', flatAmountMinor: 5 },
  { upTo: 5_000, unitAmountMinor: '2' },
  { upTo: 'inf' as const, unitAmountMinor: '1', flatAmountMinor: 7 },
];
const open = [{ upTo: 'inf' as const, unitAmountMinor: '1', flatAmountMinor: 7 }];

describe('a line says which units it is for', () => {
  it('per unit and package: the included ones, and the rest', () => {
    expect(described({ type: 'perUnit', unitAmountMinor: '1', included: 1_000 }, 1_200)).toEqual([
      'images/included 1000: Images: first 1,000 included',
      'images 200: Images',
    ]);
    const packages: Price = { type: 'package', size: 1_500, packageAmountMinor: '1' };
    expect(described(packages, 3)).toEqual(['images 3: Images: packages of 1,500']);
  });

  it('graduated: the first tier is only called included where it is', () => {
    expect(described({ type: 'graduated', tiers }, 5_001)).toEqual([
      'images/tier-1 2000: Images: first 2,000',
      'images/tier-1/flat 1: Images: first 2,000, flat amount',
      'images/tier-2 3000: Images: 2,001 to 5,000',
      'images/tier-3 1: Images: 5,001 and above',
      'images/tier-3/flat 1: Images: 5,001 and above, flat amount',
    ]);
    expect(described({ type: 'graduated', tiers, included: 500 }, 600)).toEqual([
      'images/tier-1 500: Images: first 500 included',
      'images/tier-2 100: Images: 501 to 2,000',
      'images/tier-2/flat 1: Images: 501 to 2,000, flat amount',
    ]);
    expect(described({ type: 'graduated', tiers: open }, 2)).toEqual([
      'images/tier-1 2: Images',
      'images/tier-1/flat 1: Images: flat amount',
    ]);
  });

  it('volume: the tier that prices all', () => {
    expect(described({ type: 'volume', tiers }, 1)[0]).toBe(
      'images/tier-1 1: Images: all at the price for first 2,000',
    );
    expect(described({ type: 'volume', tiers }, 2_001)).toEqual([
      'images/tier-2 2001: Images: all at the price for 2,001 to 5,000',
    ]);
    expect(described({ type: 'volume', tiers }, 9_999)[0]).toBe(
      'images/tier-3 9999: Images: all at the price for 5,001 and above',
    );
    expect(described({ type: 'volume', tiers: open }, 2)[0]).toBe('images/tier-1 2: Images');
  });

  it('only package lines name packages', () => {
    const [unit] = rateMeter('images', METERS.images as Meter, { type: 'volume', tiers: open }, 1);
    expect(Object.keys(unit ?? {})).toEqual([
      'ref',
      'meter',
      'description',
      'quantity',
      'unitAmountMinor',
      'amountMinor',
    ]);
  });
});

describe('credits are priced by the credit, whatever the price', () => {
  it.each<[Price, string[]]>([
    [
      { type: 'package', size: 10, packageAmountMinor: '1', included: 2 },
      ['credits/included 2: Credits: first 2 included', 'credits 12.5: Credits: packages of 10'],
    ],
    [
      { type: 'volume', tiers, included: 2 },
      [
        'credits/included 2: Credits: first 2 included',
        'credits/tier-1 12.5: Credits: all at the price for first 2,000',
        'credits/tier-1/flat 1: Credits: all at the price for first 2,000, flat amount',
      ],
    ],
  ])('%j', (price, lines) => {
    const meter = METERS.credits as Meter;
    const rated = rateMeter('credits', meter, price, '14.5');
    expect(rated.map((line) => `${line.ref} ${line.quantity}: ${line.description}`)).toEqual(lines);
    expect(rated.find(({ packages }) => packages !== undefined)?.packages ?? 2).toBe(2);
  });
});

describe('what can not be rated is said', () => {
  const plan = snapshot({ name: 'P', interval: 'month', prices: {} });

  it('every fault of a usage, by path, in the error and its text', () => {
    const usage = { videos: 1, images: -1 };
    const texts = [
      'usage.videos: is no meter of the catalogue',
      'usage.images: must be a whole number from 0 to 2^53-1',
    ];
    const found = (() => {
      try {
        return rate(plan, usage);
      } catch (error) {
        return error;
      }
    })();
    expect(found).toBeInstanceOf(UsageFaultsError);
    expect(found).toMatchObject({
      name: 'UsageFaultsError',
      message: `usage can't be rated: ${texts.join('; ')}`,
    });
  });

  it('a subtotal beyond exact numbers, though each line is within', () => {
    const unit: Price = { type: 'perUnit', unitAmountMinor: '1' };
    const dear = snapshot({ name: 'P', interval: 'month', prices: { images: unit, tokens: unit } });
    const most = Number.MAX_SAFE_INTEGER;
    expect(rate(dear, { images: most, tokens: 0 }).subtotalMinor).toBe(most);
    expect(() => rate(dear, { images: most, tokens: 1 })).toThrow(
      'a subtotal beyond 2^53-1 minor units: 9007199254740992',
    );
  });

  it('a quantity above the last tier of a price that was never checked', () => {
    const price = { type: 'volume', tiers: tiers.slice(0, 2) } as const;
    const meter = { id: 'images', name: 'Images', scale: 1 } as const;
    expect(() => volumeCharges(meter, price, 5_001)).toThrow(
      'images: no tier of its price takes 5001 units',
    );
  });
});
