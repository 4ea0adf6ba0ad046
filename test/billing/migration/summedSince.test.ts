import type { Meter, Plan, PlanSnapshot, PublishedCatalogue } from '../../../billing/catalogue.js';
import { summedSince } from '../../../billing/migration/summedSince.js';

/** From when on sums hold what a plan version counts by. */

const tokens: Meter = { name: 'Tokens', unit: 'token', aggregation: 'sum' };
const large: Meter = { ...tokens, of: ['tokens'], where: { size: 'l' } };
const small: Meter = { ...tokens, of: ['tokens'], where: { size: 's' } };

function version(number: number, meters: Record<string, Meter>, priced: string): PlanSnapshot {
  const prices = { [priced]: { type: 'perUnit', unitAmountMinor: '1' } } as const;
  const plan: Plan = { name: 'Pro', interval: 'month', prices };
  return { id: 'pro', version: number, revision: number, currency: 'usd', meters, plan };
}

function since(...versions: readonly PlanSnapshot[]): number {
  const snapshots = Object.fromEntries(versions.map((each) => [`pro@${each.version}`, each]));
  const newest = versions.at(-1)!;
  const catalogue = { snapshots } as unknown as PublishedCatalogue;
  return summedSince(catalogue, [versions[0]!, newest]);
}

test('reported meters have been summed always', () => {
  expect(since(version(1, { tokens }, 'tokens'), version(2, { tokens }, 'tokens'))).toBe(0);
});

test('a derived meter is summed since the first version that counts by it', () => {
  const meters = { tokens, large };
  const versions = [version(1, meters, 'large'), version(2, meters, 'large')] as const;
  expect(since(...versions)).toBe(1);
  expect(since(version(1, { tokens }, 'tokens'), version(2, meters, 'large'))).toBe(2);
});

test('a meter that no plan used yet was not summed for sure', () => {
  const meters = { tokens, large };
  expect(since(version(1, meters, 'tokens'), version(2, meters, 'large'))).toBe(2);
});

test('a meter that counts otherwise than before is a new one; other words change nothing', () => {
  const before = version(1, { tokens, large }, 'large');
  expect(since(before, version(2, { tokens, large: small }, 'large'))).toBe(2);
  const reworded = { ...large, name: 'Large model', unit: 'tok' };
  expect(since(before, version(2, { tokens, large: reworded }, 'large'))).toBe(1);
});

test('each meter goes by its own name, whatever else a version counts by', () => {
  const meters = { tokens, large, small };
  const prices = { small: { type: 'perUnit', unitAmountMinor: '1' } } as const;
  const first = version(1, meters, 'large');
  const both = { ...first, plan: { ...first.plan, prices: { ...first.plan.prices, ...prices } } };
  expect(since(both, version(2, meters, 'large'))).toBe(1);
  expect(since(version(1, meters, 'large'), { ...both, version: 2, revision: 2 })).toBe(2);
  expect(since(both, version(2, meters, 'small'))).toBe(1);
});

test('the version before counts, too', () => {
  const first = version(3, { tokens, large }, 'large');
  expect(since(first, version(4, { tokens }, 'tokens'))).toBe(3);
});
