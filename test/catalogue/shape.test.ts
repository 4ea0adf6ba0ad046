import type { Plan } from '../../billing/catalogue.js';
import { parseCatalogue } from '../../catalogue/parse.js';
import { METERS } from '../billing/contractCatalogue.js';

/** Faults of a plan written as data, as `path = value: message`. */
function faultsOf(plan: object): string[] {
  const whole: Plan = { name: 'P', interval: 'month' };
  const parsed = parseCatalogue({
    currency: 'usd',
    meters: METERS,
    plans: { p: { ...whole, ...plan } },
  });
  const faults = 'faults' in parsed ? parsed.faults : [];
  return faults.map(
    ({ path, value, message }) =>
      `${path.replace(/^plans\.p\./, '')} = ${JSON.stringify(value)}: ${message}`,
  );
}

const priced = (price: object) => ({ prices: { images: price } });
const limited = (limit: object) => ({
  limits: [{ id: 'a', meters: ['images'], max: 1, window: 'day', scope: 'user', ...limit }],
});
const tiers = (...list: object[]) => priced({ type: 'volume', tiers: list });
// The contract's own name; plans are never awaited.
// oxlint-disable-next-line unicorn/no-thenable
const block = { then: 'block' };
const open = { upTo: 'inf', unitAmountMinor: '1' };

describe('every shape of a plan: what is wrong, where, and why', () => {
  it.each([
    [{ creditGrant: { rolloverMax: '5' } }, 'creditGrant.amount = undefined: is missing'],
    [{ trial: { days: 731 } }, 'trial.days = 731: must be 730 or less'],
    [{ trial: {} }, 'trial.days = undefined: is missing'],
    [{ trial: { days: 7, cardRequired: 'no' } }, 'trial.cardRequired = "no": '],
    [{ pastDue: { ...block, graceDays: -1 } }, 'pastDue.graceDays = -1: must be 0 or more'],
    [{ pastDue: block }, 'pastDue.graceDays = undefined: is missing'],
    [{ spend: { softAmountMinor: '5' } }, 'spend.softAmountMinor = "5": '],
    [{ spend: { hardAmountMinor: 0.5 } }, 'spend.hardAmountMinor = 0.5: '],
    [{ alertsAtPercent: [0] }, 'alertsAtPercent[0] = 0: '],
    [{ alertsAtPercent: [1001] }, 'alertsAtPercent[0] = 1001: '],
    [{ alertsAtPercent: 50 }, 'alertsAtPercent = 50: '],
    [{ features: { seats: {} } }, 'features.seats = {}: must be a string, a number'],
    [{ highlights: [''] }, 'highlights[0] = "": '],
    [{ name: '' }, 'name = "": its length must be 1 or more'],
    [{ unlimited: 'images' }, 'unlimited = "images": '],
    [{ breaker: 1 }, 'breaker = 1: '],
    [
      { changes: [{ version: 1, date: '1 May', reason: 'R', effect: 'E' }] },
      'changes[0].date = "1 May": ',
    ],
    [
      { changes: [{ version: 1, date: '2026-05-01', reason: 'R' }] },
      'changes[0].effect = undefined: is missing',
    ],
    [priced({ type: 'perUnit' }), 'prices.images.unitAmountMinor = undefined: is missing'],
    [priced({ type: 'perUnit', unitAmountMinor: 5 }), 'prices.images.unitAmountMinor = 5: '],
    [priced({ unitAmountMinor: '5' }), 'prices.images.type = undefined: '],
    [
      priced({ type: 'perUnit', unitAmountMinor: '5', included: -1 }),
      'prices.images.included = -1: ',
    ],
    [
      priced({ type: 'perUnit', unitAmountMinor: '5', overage: 'stop' }),
      'prices.images.overage = "stop": expected one of "allow"|"block"',
    ],
    [
      priced({ type: 'package', size: 0, packageAmountMinor: '5' }),
      'prices.images.size = 0: ',
    ],
    [
      priced({ type: 'package', size: 1, packageAmountMinor: '5', round: 'half' }),
      'prices.images.round = "half": expected one of "up"|"down"',
    ],
    [
      tiers({ upTo: 0, unitAmountMinor: '1' }, open),
      'prices.images.tiers[0].upTo = 0: must be 1 or more',
    ],
    [
      tiers({ ...open, flatAmountMinor: '1.5' }),
      'prices.images.tiers[0].flatAmountMinor = "1.5": ',
    ],
    [limited({ window: 'year' }), 'limits[0].window = "year": expected one of "minute"|"hour"'],
    [
      limited({ scope: 'team' }),
      'limits[0].scope = "team": must be customer, user or property:NAME',
    ],
    [limited({ enforcement: 'none' }), 'limits[0].enforcement = "none": expected one of'],
    [limited({ maxAmountMinor: -1, max: undefined }), 'limits[0].maxAmountMinor = -1: '],
    [limited({ sliding: 'yes', window: 'day' }), 'limits[0].sliding = "yes": '],
    [limited({ limit: 5 }), 'limits[0].limit = 5: is no known field'],
    [limited({ meters: 'images' }), 'limits[0].meters = "images": '],
  ])('%j', (plan, start) => {
    const faults = faultsOf(plan);
    expect(faults.map((text) => text.slice(0, start.length))).toEqual([start]);
    expect(faults[0]?.slice(-2)).not.toBe(': ');
  });
});
