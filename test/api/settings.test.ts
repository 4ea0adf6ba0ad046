import { readSettings, SettingsError } from '../../api/settings.js';

const GOOD = {
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  MONGODB_URI: 'mongodb://127.0.0.1/durabill',
  DURABILL_TOKEN_SECRET: '0123456789abcdef0123456789abcdef',
};

test('every fault of the environment is told at once, and no value of it', () => {
  const environment = {
    PORT: '99999',
    TEMPORAL_ADDRESS: 'http://x',
    STRIPE_WEBHOOK_SECRET: 'sk_secret_canary',
    DURABILL_TOKEN_SECRET: 'a_canary',
    DURABILL_LEASES: 'sometimes',
    DURABILL_DEFAULT_PLAN: 'a b',
    DURABILL_RATE_LIMIT: '1.5',
    LOG_LEVEL: 'loud',
  };
  let thrown: unknown;
  try {
    readSettings(environment);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SettingsError);
  const { message, faults } = thrown as SettingsError;
  expect(faults.map((fault) => fault.split(':')[0])).toEqual([
    'PORT',
    'TEMPORAL_ADDRESS',
    'MONGODB_URI',
    'STRIPE_WEBHOOK_SECRET',
    'DURABILL_TOKEN_SECRET',
    'DURABILL_LEASES',
    'DURABILL_DEFAULT_PLAN',
    'DURABILL_RATE_LIMIT',
    'LOG_LEVEL',
  ]);
  expect(message).not.toContain('canary');
});

test('an empty variable counts as not set, secrets are several', () => {
  const settings = readSettings({
    ...GOOD,
    PORT: '',
    STRIPE_WEBHOOK_SECRET: 'whsec_new, whsec_old',
    DURABILL_DEFAULT_PLAN: 'pro@2',
    DURABILL_RATE_LIMIT: '',
  });
  expect(settings).toMatchObject({
    port: 3000,
    webhookSecrets: ['whsec_new', 'whsec_old'],
    defaultPlan: { id: 'pro', version: 2 },
    requestsPerSecond: null,
    leaseMode: 'auto',
    temporal: { namespace: 'default', apiKey: null },
  });
});

test('leases are off, always asked for, or by pace', () => {
  const modeOf = (DURABILL_LEASES: string) => readSettings({ ...GOOD, DURABILL_LEASES }).leaseMode;
  expect(['off', 'auto', 'always', ''].map(modeOf)).toEqual(['off', 'auto', 'always', 'auto']);
});

test('token secrets are at least 32 characters each', () => {
  const secret = GOOD.DURABILL_TOKEN_SECRET;
  const read = (DURABILL_TOKEN_SECRET: string) => readSettings({ ...GOOD, DURABILL_TOKEN_SECRET });
  expect(read(`${secret}, ${secret}`).tokenSecret).toContain(secret);
  expect(() => read(`${secret},short`)).toThrow(/DURABILL_TOKEN_SECRET/);
});
