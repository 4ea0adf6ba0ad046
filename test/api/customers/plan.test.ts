import { World } from '../world.js';

/** Changes of plan through HTTP where Stripe bills nothing; with it: test/journeys. */

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(() => world.stop());

const make = (id: string) => world.ask('PUT', `/v1/customers/${id}`, { body: { plan: 'free' } });
const post = (id: string, what: string, body: unknown = {}) =>
  world.ask('POST', `/v1/customers/${id}/${what}`, { body });

test('a cancellation at the end of the period is shown, and can be undone', async () => {
  const { body: made } = await make('later');
  const { end } = made['period'] as { readonly end: string };
  const planned = await post('later', 'cancel', { when: 'periodEnd' });
  expect(planned.status).toBe(200);
  expect(planned.body).toMatchObject({
    status: 'active',
    scheduled: { action: 'cancel', plan: null, at: end },
  });
  const resumed = await post('later', 'resume');
  expect([resumed.status, resumed.body['scheduled']]).toEqual([200, null]);
});

test('a plan at the end of the period is shown with its version', async () => {
  await make('next');
  const { status, body } = await post('next', 'plan', { plan: 'free@1', when: 'periodEnd' });
  expect([status, body['scheduled']]).toMatchObject([200, {
    action: 'plan', plan: { id: 'free', version: 1 },
  }]);
});

test('canceled now: decisions say so, usage is written off, a plan can begin anew', async () => {
  await make('gone');
  const canceled = await post('gone', 'cancel', { when: 'now' });
  expect([canceled.status, canceled.body['status']]).toEqual([200, 'canceled']);
  const quantities = { input_tokens: 5 };
  const asked = await world.ask('POST', '/v1/reservations', {
    body: { customer: 'gone', quantities },
  });
  expect([asked.status, asked.body['code']]).toEqual([402, 'customer_canceled']);
  const event = await world.ask('POST', '/v1/events', {
    body: { id: 'e1', customer: 'gone', quantities },
  });
  expect([event.status, event.body['writeOff']]).toEqual([200, quantities]);
  expect((await make('gone')).body).toMatchObject({ status: 'active', scheduled: null });
});

test.each([
  ['no when', 'cancel', {}, '/when'],
  ['a when that is none', 'plan', { plan: 'free', when: 'soon' }, '/when'],
  ['an unknown plan', 'plan', { plan: 'gold', when: 'now' }, '/plan'],
  ['an unknown plan to follow', 'cancel', { when: 'now', then: 'gold' }, '/then'],
  ['a priced plan to follow', 'cancel', { when: 'periodEnd', then: 'pro' }, '/then'],
  ['an unknown field', 'resume', { now: true }, '/now'],
])('refused and nothing changed: %s', async (_name, what, body, pointer) => {
  await make('refused');
  const entries = await world.entries('refused');
  const answer = await post('refused', what, body);
  expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
  expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer }));
  expect(await world.entries('refused')).toBe(entries);
});

test('an Idempotency-Key asks once', async () => {
  await make('once');
  const headers = { 'idempotency-key': 'k1' };
  const ask = () =>
    world.ask('POST', '/v1/customers/once/cancel', { body: { when: 'periodEnd' }, headers });
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
  expect(await world.entries('once')).toBe(2);
});

test('nobody is canceled who is not there', async () => {
  expect((await post('nobody', 'cancel', { when: 'now' })).status).toBe(404);
});

test('a preview answers what it would bill, and changes nothing', async () => {
  await make('preview');
  const entries = await world.entries('preview');
  const asked = await post('preview', 'plan', { plan: 'pro', when: 'now', preview: true });
  expect([asked.status, asked.body['invoices']]).toMatchObject([200, [{ reason: 'start' }]]);
  expect(await world.entries('preview')).toBe(entries);
});
