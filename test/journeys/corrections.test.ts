import { join } from 'node:path';
import type { Invoice } from '../../billing/invoice.js';
import { startStack, type TestStack } from '../stack.js';
import { DecisionApp } from './decisionApp.js';

/** A void gives back what it cost, wherever its period's invoice stands; each cent once. */

jest.setTimeout(120_000);

let stack: TestStack;
let app: DecisionApp;

beforeAll(async () => {
  const catalogue = join(__dirname, 'plans.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  app = new DecisionApp(() => [stack.api], stack.key);
});

afterAll(() => stack?.stop());

/** `pro`: 100 are included, each further costs half a cent; 29.00 in advance. */
const ANCHOR = '2026-01-31T10:23:00.000Z';
const DAY_MS = 86_400_000;
const at = (days: number) => new Date(Date.parse(ANCHOR) + days * DAY_MS).toISOString();

/** Lines of the 600 that Stripe was told. */
const USED = ['input_tokens/included 0', 'input_tokens 250'];

const ok = async (method: string, path: string, body?: object) => {
  const reply = await app.ask(method, path, body);
  expect([reply.body['detail'], reply.status < 300]).toEqual([undefined, true]);
  return reply.body;
};
const clock = (customer: string, to: string) => ok('POST', '/v1/test/clock', { customer, to });
const use = (customer: string, id: string, units: number, timestamp: string) =>
  ok('POST', '/v1/events', { id, customer, timestamp, quantities: { input_tokens: units } });
const takeBack = (customer: string, id: string) =>
  ok('POST', `/v1/events/${id}/void`, { customer, reason: 'a mistake' });

/** Invoices oldest first: reason, status and lines; Stripe's sums are ours. */
async function invoices(customer: string) {
  const body = await ok('GET', `/v1/customers/${customer}/invoices`);
  const data = (body['data'] as Invoice[]).toReversed();
  return data.map(({ reason, status, lines, subtotalMinor, stripe, review }) => {
    expect([review, stripe?.subtotalMinor]).toEqual([null, subtotalMinor]);
    return [`${reason} ${status}`, ...lines.map((line) => `${line.ref} ${line.amountMinor}`)];
  });
}

/** A customer of whom Stripe was told 600 in the open period, in two events. */
async function told(customer: string): Promise<void> {
  await ok('PUT', `/v1/customers/${customer}`, { plan: 'pro', anchor: ANCHOR });
  await clock(customer, at(1));
  await use(customer, `${customer}-kept`, 400, at(1));
  await use(customer, `${customer}-void`, 200, at(1));
  await clock(customer, at(2));
  const { reporting } = await ok('GET', `/v1/customers/${customer}`);
  expect(reporting).toMatchObject({ input_tokens: { ledger: 600, accepted: 600 } });
}

test('before it is finalised: a negative line on the invoice of its own period', async () => {
  await told('before');
  await takeBack('before', 'before-void');
  const { reporting } = await ok('GET', '/v1/customers/before');
  expect(reporting).toMatchObject({
    input_tokens: { ledger: 400, accepted: 600, pending: 0, late: -200 },
  });
  await clock('before', 'periodEnd');
  expect(await invoices('before')).toEqual([
    ['start paid', 'base 2900'],
    ['cycle paid', ...USED, 'late/input_tokens -100', 'base 2900'],
  ]);
});

test('after it was finalised: on the next one, once', async () => {
  await told('after');
  await clock('after', 'periodEnd');
  await takeBack('after', 'after-void');
  await clock('after', 'periodEnd');
  await clock('after', 'periodEnd');
  expect((await invoices('after')).slice(1)).toEqual([
    ['cycle paid', 'input_tokens/included 0', 'input_tokens 250', 'base 2900'],
    ['cycle paid', 'late/input_tokens -100', 'base 2900'],
    ['cycle paid', 'base 2900'],
  ]);
});

test('after the customer left: an invoice of its own, to the balance', async () => {
  await told('left');
  await ok('POST', '/v1/customers/left/cancel', { when: 'now' });
  await clock('left', at(3));
  await takeBack('left', 'left-void');
  await clock('left', at(40));
  expect((await invoices('left')).slice(1)).toEqual([
    ['final paid', 'input_tokens/included 0', 'input_tokens 250'],
    ['late paid', 'late/input_tokens -100'],
  ]);
});
