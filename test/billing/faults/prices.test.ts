import type { Meter, Price, Tier } from '../../../billing/catalogue.js';
import { METERS } from '../contractCatalogue.js';
import { faultTexts, withPlan, withPrice } from './expectFaults.js';

const open: Tier = { upTo: 'inf', unitAmountMinor: '1' };
const upTo = (units: number): Tier => ({ upTo: units, unitAmountMinor: '1' });
const perUnit: Price = { type: 'perUnit', unitAmountMinor: '1' };

describe('tiers', () => {
  const at = 'plans.p.prices.images.tiers';

  it('the last one is open, or units above it would be free', () => {
    const price: Price = { type: 'volume', tiers: [upTo(5), upTo(9)] };
    expect(faultTexts(withPrice(price))).toEqual([`${at}[1].upTo = 9`]);
    expect(faultTexts(withPrice({ type: 'graduated', tiers: [] }))).toEqual([`${at} = []`]);
  });

  it('only the last one is open, and each lies above the one before', () => {
    const price: Price = { type: 'graduated', tiers: [upTo(5), open, upTo(5), upTo(6), open] };
    expect(faultTexts(withPrice(price))).toEqual([`${at}[1].upTo = "inf"`, `${at}[2].upTo = 5`]);
  });

  it('graduated tiers lie above the included units; volume ones count what is beyond', () => {
    const tiers = [upTo(10), upTo(11), open];
    expect(faultTexts(withPrice({ type: 'graduated', included: 10, tiers }))).toEqual([
      `${at}[0].upTo = 10`,
    ]);
    expect(faultTexts(withPrice({ type: 'graduated', included: 9, tiers }))).toEqual([]);
    expect(faultTexts(withPrice({ type: 'volume', included: 10, tiers }))).toEqual([]);
  });
});

describe('amounts', () => {
  it.each(['0', '0.000000000001', '999999999999999'])('takes %s', (unitAmountMinor) => {
    expect(faultTexts(withPrice({ type: 'perUnit', unitAmountMinor }))).toEqual([]);
  });

  it.each(['0.0000000000001', '-1', '1e3', '1,5', '', '.5', '1000000000000000', '9'.repeat(99)])(
    'refuses %p',
    (unitAmountMinor) => {
      expect(faultTexts(withPrice({ type: 'perUnit', unitAmountMinor }))).toHaveLength(1);
    },
  );

  it('credits have at most 6 decimals, and whole credits fit into micro-credits', () => {
    const tooFine = withPrice({ type: 'perUnit', unitAmountMinor: '0.0000001' }, 'credits');
    expect(faultTexts(tooFine)).toHaveLength(1);
    const size = 9_007_199_255;
    const tooMany = withPrice({ type: 'package', size, packageAmountMinor: '1' }, 'credits');
    expect(faultTexts(tooMany)).toEqual([`plans.p.prices.credits.size = ${size}`]);
    const grant = withPlan({ creditGrant: { amount: '0.0000001', rolloverMax: '1234567890' } });
    expect(faultTexts(grant)).toHaveLength(2);
  });
});

describe('prices of a plan', () => {
  it('blocking needs included units, and a meter that adds up', () => {
    expect(faultTexts(withPrice({ ...perUnit, overage: 'block' }))).toEqual([
      'plans.p.prices.images.overage = "block"',
    ]);
    expect(faultTexts(withPrice({ ...perUnit, included: 5, overage: 'block' }))).toEqual([]);
    const meters = { peak: { name: 'Peak', unit: 'seat', aggregation: 'max' as const } };
    const prices = { peak: { ...perUnit, included: 5, overage: 'block' as const } };
    expect(faultTexts(withPlan({ prices }, meters))).toHaveLength(1);
    expect(faultTexts(withPlan({ prices: { peak: { ...perUnit, included: 5 } } }, meters))).toEqual(
      [],
    );
  });

  it('an unknown meter is told once', () => {
    expect(faultTexts(withPrice(perUnit, 'imagse'))).toEqual(['plans.p.prices.imagse = "imagse"']);
    expect(faultTexts(withPrice(perUnit, 'toString'))).toHaveLength(1);
  });

  it('two priced meters may not count the same reported one', () => {
    const prices = { tokens: perUnit, output_tokens: perUnit, images: perUnit };
    expect(faultTexts(withPlan({ prices }))).toEqual([
      'plans.p.prices.output_tokens = "output_tokens"',
    ]);
    const nested = { large: perUnit, requests: perUnit };
    expect(faultTexts(withPlan({ prices: nested }))).toHaveLength(1);
  });

  it('unless their conditions name one property with no value in common', () => {
    const part = (where: Meter['where']): Meter => ({
      name: 'Part',
      unit: 'token',
      aggregation: 'sum',
      of: ['tokens'],
      where,
    });
    const priced = (a: Meter['where'], b: Meter['where']) => {
      const meters = { ...METERS, a: part(a), b: part(b) };
      return faultTexts(withPlan({ prices: { a: perUnit, b: perUnit } }, meters)).length;
    };
    expect(priced({ model: ['x', 'y'] }, { model: 'z', team: 't' })).toBe(0);
    expect(priced({ model: ['x', 'y'] }, { model: ['y', 'z'] })).toBe(1);
    expect(priced({ model: 'x' }, { team: 'x' })).toBe(1);
    expect(priced({ size: 1 }, { size: '1' })).toBe(1);
  });

  it('a plan that pays in credits does not price what has a rate', () => {
    const creditGrant = { amount: '10' };
    const prices = { images: perUnit };
    expect(faultTexts(withPlan({ creditGrant, prices }))).toEqual([
      'plans.p.prices.images = "images"',
    ]);
    expect(faultTexts(withPlan({ prices: { credits: perUnit, images: perUnit } }))).toHaveLength(1);
    expect(faultTexts(withPlan({ prices: { credits: perUnit } }))).toEqual([]);
    const { credits: _, ...meters } = METERS;
    expect(faultTexts(withPlan({ creditGrant }, meters))).toHaveLength(1);
  });

  it('at most 19 meters are priced', () => {
    const ids = Array.from({ length: 20 }, (_, n) => `m${n}`);
    const meter: Meter = { name: 'M', unit: 'u', aggregation: 'sum' };
    const meters = Object.fromEntries(ids.map((id) => [id, meter]));
    const prices = (n: number) => Object.fromEntries(ids.slice(0, n).map((id) => [id, perUnit]));
    expect(faultTexts(withPlan({ prices: prices(20) }, meters))).toEqual(['plans.p.prices = 20']);
    expect(faultTexts(withPlan({ prices: prices(19) }, meters))).toEqual([]);
  });
});
