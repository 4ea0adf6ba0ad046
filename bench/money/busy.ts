import { batchesOf } from '../../dev/demo/year.js';
import { billFaults, unitsOf, type UsageEvent } from './bill.js';
import { callsBetween, callsOf, callsUntilNow, isOfTestClock, type CallCounts } from './calls.js';
import { invoicesOf, type Site } from './site.js';

/** What a busy customer's usage costs in calls to Stripe. */

/** Events a second of the customers that are measured, and for how many minutes they come. */
const RATES = [1, 10, 50];
const MINUTES = 60;

/** Until reports are due after the last event, minutes: that of many, and that of few. */
const AFTER_MINUTES = [11, 372];

const MINUTE_MS = 60_000;
const BATCH = 1_000;
const START_MS = Date.UTC(2026, 0, 31, 10, 23);

const REPORT = 'POST /v1/billing/meter_events';

/** One customer's figures. */
export interface BusyFigures {
  readonly eventsPerSecond: number;
  readonly events: number;
  readonly meters: number;
  /** Reports of usage. */
  readonly reports: number;
  /** Everything else but test clocks, which only test mode has. */
  readonly others: number;
  readonly perThousandEvents: number;
  /** The same with the close of the period. */
  readonly withClosePerThousand: number;
  readonly calls: CallCounts;
}

/** One minute's events, spread over it. */
function minuteOf(customer: string, perSecond: number, minute: number): UsageEvent[] {
  const count = perSecond * 60;
  return Array.from({ length: count }, (_, at) => ({
    id: `${customer}-${minute}-${at}`,
    customer,
    timestamp: new Date(START_MS + minute * MINUTE_MS + Math.floor((at * MINUTE_MS) / count))
      .toISOString(),
    quantities: { tokens: 100 + (at % 50), images: at % 3 },
  }));
}

function clock({ api }: Site, customer: string, to: string): Promise<unknown> {
  const body = { customer, to };
  const idempotencyKey = `${customer}-${to}`;
  return api.call({ method: 'POST', path: '/v1/test/clock', body, idempotencyKey });
}

function minuteText(minute: number): string {
  return new Date(START_MS + minute * MINUTE_MS).toISOString();
}

async function use(site: Site, customer: string, perSecond: number): Promise<UsageEvent[]> {
  const sent: UsageEvent[] = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    await clock(site, customer, minuteText(minute + 1));
    const events = minuteOf(customer, perSecond, minute);
    for (const batch of batchesOf(events, BATCH)) {
      await site.api.call({ method: 'POST', path: '/v1/events', body: { events: batch } });
    }
    sent.push(...events);
  }
  for (const after of AFTER_MINUTES) await clock(site, customer, minuteText(MINUTES + after));
  return sent;
}

interface ReportingRow {
  readonly ledger: number;
  readonly accepted: number;
}

/** Sums that Stripe was not told, or told wrongly. */
async function reportFaults(
  { api }: Site,
  customer: string,
  events: readonly UsageEvent[],
): Promise<string[]> {
  const { reporting } = await api.call<{
    readonly reporting: Readonly<Record<string, ReportingRow>>;
  }>({ method: 'GET', path: `/v1/customers/${customer}` });
  return Object.entries(unitsOf(events)).flatMap(([meter, units]) => {
    const row = reporting[meter];
    if (row && row.ledger === units && row.accepted === units) return [];
    return [`${customer}: ${meter} ${JSON.stringify(row)}, not ${units}`];
  });
}

const perThousand = (calls: number, events: number): number =>
  Math.round((calls * 1_000_000) / events) / 1_000;

async function measureOne(
  site: Site,
  perSecond: number,
): Promise<{ readonly figures: BusyFigures; readonly faults: readonly string[] }> {
  const customer = `busy-${perSecond}`;
  const body = { plan: 'pro', anchor: minuteText(0) };
  await site.api.call({ method: 'PUT', path: `/v1/customers/${customer}`, body });
  const { stripe } = site.stack;
  const before = await callsUntilNow(stripe);
  const events = await use(site, customer, perSecond);
  const calls = callsBetween(before, await callsUntilNow(stripe));
  const faults = await reportFaults(site, customer, events);
  await clock(site, customer, 'periodEnd');
  const all = callsBetween(before, await callsUntilNow(stripe));
  faults.push(...billFaults(customer, await invoicesOf(site, customer), unitsOf(events)));
  const live = (kind: string): boolean => !isOfTestClock(kind);
  const reports = callsOf(calls, (kind) => kind === REPORT);
  const total = callsOf(calls, live);
  const figures = {
    eventsPerSecond: perSecond,
    events: events.length,
    meters: 2,
    reports,
    others: total - reports,
    perThousandEvents: perThousand(total, events.length),
    withClosePerThousand: perThousand(callsOf(all, live), events.length),
    calls,
  };
  site.say(`${customer}: ${total} calls for ${events.length} events`);
  return { figures, faults };
}

/** An hour of a customer's usage at each rate, and the close of its period. */
export async function measureBusy(
  site: Site,
): Promise<{ readonly figures: readonly BusyFigures[]; readonly faults: readonly string[] }> {
  const figures: BusyFigures[] = [];
  const faults: string[] = [];
  for (const perSecond of RATES) {
    const one = await measureOne(site, perSecond);
    figures.push(one.figures);
    faults.push(...one.faults);
  }
  return { figures, faults };
}
