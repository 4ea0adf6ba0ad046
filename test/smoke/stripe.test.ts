import { join } from 'node:path';
import { DAY_MS, MINUTE_MS } from '../../billing/period.js';
import { startSmokeEngine, type SmokeEngine } from './engine.js';
import { stripeTarget } from './settings.js';
import { SmokeCustomer } from './smokeCustomer.js';

/**
 * The money path at Stripe itself, as far as an account in test mode shows it: with
 * STRIPE_SECRET_KEY=sk_test_… in the environment. STRIPE_API_BASE sends the same tests to anything
 * that answers like Stripe, such as `durabill stripe-sandbox`.
 */

jest.setTimeout(1_800_000);

const target = stripeTarget();
const SKIPPED = 'skipped: STRIPE_SECRET_KEY is no sk_test_ key';
if (!target) process.stderr.write(`smoke tests at Stripe ${SKIPPED}\n`);
const ask = target ? test : test.skip;

const CATALOGUE = join(__dirname, 'catalogue.json');

let engine: SmokeEngine;

beforeAll(async () => {
  if (!target) return;
  engine = await startSmokeEngine(target);
  const pushed = await engine.durabill('plans', 'push', CATALOGUE);
  if (pushed.code !== 0) throw new Error(pushed.errors);
});

afterAll(() => engine?.stop());

describe(target ? 'at Stripe' : `at Stripe (${SKIPPED})`, () => {
  ask('plans that were pushed are there, and a second time nothing is made', async () => {
    expect((await engine.durabill('plans', 'push', CATALOGUE)).code).toBe(0);
    const keys = ['smoke', 'smoke_plus'].flatMap((plan) =>
      ['base', 'smoke_tokens', 'smoke_images'].map((meter) => `durabill/${plan}/1/${meter}`),
    );
    const { data } = await engine.stripe.prices.list({ lookup_keys: keys, limit: 100 });
    expect(new Set(data.map(({ lookup_key: key }) => key))).toEqual(new Set(keys));
    expect(data).toHaveLength(keys.length);
  });

  ask('a month: usage reported, taken back, late, credited, and a last invoice', async () => {
    const customer = new SmokeCustomer(engine, 'month');
    const { anchorMs } = customer;
    await customer.start();
    const day = (count: number): number => anchorMs + count * DAY_MS;
    await customer.clock(day(5));
    await customer.use('kept', { smoke_tokens: 1_500, smoke_images: 25 }, day(5));
    await customer.use('wrong', { smoke_tokens: 200 }, day(5));
    const { reporting } = await customer.clock(day(6));
    const known = { pending: 0, inDoubt: 0, deadLetter: 0, late: 0 };
    expect(reporting).toMatchObject({
      smoke_tokens: { ...known, ledger: 1_700, accepted: 1_700 },
      smoke_images: { ...known, ledger: 25, accepted: 25 },
    });
    await customer.takeBack('wrong');
    await customer.clock('periodEnd');
    const start = ['start', 'base 2900'];
    const cycle = [
      ...['cycle', 'smoke_tokens/tier-2 450', 'smoke_tokens/tier-3 175', 'smoke_images 300'],
      ...['late/smoke_tokens -50', 'base 2900'],
    ];
    expect(await customer.billed()).toEqual([start, cycle]);
    const paid = (await customer.invoices()).at(-1);
    if (!paid) throw new Error('no invoice');
    await customer.credit(paid, 500);
    const notes = await engine.stripe.creditNotes.list({ invoice: paid.stripe?.invoice ?? '' });
    expect(notes.data.map(({ amount }) => amount)).toEqual([500]);
    await customer.use('late', { smoke_tokens: 100 }, day(10));
    const { now } = await customer.read();
    await customer.use('last', { smoke_tokens: 300 }, Date.parse(now));
    await customer.ask('cancel', { when: 'now' });
    const left = await customer.clock(Date.parse(now) + DAY_MS);
    expect(left.status).toBe('canceled');
    const last = ['final', 'smoke_tokens/tier-2 100', 'late/smoke_tokens 25'];
    expect(await customer.billed()).toEqual([start, cycle, last]);
    expect((await customer.atStripe()).map(({ status }) => status)).toEqual(Array(3).fill('paid'));
    const reconciled = await engine.durabill('reconcile', customer.id);
    expect([reconciled.code, reconciled.errors]).toEqual([0, '']);
  });

  ask('a plan is changed now: the old usage, the unused base back, the new base', async () => {
    const customer = new SmokeCustomer(engine, 'change');
    const { anchorMs } = customer;
    const { period } = await customer.start();
    await customer.clock(anchorMs + 9 * DAY_MS);
    await customer.use('old', { smoke_tokens: 600 }, anchorMs + 9 * DAY_MS);
    await customer.clock(anchorMs + 10 * DAY_MS);
    await customer.ask('plan', { plan: 'smoke_plus', when: 'now' });
    const { now } = await customer.read();
    await customer.use('new', { smoke_tokens: 45, smoke_images: 2 }, Date.parse(now));
    await customer.clock(Date.parse(now) + 60 * MINUTE_MS);
    const final = (await customer.invoices())[1];
    const endMs = Date.parse(period?.end ?? '');
    const unused = unusedMinor(2_900, {
      left: (endMs - Date.parse(final?.period.end ?? '')) / MINUTE_MS,
      all: (endMs - anchorMs) / MINUTE_MS,
    });
    const before = [
      ['start', 'base 2900'],
      ['final', 'smoke_tokens/tier-2 250', `base/unused ${-unused}`],
      ['start', 'base 4900'],
    ];
    expect(await customer.billed()).toEqual(before);
    await customer.clock('periodEnd');
    const cycle = ['cycle', 'smoke_tokens 9', 'smoke_images 14', 'base 4900'];
    expect(await customer.billed()).toEqual([...before, cycle]);
    expect((await engine.durabill('reconcile', customer.id)).code).toBe(0);
  });
});

/** Part of a base for whole minutes, half away from zero, in integers alone. */
function unusedMinor(baseMinor: number, minutes: { readonly left: number; readonly all: number }) {
  const { left, all } = minutes;
  return Math.floor((2 * baseMinor * left + all) / (2 * all));
}
