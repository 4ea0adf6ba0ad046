import type { Catalogue } from '../../../billing/catalogue.js';
import type { Ledger } from '../../../ledger/contract.js';
import type { StoredCustomer } from '../../../ledger/stores/contract.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';
import { keyOf, START_MS } from '../entries.js';

const CATALOGUE: Catalogue = {
  currency: 'usd',
  meters: { tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' } },
  plans: {
    pro: {
      name: 'Pro',
      interval: 'month',
      baseAmountMinor: 2_900,
      prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.0005', included: 1_000 } },
    },
  },
};

function customer(id: string, change: Partial<StoredCustomer> = {}): StoredCustomer {
  return {
    key: keyOf(id),
    plan: { id: 'pro', version: 1 },
    status: 'active',
    offsetMs: 0,
    stripeCustomer: null,
    hasHardLimits: false,
    firstPeriodStartMs: START_MS,
    mark: 1,
    ...change,
  };
}

describe('what other processes read', () => {
  let servers: TestServers;
  let ledger: Ledger;

  beforeAll(async () => {
    servers = await startServers({ temporal: false });
    ledger = await openLedger({ uri: servers.mongodbUri });
  }, 60_000);
  afterAll(async () => {
    await ledger?.close();
    await servers?.stop();
  }, 30_000);

  it("keeps a customer's newest row, whatever comes late", async () => {
    const { customers } = ledger;
    expect(await customers.find('test', 'c1')).toBeNull();
    const newest = customer('c1', { mark: 5, status: 'pastDue' });
    await customers.save(customer('c1', { mark: 2 }));
    await customers.save(newest);
    await customers.save(customer('c1', { mark: 4 }));
    expect(await customers.find('test', 'c1')).toEqual(newest);
    const reborn = customer('c1', { key: keyOf('c1', 2), mark: 0 });
    await customers.save(reborn);
    await customers.save(customer('c1', { mark: 9 }));
    expect(await customers.find('test', 'c1')).toEqual(reborn);
    expect(await customers.find('live', 'c1')).toBeNull();
  });

  it('gives a Stripe customer to one of ours only', async () => {
    const { customers } = ledger;
    const first = customer('s1', { stripeCustomer: 'cus_1' });
    await customers.save(first);
    await customers.save(customer('s2'));
    await customers.save(customer('s3'));
    expect(await customers.findByStripe('test', 'cus_1')).toEqual(first);
    expect(await customers.findByStripe('live', 'cus_1')).toBeNull();
    const second = customers.save(customer('s2', { stripeCustomer: 'cus_1' }));
    await expect(second).rejects.toMatchObject({ code: 'conflict', retryable: false });
    expect((await customers.find('test', 's2'))?.stripeCustomer).toBeNull();
  });

  it('lists customers in order of id, in pages, without those not yet usable', async () => {
    const { customers } = ledger;
    const live = (id: string, change: Partial<StoredCustomer> = {}) =>
      customer(id, { key: { ...keyOf(id), mode: 'live' }, ...change });
    for (const id of ['b', 'a', 'auth0|1', 'B', 'a+b@x.io', 'd']) await customers.save(live(id));
    await customers.save(live('c', { status: 'starting', plan: null }));
    await customers.save(live('e', { status: 'pastDue', plan: { id: 'pro', version: 2 } }));
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await customers.list({ mode: 'live', after, limit: 3 });
      if (page.length === 0) break;
      seen.push(...page.map(({ key }) => key.customer));
      after = seen.at(-1);
    }
    expect(seen).toEqual(['B', 'a', 'a+b@x.io', 'auth0|1', 'b', 'd', 'e']);
    const ids = async (filter: object) =>
      (await customers.list({ mode: 'live', limit: 9, ...filter })).map(({ key }) => key.customer);
    expect(await ids({ status: 'pastDue' })).toEqual(['e']);
    expect(await ids({ status: 'starting' })).toEqual([]);
    expect(await ids({ plan: 'pro' })).toHaveLength(7);
    expect(await ids({ plan: 'pro@2' })).toEqual(['e']);
    expect(await ids({ plan: 'free' })).toEqual([]);
  });

  it('publishes a catalogue once, however many publish it at once', async () => {
    const { catalogues } = ledger;
    expect(await catalogues.newest('test')).toBeNull();
    const same = await Promise.all([1, 2, 3].map(() => catalogues.publish('test', CATALOGUE)));
    expect(same.map(({ revision }) => revision)).toEqual([1, 1, 1]);
    const plans = [3_000, 3_100, 3_200].map((baseAmountMinor) => ({
      [`p${baseAmountMinor}`]: { name: 'P', interval: 'month' as const, baseAmountMinor },
    }));
    const changed = await Promise.all(
      plans.map((more) => {
        const catalogue = { ...CATALOGUE, plans: { ...CATALOGUE.plans, ...more } };
        return catalogues.publish('test', catalogue);
      }),
    );
    expect(changed.map(({ revision }) => revision).sort((a, b) => a - b)).toEqual([2, 3, 4]);
    const newest = await catalogues.newest('test');
    expect(Object.keys(newest?.snapshots ?? {}).sort()).toEqual(
      ['p3000@1', 'p3100@1', 'p3200@1', 'pro@1'],
    );
    expect(newest?.snapshots['pro@1']?.plan.prices).toEqual(CATALOGUE.plans['pro']?.prices);
    expect(await catalogues.newest('live')).toBeNull();
  });

  it('refuses to change a published version in live mode, and keeps it', async () => {
    const { catalogues } = ledger;
    const pro = { ...CATALOGUE.plans['pro'], version: 1, baseAmountMinor: 1 };
    const published = await catalogues.publish('live', CATALOGUE);
    const changing = catalogues.publish('live', {
      ...CATALOGUE,
      plans: { pro: pro as Catalogue['plans'][string] },
    });
    await expect(changing).rejects.toMatchObject({ code: 'conflict', retryable: false });
    expect(await catalogues.newest('live')).toEqual(published);
  });

  it('knows a key by its secret alone, until it is revoked', async () => {
    const { keys } = ledger;
    const made = await Promise.all([
      keys.create('test', 'secret'),
      keys.create('live', 'ingest'),
      keys.create('live', 'publishable'),
    ]);
    expect(made.map(({ secret }) => secret.slice(0, 9))).toEqual(
      ['dbk_test_', 'dbk_live_', 'dbp_live_'],
    );
    for (const { key, secret } of made) {
      expect(secret).toMatch(/^db[kp]_(test|live)_[A-Za-z0-9_-]{43}$/);
      expect(await keys.verify(secret)).toEqual(key);
      expect(JSON.stringify(await keys.list())).not.toContain(secret.slice(13));
      expect(await keys.verify(`${secret}x`)).toBeNull();
    }
    expect(await keys.verify('')).toBeNull();
    const { key, secret } = made[0] as (typeof made)[number];
    expect(await keys.revoke(key.id)).toBe(true);
    expect(await keys.revoke(key.id)).toBe(false);
    expect(await keys.verify(secret)).toBeNull();
    expect((await keys.list()).find(({ id }) => id === key.id)?.revokedAtMs).toEqual(
      expect.any(Number),
    );
  });
});
