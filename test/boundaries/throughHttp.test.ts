import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { stripeClient } from '../../activities/stripe/client.js';
import type { Invoice } from '../../billing/invoice.js';
import { DecisionApp } from '../journeys/decisionApp.js';
import { startStack, type TestStack } from '../stack.js';

/** Events at the edges of periods and days, from POST /v1/events to the paid invoice at Stripe. */

jest.setTimeout(180_000);

let stack: TestStack;
let app: DecisionApp;
let stripe: Stripe;

beforeAll(async () => {
  const catalogue = join(__dirname, '../journeys/plans.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  app = new DecisionApp(() => [stack.api], stack.key);
  const secrets = JSON.parse(await readFile(join(stack.folder, 'secrets.json'), 'utf8')) as {
    readonly stripeSecretKey: string;
  };
  stripe = stripeClient({ secretKey: secrets.stripeSecretKey, apiBase: stack.stripe });
});

afterAll(() => stack?.stop());

const MINUTE_MS = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();

const ok = async (method: string, path: string, body?: object) => {
  const reply = await app.ask(method, path, body);
  expect([path, reply.body['detail'], reply.status < 300]).toEqual([path, undefined, true]);
  return reply.body;
};
const clock = (customer: string, to: string) => ok('POST', '/v1/test/clock', { customer, to });

interface Standing {
  readonly period: { readonly start: string; readonly end: string };
  readonly stripe: { readonly subscription: string };
}
const standing = async (customer: string) =>
  (await ok('GET', `/v1/customers/${customer}`)) as unknown as Standing;

interface Dated {
  readonly atMs: number;
  readonly units: number;
}

const sumOf = (events: readonly Dated[]) => events.reduce((sum, { units }) => sum + units, 0);

/** Units by period, in order, of one customer whose clock comes along. */
class Diary {
  readonly periods: Dated[][] = [];
  private units = 201;

  constructor(readonly customer: string) {}

  /** Sends one event; it is of the `period`-th period. No two have as many units. */
  async use(atMs: number, period: number): Promise<void> {
    this.units += 2;
    const { customer, units } = this;
    const at = (this.periods[period] ??= []);
    at.push({ atMs, units });
    // Ids are the customer's own: another one's are alike.
    const event = { id: `${units}`, customer, timestamp: iso(atMs) };
    const { status } = await ok('POST', '/v1/events', {
      ...event,
      quantities: { input_tokens: units },
    });
    expect(status).toBe('recorded');
  }

  /** The open period's first and last instant, and the first one of the next. */
  async passPeriod(period: number, more: readonly number[] = []): Promise<void> {
    const { customer } = this;
    const open = (await standing(customer)).period;
    const [startMs, endMs] = [Date.parse(open.start), Date.parse(open.end)];
    if (period === 0) await this.use(startMs, 0);
    await this.use(startMs + 1, period);
    for (const atMs of more) {
      if (atMs === more[0]) await clock(customer, iso(Math.max(...more)));
      await this.use(atMs, period);
    }
    await clock(customer, iso(endMs - MINUTE_MS));
    await this.use(endMs - 1, period);
    await this.use(endMs, period + 1);
    await clock(customer, 'periodEnd');
  }

  /** Each period's events are on its invoice, on no other, and Stripe says the same. */
  async judge(ended: number): Promise<void> {
    const body = await ok('GET', `/v1/customers/${this.customer}/invoices`);
    const invoices = (body['data'] as Invoice[]).toReversed();
    const cycles = invoices.filter(({ reason }) => reason === 'cycle');
    const billed = cycles.map(({ lines, status, review, stripe: there, subtotalMinor }) => {
      expect([status, review, there?.subtotalMinor]).toEqual(['paid', null, subtotalMinor]);
      const own = lines.filter(({ ref }) => ref.startsWith('input_tokens'));
      const units = own.reduce((sum, { quantity }) => sum + Number(quantity), 0);
      const amountMinor = own.reduce((sum, line) => sum + line.amountMinor, 0);
      return { units, amountMinor, late: lines.some(({ ref }) => ref.startsWith('late/')) };
    });
    // 100 are included, half a cent each is rounded up.
    const expected = this.periods.slice(0, ended).map(sumOf).map((units) => ({
      ...{ units, amountMinor: Math.ceil((units - 100) / 2), late: false },
    }));
    expect(billed).toEqual(expected);
  }
}

const PRO = { plan: 'pro', anchor: '2026-01-31T10:20:00.000Z' };

/** Around the hour that New York leaves out, and around its midnights. */
const SPRING = [
  '2026-03-08T04:59:59.999Z',
  '2026-03-08T05:00:00.000Z',
  '2026-03-08T06:59:59.999Z',
  '2026-03-08T07:00:00.000Z',
  '2026-03-09T03:59:59.999Z',
  '2026-03-09T04:00:00.000Z',
].map((text) => Date.parse(text));

/** Units by day as the calendar of a zone shows them. */
function daysOf(timeZone: string, events: readonly Dated[]): Record<string, number> {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  const days: Record<string, number> = {};
  for (const { atMs, units } of events) {
    const day = format.format(atMs);
    days[day] = (days[day] ?? 0) + units;
  }
  return days;
}

async function shownDays(customer: string, timeZone: string): Promise<Record<string, number>> {
  const query = new URLSearchParams({
    ...{ customer, from: '2026-01-01T00:00:00Z', to: '2026-05-01T00:00:00Z', bucket: 'day' },
    ...{ meter: 'input_tokens', timezone: timeZone },
  });
  const body = await ok('GET', `/v1/usage?${query.toString()}`);
  const rows = body['data'] as readonly { readonly start: string; readonly quantity: number }[];
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  return Object.fromEntries(
    rows.map(({ start, quantity }) => [format.format(Date.parse(start)), quantity]),
  );
}

/** One customer over two periods, with events around the change of clocks in the second. */
async function liveIn(timezone: string): Promise<Diary> {
  const diary = new Diary(timezone.replace('/', '-'));
  await ok('PUT', `/v1/customers/${diary.customer}`, { ...PRO, timezone });
  expect((await standing(diary.customer)).period.end).toBe('2026-02-28T10:20:00.000Z');
  await diary.passPeriod(0);
  expect((await standing(diary.customer)).period.end).toBe('2026-03-31T10:20:00.000Z');
  await diary.passPeriod(1, SPRING);
  expect((await standing(diary.customer)).period.end).toBe('2026-04-30T10:20:00.000Z');
  return diary;
}

test('the 31st, in two zones at once: each event is on one invoice and in one day', async () => {
  const zones = ['America/New_York', 'Asia/Tokyo'];
  const diaries = await Promise.all(zones.map(liveIn));
  for (const [index, zone] of zones.entries()) {
    const diary = diaries[index];
    await diary?.judge(2);
    const expected = daysOf(zone, diary?.periods.flat() ?? []);
    expect(await shownDays(diary?.customer ?? '', zone)).toEqual(expected);
  }
});

test('a subscription that starts 23 s past a minute: each event is on one invoice', async () => {
  const diary = new Diary('past-the-minute');
  await ok('PUT', `/v1/customers/${diary.customer}`, { plan: 'free', anchor: PRO.anchor });
  await clock(diary.customer, '2026-01-31T10:25:23.000Z');
  await ok('PUT', `/v1/customers/${diary.customer}`, { plan: 'pro' });
  const { period, stripe: link } = await standing(diary.customer);
  const { data } = await stripe.subscriptionItems.list({ subscription: link.subscription });
  const startMs = (data[0]?.current_period_start ?? 0) * 1000;
  // The clock ticks while Stripe is asked.
  const pastMs = startMs % MINUTE_MS;
  expect(pastMs).toBeGreaterThan(0);
  expect(period.start).toBe(iso(startMs - pastMs));
  await diary.passPeriod(0);
  // Stripe's own last instant of the first period is of the second one with us.
  const next = Date.parse((await standing(diary.customer)).period.start);
  expect(iso(next)).toBe(iso(Date.parse(period.end)));
  await diary.use(next + pastMs - 1, 1);
  await diary.passPeriod(1);
  await diary.judge(2);
});
