import { ApiRefused, type DurabillApi } from './durabillApi.js';
import { ANCHOR_MS, batchesOf, type DemoEvent, type DemoMonth } from './year.js';

/** Events of one request. */
const BATCH_SIZE = 100;

/** What is read of a customer (GET /v1/customers/{id}). */
export interface CustomerView {
  readonly id: string;
  readonly plan: { readonly id: string; readonly version: number };
  readonly status: string;
  readonly period: { readonly start: string; readonly end: string; readonly index: number };
  readonly stripe: { readonly customer: string; readonly subscription: string } | null;
}

/** What became of the events of one month. */
export interface MonthImported {
  readonly index: number;
  readonly events: number;
  readonly recorded: number;
  readonly duplicate: number;
  /** False where the month was closed before. */
  readonly closedNow: boolean;
}

interface BatchAnswer {
  readonly recorded: number;
  readonly duplicate: number;
  readonly conflict: number;
  readonly free: number;
  readonly rejected: number;
  readonly results: readonly { readonly id: string | null; readonly status: string }[];
}

/** Makes the customer, or finds it as a run before has left it. */
export async function openCustomer(
  api: DurabillApi,
  customer: { readonly id: string; readonly name: string; readonly plan: string },
): Promise<CustomerView> {
  const { id, name, plan } = customer;
  const anchor = new Date(ANCHOR_MS).toISOString();
  return api.call({ method: 'PUT', path: `/v1/customers/${id}`, body: { plan, name, anchor } });
}

/**
 * One month of a customer's life: the clock goes past its events, they are sent, the clock goes
 * to the period's end and through its invoice. What a run before has done stays as it is: its
 * events are duplicates, and its clock is not moved.
 * @throws ApiRefused, Error with the events that were neither recorded nor duplicates.
 */
export async function importMonth(
  api: DurabillApi,
  customer: string,
  month: DemoMonth,
  openIndex: number,
): Promise<MonthImported> {
  const open = openIndex <= month.index;
  if (open) await moveInto(api, customer, month);
  const { recorded, duplicate } = await sendEvents(api, month.events);
  if (open) await closeMonth(api, customer, month);
  const { index, events } = month;
  return { index, events: events.length, recorded, duplicate, closedNow: open };
}

async function moveInto(api: DurabillApi, customer: string, month: DemoMonth): Promise<void> {
  const to = new Date(month.afterEventsMs).toISOString();
  const idempotencyKey = `${customer}/${month.index}/events`;
  try {
    await api.call({
      method: 'POST',
      path: '/v1/test/clock',
      body: { customer, to },
      idempotencyKey,
    });
  } catch (error) {
    // An import that stopped in the middle of this month has moved the clock there already.
    const passed = error instanceof ApiRefused && error.code === 'invalid_request';
    if (!passed || !/\bback\b/.test(error.message)) throw error;
  }
}

/** The key makes one move of it, however often it is asked: a lost answer must not cost a month. */
async function closeMonth(api: DurabillApi, customer: string, month: DemoMonth): Promise<void> {
  const idempotencyKey = `${customer}/${month.index}/periodEnd`;
  await api.call({
    method: 'POST',
    path: '/v1/test/clock',
    body: { customer, to: 'periodEnd' },
    idempotencyKey,
  });
}

/** Sends events in batches, one after another. Durable when it returns. */
export async function sendEvents(
  api: DurabillApi,
  events: readonly DemoEvent[],
): Promise<{ readonly recorded: number; readonly duplicate: number }> {
  let recorded = 0;
  let duplicate = 0;
  for (const batch of batchesOf(events, BATCH_SIZE)) {
    const answer = await api.call<BatchAnswer>({
      method: 'POST',
      path: '/v1/events',
      body: { events: batch },
    });
    const refused = answer.results.filter(({ status }) => !/^(recorded|duplicate)$/.test(status));
    if (refused.length > 0) throw new Error(`events refused: ${JSON.stringify(refused[0])}`);
    recorded += answer.recorded;
    duplicate += answer.duplicate;
  }
  return { recorded, duplicate };
}
