import { readSettings, stripeRate } from '../../worker/settings.js';

/** The worker's environment: every fault at once, no value shown. */

const NEEDED = { TEMPORAL_ADDRESS: '127.0.0.1:7233', MONGODB_URI: 'mongodb://127.0.0.1/durabill' };
const SECRET = `whsec_${Buffer.alloc(24).toString('base64')}`;

it('takes where alerts go, several secrets among it, and empty ones as not set', () => {
  const settings = readSettings({
    ...NEEDED,
    ALERT_WEBHOOK_URL: 'https://example.com/hook',
    ALERT_WEBHOOK_SECRET: `${SECRET}, ${SECRET}`,
    SLACK_WEBHOOK_URL: '',
    SMTP_URL: 'smtps://u:p@mail.example.com/?to=ops@example.com',
  });
  expect(settings).toMatchObject({
    ALERT_WEBHOOK_URL: 'https://example.com/hook',
    ALERT_WEBHOOK_SECRET: [SECRET, SECRET],
    SMTP_URL: 'smtps://u:p@mail.example.com/?to=ops@example.com',
  });
  expect(settings.SLACK_WEBHOOK_URL).toBeUndefined();
  expect(readSettings(NEEDED).ALERT_WEBHOOK_SECRET).toEqual([]);
});

it('names every fault at once and shows no value', () => {
  const read = () =>
    readSettings({
      MONGODB_URI: NEEDED.MONGODB_URI,
      ALERT_WEBHOOK_URL: 'ftp://private',
      ALERT_WEBHOOK_SECRET: 'whsec_*private*',
      SLACK_WEBHOOK_URL: 'private',
      SMTP_URL: 'smtp://u:private@h/',
    });
  expect(read).toThrow(/TEMPORAL_ADDRESS[\s\S]*ALERT_WEBHOOK_URL: must be an address/);
  expect(read).toThrow(/ALERT_WEBHOOK_SECRET: must be whsec_[\s\S]*SLACK_WEBHOOK_URL/);
  expect(read).toThrow(/SMTP_URL: must be smtp:/);
  expect(read).not.toThrow(/private/);
});

it('wants a secret for a webhook, beside other faults', () => {
  const url = { ALERT_WEBHOOK_URL: 'https://example.com/hook' };
  expect(() => readSettings({ ...NEEDED, ...url })).toThrow(/ALERT_WEBHOOK_SECRET: is missing/);
  const both = () => readSettings({ ...url, MONGODB_URI: 'x' });
  expect(both).toThrow(/TEMPORAL_ADDRESS[\s\S]*ALERT_WEBHOOK_SECRET: is missing/);
});

it('asks less of Stripe in test mode, and as much as is said', () => {
  const rateOf = (environment: Record<string, string>) =>
    stripeRate(readSettings({ ...NEEDED, ...environment }));
  const test = { STRIPE_SECRET_KEY: 'sk_test_a' };
  expect(rateOf({})).toBe(15);
  expect(rateOf(test)).toBe(15);
  expect(rateOf({ STRIPE_SECRET_KEY: 'sk_live_a' })).toBe(60);
  expect(rateOf({ STRIPE_SECRET_KEY: 'sk_test_a,rk_live_a' })).toBe(60);
  expect(rateOf({ ...test, STRIPE_API_BASE: 'http://127.0.0.1:4242' })).toBe(1_000);
  expect(rateOf({ ...test, DURABILL_STRIPE_RATE: '7.5' })).toBe(7.5);
});
