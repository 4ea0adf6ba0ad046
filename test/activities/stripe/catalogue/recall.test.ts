import { CatalogueRefused, publishPlans } from '../../../../activities/stripe/publish.js';
import { openSession } from '../../../../activities/stripe/session.js';
import { planPricing, snapshotOf } from '../catalogueMaking.js';
import { shown, startAccount, type Account } from './account.js';

let account: Account;
beforeEach(async () => {
  account = await startAccount();
});
afterEach(() => account.stop());

describe('what is out of use at Stripe', () => {
  const PLAN = planPricing('pro', 'tokens', { type: 'perUnit', unitAmountMinor: '5' });

  async function archiveAll(): Promise<void> {
    const [price] = (await account.stripe.prices.list({ limit: 1 })).data;
    const [product] = (await account.stripe.products.list({ limit: 1 })).data;
    const [meter] = (await account.stripe.billing.meters.list({ limit: 1 })).data;
    if (!price || !product || !meter) throw new Error('nothing was published');
    await account.stripe.prices.update(price.id, { active: false });
    await account.stripe.products.update(product.id, { active: false });
    await account.stripe.billing.meters.deactivate(meter.id);
  }

  it('is refused all at once while its plan version is on offer, with the way out', async () => {
    await account.publish([PLAN]);
    await archiveAll();
    const refused = await account.publish([PLAN]).catch((error: unknown) => error);
    if (!(refused instanceof CatalogueRefused)) throw refused;
    expect(shown(refused.findings)).toEqual([
      'meter durabill_tokens archived',
      'product pro@1 archived',
      'price durabill/pro/1/tokens archived',
    ]);
    expect(refused.message).toContain('reactivate it at Stripe');
    expect(refused.message).toContain('make it active again, or publish a new version of pro');
  });

  it('is not made anew though our rows are lost', async () => {
    await account.publish([PLAN]);
    await archiveAll();
    account.loseRows();
    const refused = account.publish([PLAN]);
    await expect(refused).rejects.toThrow(CatalogueRefused);
    await expect(refused).rejects.toThrow('price durabill/pro/1/tokens');
    expect(await account.objects()).toBe(3);
  });

  it('is refused when a subscription asks for the plan, too', async () => {
    await account.publish([PLAN]);
    await archiveAll();
    const session = openSession(account.stripe, account.ensures, Date.now);
    const refused = publishPlans(session, 'test', [PLAN]);
    await expect(refused).rejects.toThrow(CatalogueRefused);
    await expect(refused).rejects.toThrow('durabill/pro/1/tokens');
  });

  it('is no fault of a plan version that is not on offer', async () => {
    await account.publish([PLAN]);
    await archiveAll();
    const images = { images: { type: 'perUnit', unitAmountMinor: '5' } } as const;
    const found = await account.publish([PLAN, snapshotOf('pro', { prices: images }, 2)]);
    expect(found.filter(({ state }) => state === 'archived')).toHaveLength(3);
    expect(found.filter(({ state }) => state === 'missing')).toHaveLength(3);
  });

  it('counts otherwise: a meter of another formula is refused', async () => {
    await account.stripe.billing.meters.create({
      display_name: 'Tokens',
      event_name: 'durabill_tokens',
      default_aggregation: { formula: 'last' },
    });
    await expect(account.publish([PLAN])).rejects.toThrow('formula last, not sum');
    expect(await account.objects()).toBe(1);
  });
});

describe('objects that we made and the account does not have', () => {
  const PLAN = planPricing('pro', 'tokens', { type: 'perUnit', unitAmountMinor: '5' });

  it('are made again in test mode, once, however often the account is emptied', async () => {
    await account.publish([PLAN]);
    for (let times = 0; times < 2; times += 1) {
      await account.loseStripe();
      const [meter] = await account.publish([PLAN]);
      expect(meter?.detail).toContain('which this account does not have now');
      await account.publish([PLAN]);
      expect(await account.objects()).toBe(3);
      expect((await account.survey([PLAN])).every(({ state }) => state === 'standing')).toBe(true);
    }
  });

  it('are a fault in live mode: the key is of another account', async () => {
    await account.publish([PLAN], 'live');
    await account.loseStripe();
    const refused = account.publish([PLAN], 'live');
    await expect(refused).rejects.toThrow('is the key that of another account?');
    expect(await account.objects()).toBe(0);
  });

  it('are told apart from a price that only lost its lookup key', async () => {
    await account.publish([PLAN]);
    const [price] = (await account.stripe.prices.list({ limit: 1 })).data;
    await account.stripe.prices.update(price?.id ?? '', { lookup_key: '' });
    const words = 'lookup key none, not durabill/pro/1/tokens';
    await expect(account.publish([PLAN])).rejects.toThrow(words);
  });
});
