import { CommandFailed } from '../../cli/commandFailed.js';
import { readApiSettings, readSettings, readStripeSettings } from '../../cli/settings.js';

const stripeOf = (secretKeys: string) =>
  readStripeSettings({ STRIPE_SECRET_KEY: secretKeys }).stripe.secretKeys;

describe('the settings of commands that talk to Stripe', () => {
  it('take one key, or one of each mode, spaces or not', () => {
    expect(stripeOf('sk_test_1')).toBe('sk_test_1');
    expect(stripeOf(' rk_live_2 , sk_test_1,')).toBe('rk_live_2,sk_test_1');
    expect(stripeOf('')).toBeUndefined();
  });

  it.each(['pk_test_1', 'sk_test_a b', 'sk_test_1,sk_test_2', 'sk_test_1,nonsense', 'sk_prod_1'])(
    'refuse %s and never show a key',
    (keys) => {
      const read = () => readStripeSettings({ STRIPE_SECRET_KEY: keys });
      expect(read).toThrow(CommandFailed);
      expect(read).toThrow('STRIPE_SECRET_KEY: must be sk_test_… or sk_live_…');
      for (const key of keys.split(',')) expect(read).not.toThrow(key);
    },
  );

  it('tell every fault at once', () => {
    const environment = {
      MONGODB_URI: 'postgres://',
      STRIPE_SECRET_KEY: 'sk_nonsense',
      STRIPE_API_BASE: '127.0.0.1:4242',
    };
    const read = () => readStripeSettings(environment);
    for (const name of Object.keys(environment)) expect(read).toThrow(`  ${name}: `);
  });

  it('are not asked of other commands', () => {
    const environment = { STRIPE_SECRET_KEY: 'sk_nonsense', STRIPE_API_BASE: 'x' };
    expect(readSettings(environment).mongodbUri).toBeUndefined();
  });
});

describe('the settings of commands that talk to the API', () => {
  const address = { DURABILL_URL: 'https://api.example.com//', DURABILL_KEY: 'dbk_live_1' };

  it('take an address with its key, or none of both', () => {
    const both = { url: 'https://api.example.com', key: 'dbk_live_1' };
    expect(readApiSettings(address)).toMatchObject(both);
    expect(readApiSettings({})).toMatchObject({ url: undefined, key: undefined });
  });

  it.each([
    ['an address alone', { ...address, DURABILL_KEY: '' }, 'DURABILL_URL'],
    ['a key alone', { DURABILL_KEY: 'dbk_live_1' }, 'DURABILL_URL'],
    ['no address', { ...address, DURABILL_URL: 'api.example.com' }, 'DURABILL_URL'],
    ['a key that browsers have', { ...address, DURABILL_KEY: 'dbp_live_1' }, 'DURABILL_KEY'],
  ])('refuse %s and never show a key', (_name, environment, named) => {
    const read = () => readApiSettings(environment);
    expect(read).toThrow(`  ${named}: `);
    expect(read).not.toThrow(/_live_1/);
  });
});
