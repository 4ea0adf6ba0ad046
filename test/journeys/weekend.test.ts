import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupDigits } from '../../billing/money.js';
import { DAY_MS, MINUTE_MS } from '../../billing/period.js';
import { parseTrace, type TraceCall } from '../../dev/demo/trace.js';
import { startStack, type TestStack } from '../stack.js';
import { until } from '../until.js';
import { DecisionApp } from './decisionApp.js';

/**
 * The weekend on which an agent loops: real calls of an AI service, at 100 times their pace.
 * Unwatched, two days of it cost about $14,000. The breaker freezes the customer.
 */

jest.setTimeout(180_000);

const TRACE = join(__dirname, '../../dev/demo/data/azure-llm-trace-code-2023.csv');
const PACE = 100;
const HOUR_MS = 60 * MINUTE_MS;
/** A day of work: eight hours like the trace's one. */
const WORK_HOURS = 8;
/** Saturday, 9 o'clock; the days of work before it are those of the same week. */
const LOOP_START_MS = Date.UTC(2026, 1, 7, 9);

/** One call in fifty: the same shape, fewer events. */
const calls = parseTrace(readFileSync(TRACE, 'utf8')).filter(({ line }) => line % 50 === 0);
const hourStartMs = calls[0]?.atMs ?? 0;
const tokensOf = ({ inputTokens, outputTokens }: TraceCall) => inputTokens + outputTokens;
const unitsOf = (some: readonly TraceCall[]) => some.reduce((sum, one) => sum + tokensOf(one), 0);

let stack: TestStack;
let app: DecisionApp;

beforeAll(async () => {
  const catalogue = join(__dirname, 'decisions.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  app = new DecisionApp(() => [stack.api], stack.key);
});

afterAll(() => stack?.stop());

/** Sends calls as events of the hour that begins at `startMs`, `pace` times as fast. */
async function send(name: string, some: readonly TraceCall[], startMs: number, pace: number) {
  const events = some.map((call, at) => ({
    id: `${name}-${at}`,
    customer: 'agent',
    quantities: { input_tokens: tokensOf(call) },
    timestamp: new Date(startMs + Math.floor((call.atMs - hourStartMs) / pace)).toISOString(),
  }));
  for (let from = 0; from < events.length; from += 1_000) {
    const { body } = await app.ask('POST', '/v1/events', {
      events: events.slice(from, from + 1_000),
    });
    expect(body).toMatchObject({ rejected: 0, conflict: 0 });
  }
}

const clock = (toMs: number) =>
  app.ask('POST', '/v1/test/clock', { customer: 'agent', to: new Date(toMs).toISOString() });

async function accruedMinor(): Promise<number> {
  const { body } = await app.ask('GET', '/v1/customers/agent');
  return (body['spend'] as { accruedAmountMinor: number }).accruedAmountMinor;
}

/** True at once, or within the few seconds in which the freeze is written and folded. */
async function isFrozen(limitMs: number): Promise<boolean> {
  const frozen = async () =>
    (await app.ask('GET', '/v1/customers/agent')).body['status'] === 'frozen';
  return until(frozen, 'freeze', limitMs).then(
    () => true,
    () => false,
  );
}

it('freezes a looping agent within a minute of ten typical days in an hour', async () => {
  await app.ask('PUT', '/v1/customers/agent', { plan: 'agent', anchor: '2026-02-03T00:00:00Z' });
  for (let day = 4; day >= 1; day -= 1) {
    const startMs = LOOP_START_MS - day * DAY_MS;
    await clock(startMs + WORK_HOURS * HOUR_MS);
    for (let hour = 0; hour < WORK_HOURS; hour += 1) {
      await send(`day-${day}-${hour}`, calls, startMs + hour * HOUR_MS, 1);
    }
  }
  await clock(LOOP_START_MS);
  const beforeMinor = await accruedMinor();
  const typicalDay = WORK_HOURS * unitsOf(calls);
  let used = 0;
  let crossedAt = -1;
  let frozenAt = -1;
  for (let minute = 0; minute < 70 && frozenAt < 0; minute += 1) {
    // A minute of the loop is 100 minutes of the trace: once through it and part of it again.
    const spentMs = ((minute * PACE) % 60) * MINUTE_MS;
    const rest = calls.filter(({ atMs }) => atMs - hourStartMs < 40 * MINUTE_MS);
    const startMs = LOOP_START_MS + minute * MINUTE_MS;
    await send(`loop-${minute}-${spentMs}`, calls, startMs, PACE);
    await send(`again-${minute}`, rest, startMs + 36_000, PACE);
    used += unitsOf(calls) + unitsOf(rest);
    if (crossedAt < 0 && used > 10 * typicalDay) crossedAt = minute;
    await clock(startMs + MINUTE_MS);
    if (await isFrozen(crossedAt < 0 ? 1 : 10_000)) frozenAt = minute;
  }
  const lostMinor = (await accruedMinor()) - beforeMinor;
  expect(crossedAt).toBeGreaterThan(30);
  expect(frozenAt - crossedAt).toBeLessThanOrEqual(1);
  const denied = await app.reserve('agent', 1);
  expect([denied.status, denied.body['code']]).toEqual([403, 'customer_frozen']);
  // docs/rules.md: at most ten typical days, and what one minute brings.
  const boundUnits = 10 * typicalDay + 2 * (used / (frozenAt + 1));
  expect(lostMinor * 10_000).toBeLessThanOrEqual(boundUnits * 8 + 10_000);
  const weekendMinor = Math.round(((used / (frozenAt + 1)) * 2 * 24 * 60 * 8) / 10_000);
  const dollars = (minor: number) => `$${groupDigits(String(Math.round(minor / 100)))}`;
  process.stderr.write(
    `weekend: frozen ${frozenAt + 1} min into the loop, ${frozenAt - crossedAt} min after the ` +
      `crossing; lost ${dollars(lostMinor)} of about ${dollars(weekendMinor)}\n`,
  );
  await app.ask('PATCH', '/v1/customers/agent/controls', { frozen: false });
  expect((await app.reserve('agent', 1)).status).toBe(201);
});
