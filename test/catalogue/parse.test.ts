import { readFileSync } from 'node:fs';
import { parseCatalogue } from '../../catalogue/parse.js';
import { CATALOGUE } from '../billing/contractCatalogue.js';

/** The contract's example as plain data that a test may spoil. */
function example() {
  return JSON.parse(JSON.stringify(CATALOGUE)) as {
    [field: string]: unknown;
    meters: Record<string, Record<string, unknown>>;
    plans: Record<string, Record<string, unknown>>;
  };
}

function faultsOf(input: unknown) {
  const parsed = parseCatalogue(input);
  return 'faults' in parsed ? parsed.faults : [];
}

function texts(input: unknown): string[] {
  return faultsOf(input).map(({ path, value }) => `${path} = ${JSON.stringify(value)}`);
}

describe('a catalogue as data', () => {
  it('the contract’s example is taken as it stands, without $schema', () => {
    expect(parseCatalogue({ $schema: './x.json', ...example() })).toEqual({ catalogue: CATALOGUE });
  });

  it('the default catalogue has no fault', () => {
    const text = readFileSync('durabill.catalogue.json', 'utf8');
    expect(faultsOf(JSON.parse(text))).toEqual([]);
  });

  it('five faults, of shape and of rules, are told at once with path and value', () => {
    const broken = example();
    broken.colour = 'red';
    broken.meters.images = { ...broken.meters.images, aggregation: 'avg' };
    broken.plans.pro = {
      ...broken.plans.pro,
      baseAmountMinor: '29.00',
      prices: {
        tokens: { type: 'graduated', tiers: [{ upTo: 5_000_000, unitAmountMinor: '0.0005' }] },
        videos: { type: 'perUnit', unitAmountMinor: '1' },
      },
    };
    expect(faultsOf(broken)).toEqual([
      {
        path: 'meters.images.aggregation',
        value: 'avg',
        message: 'expected one of "sum"|"count"|"max"|"last"',
      },
      {
        path: 'plans.pro.baseAmountMinor',
        value: '29.00',
        message: 'expected number, received string',
      },
      { path: 'colour', value: 'red', message: 'is no known field' },
      {
        path: 'plans.pro.prices.tokens.tiers[0].upTo',
        value: 5_000_000,
        message: expect.stringMatching(/last tier must be open/) as string,
      },
      {
        path: 'plans.pro.prices.videos',
        value: 'videos',
        message: 'is no meter of this catalogue',
      },
    ]);
  });

  it('a name that JavaScript would lose is told, wherever it stands', () => {
    const text = JSON.stringify(example());
    const named = (before: string) => {
      const spoilt: unknown = JSON.parse(text.replace(before, `${before}"__proto__":{},`));
      return faultsOf(spoilt).filter(({ value }) => value === '__proto__');
    };
    const message = 'this name has a meaning in JavaScript objects';
    expect(named('"plans":{')).toEqual([
      { path: 'plans.__proto__', value: '__proto__', message },
    ]);
    expect(named('"meters":{')[0]?.path).toBe('meters.__proto__');
    expect(named('"prices":{')[0]?.path).toBe('plans.pro.prices.__proto__');
    expect(named('"rates":[{')[0]?.path).toBe('meters.credits.rates[0].__proto__');
  });

  it('a price of an unknown type hides no other fault and brings no false one', () => {
    const limits = [
      { id: 'a', meters: ['images'], maxAmountMinor: 5, window: 'day', scope: 'user' },
    ];
    const broken = example();
    broken.plans.pro = { ...broken.plans.pro, prices: { images: { type: 'odd' } }, limits };
    expect(texts(broken)).toEqual(['plans.pro.prices.images.type = "odd"']);
  });

  it('faults of shape do not hide others beside them, and bring no false ones', () => {
    const tiers = [
      { upTo: 5, unitAmountMinor: 0.5 },
      { upTo: 3, unitAmountMinor: '0.0000000000001', flat: 1 },
    ];
    const limits = [
      { id: 'a', meters: ['tokens'], max: '10', window: 'week', sliding: true, scope: 'team' },
      'none',
      { id: 'a', meters: ['tokens'], max: 1, window: 'day', scope: 'user' },
    ];
    const broken = example();
    broken.plans.pro = {
      ...broken.plans.pro,
      prices: { tokens: { type: 'graduated', tiers }, images: { type: 'odd' } },
      limits,
    };
    expect(texts(broken)).toEqual([
      'plans.pro.prices.tokens.tiers[0].unitAmountMinor = 0.5',
      'plans.pro.prices.tokens.tiers[1].flat = 1',
      'plans.pro.prices.images.type = "odd"',
      'plans.pro.limits[0].max = "10"',
      'plans.pro.limits[0].scope = "team"',
      'plans.pro.limits[1] = "none"',
      'plans.pro.prices.tokens.tiers[1].upTo = 3',
      'plans.pro.prices.tokens.tiers[1].unitAmountMinor = "0.0000000000001"',
      'plans.pro.limits[0].sliding = true',
      'plans.pro.limits[2].id = "a"',
    ]);
  });

  it.each([
    ['a required field', { name: undefined }, 'plans.pro.name = undefined'],
    ['an interval', { interval: 'fortnight' }, 'plans.pro.interval = "fortnight"'],
    ['a trial', { trial: { days: 0 } }, 'plans.pro.trial.days = 0'],
    ['a base', { baseAmountMinor: -1 }, 'plans.pro.baseAmountMinor = -1'],
    ['a whole base', { baseAmountMinor: 0.5 }, 'plans.pro.baseAmountMinor = 0.5'],
    ['a version', { version: 0 }, 'plans.pro.version = 0'],
    ['a feature', { features: { sso: null } }, 'plans.pro.features.sso = null'],
    ['a past due', { pastDue: { graceDays: 1 } }, 'plans.pro.pastDue.then = undefined'],
    ['a grant', { creditGrant: { amount: 5 }, prices: {} }, 'plans.pro.creditGrant.amount = 5'],
    ['prices', { prices: [] }, 'plans.pro.prices = []'],
    ['an unknown field', { price: {} }, 'plans.pro.price = {}'],
    ['a date', { changes: [change('2026-13-01')] }, 'plans.pro.changes[0].date = "2026-13-01"'],
  ])('%s that is wrong is told alone', (_what, plan, text) => {
    const broken = example();
    broken.plans.pro = { ...broken.plans.pro, ...plan };
    expect(texts(broken)).toEqual([text]);
  });

  it.each([null, 5, 'x', [], {}, { currency: 'usd', meters: 5, plans: {} }])(
    'never throws: %p',
    (input) => {
      expect(faultsOf(input).length).toBeGreaterThan(0);
    },
  );

  it('quantities are whole numbers up to 2^53-1', () => {
    const broken = example();
    const limit = { id: 'a', meters: ['tokens'], window: 'day', scope: 'user' };
    const limits = [2 ** 53 - 1, 2 ** 53, 1.5, -1].map((max, index) => ({
      ...limit,
      id: `a${index}`,
      max,
    }));
    broken.plans.pro = { ...broken.plans.pro, limits };
    expect(texts(broken)).toEqual([
      `plans.pro.limits[1].max = ${2 ** 53}`,
      'plans.pro.limits[2].max = 1.5',
      'plans.pro.limits[3].max = -1',
    ]);
  });
});

function change(date: string) {
  return { version: 1, date, reason: 'Launch', effect: 'none' };
}
