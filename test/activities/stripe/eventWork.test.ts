import { EventWorld, intent, NOW_MS } from './eventWorld.js';

/** Events that don't say whom they concern: Stripe is asked, and the right one is told. */

let world: EventWorld;
beforeEach(async () => {
  world = new EventWorld();
  await world.start();
});
afterEach(() => world.stop());

const toldAcme = [{ workflow: 'billing/test/acme', news: { event: 'evt_1' } }];
const CHARGE = { object: 'charge', id: 'ch_1' } as const;
const METER = { object: 'meter', id: 'mtr_1' } as const;
const EVENT = { object: 'event', id: 'evt_1' } as const;

test.each([
  ['an id', 'cus_acme'],
  ['the whole customer', { id: 'cus_acme', object: 'customer' }],
])('a dispute tells the customer of its charge, given as %s', async (_name, customer) => {
  world.answers.set('/v1/charges/ch_1', { id: 'ch_1', customer });
  expect(await world.work(CHARGE)).toBe('handed ');
  expect(world.told).toEqual(toldAcme);
});

test('a charge of nobody is ignored', async () => {
  world.answers.set('/v1/charges/ch_1', { id: 'ch_1', customer: null });
  expect(await world.work(CHARGE)).toBe('ignored its object has no customer');
});

test('a stranger’s is left waiting for ten minutes, then ignored', async () => {
  world.answers.set('/v1/charges/ch_1', { id: 'ch_1', customer: 'cus_other' });
  expect(await world.work(CHARGE)).toBe('received ');
  world.nowMs = NOW_MS + 600_001;
  expect(await world.again()).toBe('ignored cus_other is no customer of ours');
});

describe('a thin event', () => {
  function thin(type: string, url: string | null): void {
    const related_object = url === null ? null : { id: 'x_1', type: 'x', url };
    const event = { id: 'evt_1', object: 'v2.core.event', type, livemode: false, related_object };
    world.answers.set('/v2/core/events/evt_1', event);
  }

  test('tells the customer of its object', async () => {
    thin('v1.invoice.created', '/v1/invoices/in_1');
    world.answers.set('/v1/invoices/in_1', { id: 'in_1', customer: 'cus_acme' });
    expect(await world.work(EVENT)).toBe('handed ');
    expect(world.told).toEqual(toldAcme);
  });

  test('of a dispute tells the customer of the charge', async () => {
    thin('v1.charge.dispute.created', '/v1/disputes/dp_1');
    world.answers.set('/v1/disputes/dp_1', { id: 'dp_1', charge: 'ch_1' });
    world.answers.set('/v1/charges/ch_1', { id: 'ch_1', customer: 'cus_acme' });
    expect(await world.work(EVENT)).toBe('handed ');
    expect(world.told).toEqual(toldAcme);
  });

  test.each([null, '/v2/core/accounts/acct_1', 'https://elsewhere.example/v1/x'])(
    'is ignored where its object is at %j',
    async (url) => {
      thin('v1.invoice.created', url);
      expect(await world.work(EVENT)).toBe('ignored v1.invoice.created names no object');
      expect(world.asked).toEqual(['/v2/core/events/evt_1']);
    },
  );
});

describe('a meter that is switched off', () => {
  const inactive = {
    id: 'mtr_1',
    event_name: 'durabill_tokens',
    status: 'inactive',
    status_transitions: { deactivated_at: 1_799_999_000 },
  };
  const report = (id: string, customer: string, ageMs: number) =>
    world.intents.set(id, intent(id, { customer, firstSentAtMs: NOW_MS - ageMs }));

  test('pages an operator once, and says how many report to it', async () => {
    world.answers.set('/v1/billing/meters/mtr_1', inactive);
    report('dbl_a_1', 'acme', 5_000);
    report('dbl_b_1', 'bolt', 9_000);
    report('dbl_c_1', 'corp', 36 * 86_400_000);
    expect(await world.work(METER)).toBe('handed ');
    expect(world.alerts).toEqual([
      {
        customer: 'acme',
        alert: {
          key: 'report.deadLetter/mtr_1/1799999000',
          type: 'report.deadLetter',
          details: {
            meter: 'tokens',
            eventName: 'durabill_tokens',
            stripeMeter: 'mtr_1',
            customers: 2,
            reason: 'the meter is deactivated',
          },
          untilMs: 0,
          atMs: NOW_MS - 60_000,
        },
      },
    ]);
  });

  test.each([
    ['is active again', { ...inactive, status: 'active' }, 'acme'],
    ['is reported to by nobody', inactive, null],
  ])('pages nobody where it %s', async (_name, meter, customer) => {
    world.answers.set('/v1/billing/meters/mtr_1', meter);
    if (customer) report('dbl_a_1', customer, 5_000);
    expect(await world.work(METER)).toBe('ignored the meter is active, or nobody reports to it');
    expect(world.alerts).toEqual([]);
  });
});

test('without a key of its mode an event waits', async () => {
  await expect(world.work(CHARGE, { mode: 'live' })).rejects.toMatchObject({ type: 'stripe_key' });
  expect(world.rows.get('evt_1')?.state).toBe('received');
});

test('an event that has ended is not looked at again', async () => {
  await world.work(CHARGE, { state: 'handed' });
  expect(world.asked).toEqual([]);
});
