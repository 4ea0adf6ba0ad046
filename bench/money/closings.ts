import { commandEntry } from '../../api/customers/command.js';
import type { CustomerKey } from '../../billing/log.js';
import { byClients } from '../../test/journeys/decisionApp.js';
import { billFaults, unitsOf, usageOf, type UsageEvent } from './bill.js';
import { sandboxShows } from './calls.js';
import { paidTimes } from './paidWatch.js';
import { invoicesOf, type Site } from './site.js';

/** The customers whose period ends at once: made, told of the end, and checked afterwards. */

/** Customers that are made at once, and told at once that their period has ended. */
const MAKERS = 16;
const TELLERS = 64;

const PREPARING_MS_MAX = 1_800_000;

/** One customer and what it is to pay for. */
export interface Closing {
  readonly id: string;
  readonly endMs: number;
  readonly events: readonly UsageEvent[];
}

const keyOf = (customer: string): CustomerKey => ({ mode: 'test', customer, life: 1 });

/** Makes them, their first invoices paid. */
export async function makeAll(site: Site, count: number): Promise<Closing[]> {
  const made: Closing[] = [];
  const anchor = '2026-01-31T10:23:00.000Z';
  const places = Array.from({ length: count }, (_, place) => place);
  const tenth = Math.ceil(count / 10);
  await byClients(places, MAKERS, async (place) => {
    const id = `close-${place}`;
    const body = { plan: 'pro', anchor };
    const { period } = await site.api.call<{ readonly period: { readonly end: string } }>({
      method: 'PUT',
      path: `/v1/customers/${id}`,
      body,
    });
    const events = usageOf(id, place, Date.parse(anchor));
    made.push({ id, endMs: Date.parse(period.end), events });
    if (made.length % tenth === 0) site.say(`  ${made.length} of ${count} customers made`);
  });
  const { mongodb: mongodbUri } = site.stack;
  const wanted = { mongodbUri, count, limitMs: PREPARING_MS_MAX, say: site.say };
  await paidTimes({ ...wanted, reason: 'start' });
  return made;
}

/** The end of the period, told to all as fast as they can be: the clocks jump from here. */
export async function endPeriod(
  { ledger, engine }: Site,
  closings: readonly Closing[],
): Promise<void> {
  await byClients(closings, TELLERS, async ({ id, endMs }) => {
    const move = { type: 'clock', toMs: endMs, segment: 0 } as const;
    const entry = commandEntry(`command/end-${id}`, move);
    const [outcome] = await ledger.writer.append(keyOf(id), [entry]);
    if (!outcome || outcome.status === 'fenced') throw new Error(`${id} was not told`);
    await engine.tell(keyOf(id), { ranges: [], sums: [], catalogue: 0, head: outcome.number });
  });
}

/** Every invoice that is not what it must be, and every unit that Stripe has not, or twice. */
export async function allFaults(site: Site, closings: readonly Closing[]): Promise<string[]> {
  const faults: string[] = [];
  for (const { id, events } of closings) {
    faults.push(...billFaults(id, await invoicesOf(site, id), unitsOf(events)));
  }
  const { meters } = await sandboxShows<{
    readonly meters: readonly { readonly eventName: string; readonly total: string }[];
  }>(site.stack.stripe, 'state');
  const expected = unitsOf(closings.flatMap(({ events }) => events));
  for (const [meter, units] of Object.entries(expected)) {
    const sum = meters
      .filter(({ eventName }) => eventName.endsWith(meter))
      .reduce((total, row) => total + BigInt(row.total), 0n);
    if (sum !== BigInt(units)) faults.push(`Stripe counted ${sum} ${meter}, not ${units}`);
  }
  return faults;
}
