import { join } from 'node:path';
import type { Invoice } from '../../billing/invoice.js';
import { startStack, type TestStack } from '../stack.js';
import { DecisionApp } from './decisionApp.js';

/** A bill that stands out is held before any money moves; an operator lets it go, or gives back. */

jest.setTimeout(120_000);

let stack: TestStack;
let app: DecisionApp;

beforeAll(async () => {
  const catalogue = join(__dirname, 'plans.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  app = new DecisionApp(() => [stack.api], stack.key);
});

afterAll(() => stack?.stop());

const ANCHOR = '2026-01-31T10:23:00.000Z';

async function customer(id: string): Promise<void> {
  const asked = { plan: 'pro', anchor: ANCHOR };
  const { status } = await app.ask('PUT', `/v1/customers/${id}`, asked);
  expect(status).toBe(201);
}

async function periodEnd(id: string): Promise<void> {
  const { status } = await app.ask('POST', '/v1/test/clock', { customer: id, to: 'periodEnd' });
  expect(status).toBe(200);
}

let events = 0;
/** Usage an hour into the open period. */
async function use(id: string, units: number): Promise<void> {
  const { body } = await app.ask('GET', `/v1/customers/${id}`);
  const { start } = body['period'] as { readonly start: string };
  const at = new Date(Date.parse(start) + 3_600_000).toISOString();
  const to = Date.parse(at) > Date.parse(String(body['now'])) ? at : String(body['now']);
  await app.ask('POST', '/v1/test/clock', { customer: id, to });
  events += 1;
  const quantities = { input_tokens: units };
  const event = { id: `h${events}`, customer: id, timestamp: at, quantities };
  expect((await app.ask('POST', '/v1/events', event)).status).toBe(200);
}

async function newest(id: string): Promise<Invoice> {
  const { body } = await app.ask('GET', `/v1/customers/${id}/invoices`);
  const [first] = body['data'] as Invoice[];
  if (!first) throw new Error('no invoice');
  return first;
}

const act = (invoice: Invoice, what: string, body: object = {}) =>
  app.ask('POST', `/v1/invoices/${invoice.id}/${what}`, body);

/** A customer with a usual period and one of a hundred times the usage: held. */
async function spiking(id: string): Promise<Invoice> {
  await customer(id);
  await use(id, 1_100_000);
  await periodEnd(id);
  expect(await newest(id)).toMatchObject({ status: 'paid', reason: 'cycle' });
  await use(id, 9_000_000);
  await periodEnd(id);
  return newest(id);
}

test('a spike is held as a draft, credited, approved, and then collected to the cent', async () => {
  const held = await spiking('spiky');
  expect(held).toMatchObject({ status: 'inReview', review: { reason: 'spike' } });
  expect(held.finalizedAt).toBeNull();
  const alerts = await app.ask('GET', '/v1/customers/spiky/alerts');
  expect(JSON.stringify(alerts.body)).toContain('invoice.inReview');
  const credit = { amountMinor: 1_000, reason: 'a loop of ours' };
  const credited = await act(held, 'credit', credit);
  expect(credited).toMatchObject({
    status: 200,
    body: { status: 'inReview', subtotalMinor: held.subtotalMinor - 1_000 },
  });
  const { status, body } = await act(held, 'approve', { reason: 'the customer knows' });
  expect([status, body['detail']]).toEqual([200, undefined]);
  expect(body).toMatchObject({
    status: 'paid',
    subtotalMinor: held.subtotalMinor - 1_000,
    adjustmentsMinor: -1_000,
    stripe: { subtotalMinor: held.subtotalMinor - 1_000 },
    review: { reason: 'spike' },
  });
  expect(body['lines']).toContainEqual(
    expect.objectContaining({ ref: 'credit', description: credit.reason, amountMinor: -1_000 }),
  );
});

test('a wrong state is a conflict in words, too much money says what is left', async () => {
  const held = await spiking('wrong');
  const tooMuch = await act(held, 'credit', { amountMinor: held.subtotalMinor + 1, reason: 'no' });
  expect(tooMuch).toMatchObject({
    status: 400,
    body: { code: 'invalid_request' },
  });
  expect(tooMuch.body['detail']).toContain(`${held.subtotalMinor} is left of it`);
  expect((await act(held, 'approve')).body).toMatchObject({ status: 'paid' });
  expect(await act(held, 'approve')).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await act(held, 'hold')).toMatchObject({ status: 409, body: { code: 'conflict' } });
  const { body } = await app.ask('GET', '/v1/customers/wrong/invoices');
  const start = (body['data'] as Invoice[]).at(-1);
  expect(start?.reason).toBe('start');
  expect((await act(start as Invoice, 'hold')).status).toBe(409);
  const credit = { amountMinor: 2_900, reason: 'the first month is on us' };
  expect((await act(start as Invoice, 'credit', credit)).status).toBe(200);
  const again = await act(start as Invoice, 'credit', { ...credit, amountMinor: 1 });
  expect(again.body['detail']).toContain('0 is left of it');
});

test('of a paid invoice a credit is a note, all together never more than it came to', async () => {
  await customer('paid');
  await periodEnd('paid');
  const paid = await newest('paid');
  expect(paid).toMatchObject({ status: 'paid', totalMinor: 2900 });
  expect((await act(paid, 'credit', { amountMinor: 2_000, reason: 'sorry' })).status).toBe(200);
  const more = await act(paid, 'credit', { amountMinor: 901, reason: 'again' });
  expect(more.body['detail']).toContain('900 is left of it');
  expect((await act(paid, 'credit', { amountMinor: 900, reason: 'again' })).status).toBe(200);
});

test('a credit is given once by its key, and of two at once only what is left', async () => {
  await customer('keyed');
  await periodEnd('keyed');
  const paid = await newest('keyed');
  const give = async (key: string, amountMinor: number) => {
    const answer = await fetch(`${stack.api}/v1/invoices/${paid.id}/credit`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${stack.key}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': key,
      },
      body: JSON.stringify({ amountMinor, reason: 'once' }),
    });
    return [answer.status, await answer.text()] as const;
  };
  const [first] = await give('one', 900);
  const [again] = await give('one', 900);
  expect([first, again]).toEqual([200, 200]);
  const both = await Promise.all([give('two', 1_500), give('three', 1_500)]);
  expect(both.map(([status]) => status).toSorted((x, y) => x - y)).toEqual([200, 400]);
  expect(both.find(([status]) => status === 400)?.[1]).toContain('500 is left of it');
});

test('a list of invoices is turned by its own cursors alone', async () => {
  const bad = await app.ask('GET', '/v1/customers/paid/invoices?cursor=bm9uc2Vuc2U');
  expect(bad).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  const first = await app.ask('GET', '/v1/customers/paid/invoices?limit=1');
  const cursor = String(first.body['nextCursor']);
  const second = await app.ask('GET', `/v1/customers/paid/invoices?limit=1&cursor=${cursor}`);
  expect((second.body['data'] as Invoice[]).map(({ reason }) => reason)).toEqual(['start']);
});
