import type { Catalogue, Plan } from '../../../billing/catalogue.js';
import { METERS } from '../../billing/contractCatalogue.js';
import { KEYS, startPublishingWorld, type PublishingWorld } from './publishingWorld.js';

/** `durabill plans diff` and `push` as they are typed, on real servers. */

jest.setTimeout(60_000);

let world: PublishingWorld;
beforeAll(async () => {
  world = await startPublishingWorld();
});
afterAll(() => world.stop());

interface Told {
  readonly changes: readonly { mode: string; at: string; what: string; sentence: string }[];
  readonly refused: readonly { at: string; what: string; differences: readonly string[] }[];
  readonly standing: readonly { name: string }[];
}

const told = (out: string) => JSON.parse(out) as Told;

/** Each test has plans of its own: the servers are shared. */
function catalogueOf(plans: Readonly<Record<string, Partial<Plan>>>): Catalogue {
  const named = Object.entries(plans).map(([id, plan]): [string, Plan] => [
    id,
    { name: id, interval: 'month', ...plan },
  ]);
  return { currency: 'usd', meters: METERS, plans: Object.fromEntries(named) };
}

const PRICED: Partial<Plan> = {
  baseAmountMinor: 2900,
  prices: { images: { type: 'perUnit', unitAmountMinor: '5' } },
};

const namesOf = (id: string, version = 1) =>
  [`durabill/${id}/${version}/base`, `durabill/${id}/${version}/images`] as const;

describe('durabill plans diff', () => {
  it('tells every change in words and JSON, exits 1, and writes nothing', async () => {
    const catalogue = catalogueOf({ diffed: PRICED, gratis: {} });
    world.gate.forget();
    const text = await world.plans(['diff'], catalogue);
    const json = await world.plans(['push', '--dry-run', '--json'], catalogue);
    expect([text.code, json.code]).toEqual([1, 1]);
    const { changes } = told(json.out);
    expect(changes.map(({ at, what }) => `${at} ${what}`)).toEqual(
      expect.arrayContaining([
        'engine plans.diffed.version',
        'engine plans.gratis.version',
        'stripe meter durabill_images',
        'stripe product diffed@1',
        ...namesOf('diffed').map((name) => `stripe price ${name}`),
      ]),
    );
    for (const { what } of changes) expect(text.out).toContain(what);
    expect(world.gate.calls.map(({ method }) => method)).not.toContain('POST');
    expect(await world.ledger.catalogues.newest('test')).toBeNull();
  });
});

describe('durabill plans push', () => {
  it('makes everything once; a second push changes nothing and says so', async () => {
    const catalogue = catalogueOf({ pushed: PRICED });
    const first = await world.plans(['push'], catalogue);
    expect([first.code, first.errors]).toEqual([0, '']);
    expect(first.out).toContain('Done: ');
    const before = await world.standing('test');
    expect(before).toEqual(expect.arrayContaining([...namesOf('pushed'), 'product pushed']));
    world.gate.forget();
    const second = await world.plans(['push'], catalogue);
    expect([second.code, second.errors]).toEqual([0, '']);
    expect(second.out).toContain('Nothing changes in test mode. 4 objects at Stripe already');
    expect(world.gate.calls.map(({ method }) => method)).not.toContain('POST');
    expect(await world.standing('test')).toEqual(before);
    expect((await world.plans(['diff'], catalogue)).code).toBe(0);
  });

  it('in test mode a changed plan without a version is a new version by itself', async () => {
    await world.plans(['push'], catalogueOf({ itself: PRICED }));
    const dearer = catalogueOf({ itself: { ...PRICED, baseAmountMinor: 3900 } });
    const { code, out } = await world.plans(['push', '--json'], dearer);
    expect(code).toBe(0);
    const sentences = told(out).changes.map(({ sentence }) => sentence);
    expect(sentences).toContain('itself: new version 2; who is on 1 stays on it');
    expect(sentences).toContain('itself: $29.00 → $39.00 a month');
    const names = await world.standing('test');
    expect(names).toEqual(expect.arrayContaining([...namesOf('itself'), ...namesOf('itself', 2)]));
  });

  it('refuses a changed published version and what Stripe has otherwise, all at once', async () => {
    const live = { STRIPE_SECRET_KEY: KEYS.live };
    const product = await world.stripe.live.products.create({ name: 'By hand' });
    await world.stripe.live.prices.create({
      product: product.id,
      currency: 'usd',
      lookup_key: 'durabill/fresh/1/base',
      recurring: { interval: 'month' },
      unit_amount: 1,
    });
    expect((await world.plans(['push'], catalogueOf({ fixed: PRICED }), live)).code).toBe(0);
    const before = await world.standing('live');
    const published = await world.ledger.catalogues.newest('live');
    const changed = { ...PRICED, baseAmountMinor: 3900, name: 'Fixed' };
    const both = catalogueOf({ fixed: changed, fresh: { baseAmountMinor: 500 } });
    const { code, out, errors } = await world.plans(['push', '--json'], both, live);
    expect(code).toBe(1);
    expect(told(out).refused.map(({ at, what }) => `${at} ${what.split(' (')[0]}`)).toEqual([
      'engine plans.fixed.version',
      'stripe price durabill/fresh/1/base',
    ]);
    expect(told(out).refused[0]?.differences).toEqual([
      'fixed is now called Fixed',
      'Fixed: $29.00 → $39.00 a month',
    ]);
    expect(errors).toContain('2 things in the way; nothing was written');
    expect(errors).toContain('publish this as "version": 2');
    expect(errors).toContain('unit amount 1, not 500');
    const looked = await world.plans(['diff'], both, live);
    expect([looked.code, looked.errors]).toEqual([1, errors]);
    expect(looked.out).toContain('Refused');
    expect(looked.out).not.toContain('Nothing changes');
    expect(await world.standing('live')).toEqual(before);
    expect(await world.ledger.catalogues.newest('live')).toEqual(published);
  });

  it.each([1, 4])('killed at write %i of 4 and repeated doubles nothing', async (nth) => {
    const id = `killed-${nth}`;
    const meter = { name: id, unit: 'unit', aggregation: 'sum' } as const;
    const prices = { [id]: { type: 'perUnit', unitAmountMinor: '5' } } as const;
    const plan: Plan = { name: id, interval: 'month', baseAmountMinor: 2900, prices };
    const catalogue = { currency: 'usd', meters: { [id]: meter }, plans: { [id]: plan } };
    const taken = world.gate.swallow(nth);
    const { child, ended } = await world.begin(['push'], catalogue);
    await taken;
    child.kill('SIGKILL');
    await ended;
    const again = await (await world.begin(['push'], catalogue)).ended;
    expect([again.code, again.errors]).toEqual([0, '']);
    const names = await world.standing('test');
    const base = `durabill/${id}/1/base`;
    expect(names.filter((name) => name.includes(id))).toEqual([
      ...[base, `durabill/${id}/1/${id}`, `meter durabill_${id}`, `product ${id}`],
    ]);
  });

  it('refused by Stripe’s key it says so and exits 2', async () => {
    const wrong = { STRIPE_SECRET_KEY: 'sk_test_nobody' };
    const { code, errors } = await world.plans(['push'], catalogueOf({ never: PRICED }), wrong);
    expect(code).toBe(2);
    expect(errors).toContain('Invalid API Key');
    expect(errors).not.toContain('nobody');
  });
});
