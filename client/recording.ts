import type { EventOutcome, UsageEvent } from './bodies.js';
import { DurabillError } from './durabillError.js';
import type { Http } from './http.js';
import type { JournalEntry, NamedEvent } from './journal/journal.js';

/** Sends what has happened: events in batches, and commits. */

/** Most events of one request, of the API. */
export const EVENTS_MAX = 1000;

/** The API takes 1 MiB; the rest is for the envelope. */
const BATCH_BYTES_MAX = 900_000;

/** Younger than this, an event is dated by the API, whose clock is the customer's. */
const FRESH_MS = 2_000;

type EventEntry = Extract<JournalEntry, { readonly type: 'event' }>;

interface BatchAnswer {
  readonly results: readonly EventOutcome[];
}

/** An event with an id. */
export function named(event: UsageEvent): NamedEvent {
  return { ...event, id: event.id ?? crypto.randomUUID() };
}

/** Cuts a list where a request would get too long. */
export function batches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const cut: Item[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const length = new TextEncoder().encode(JSON.stringify(item)).length;
    if (bytes + length > BATCH_BYTES_MAX || (cut.at(-1)?.length ?? 0) >= EVENTS_MAX) {
      cut.push([]);
      bytes = 0;
    }
    cut.at(-1)?.push(item);
    bytes += length;
  }
  return cut;
}

/** Sends one batch. @throws DurabillError when nothing of it was judged. */
export async function sendEvents(
  http: Http,
  events: readonly NamedEvent[],
): Promise<readonly EventOutcome[]> {
  const call = { method: 'POST', path: '/v1/events', body: { events } } as const;
  const { body } = await http.send<BatchAnswer>(call);
  return body.results;
}

/** An entry as it is sent now: dated by itself once it is no longer fresh. */
export function dated({ event, atMs, late }: EventEntry): NamedEvent {
  if (event.timestamp !== undefined) return event;
  if (!late && Date.now() - atMs < FRESH_MS) return event;
  return { ...event, timestamp: new Date(atMs).toISOString() };
}

/**
 * Why an event that was judged will never count; null: it stands. The same id with another
 * content stands too where only our date differs: an earlier attempt got through.
 */
export function rejection(entry: EventEntry, outcome: EventOutcome | undefined) {
  const { status = 'rejected', code, detail = 'The API gave no result for it.' } = outcome ?? {};
  if (status === 'rejected') return { code: code ?? 'unexpected_answer', detail };
  if (status !== 'conflict' || entry.event.timestamp === undefined) return null;
  return { code: 'conflict', detail: `Another event of the id ${entry.event.id} stands.` };
}

/** Faults of the connection or the key: what waits is sent once they are mended. */
export function keepsWaiting(error: unknown): boolean {
  if (!(error instanceof DurabillError)) return false;
  return error.retryable || error.status === 401 || error.status === 403;
}
