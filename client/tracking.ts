import type { EventOutcome, UsageEvent } from './bodies.js';
import { isAway } from './durabillError.js';
import type { Http } from './http.js';
import type { JournalEntry, NamedEvent } from './journal/journal.js';
import type { Outbox } from './outbox.js';
import { batches, named, sendEvents } from './recording.js';

/** Records events: at once while the API answers, else through the outbox, in their order. */
export class Tracking {
  readonly #http: Http;
  readonly #outbox: Outbox;

  constructor(http: Http, outbox: Outbox) {
    this.#http = http;
    this.#outbox = outbox;
  }

  /** @throws DurabillError: why it is refused, or `journal_full`. */
  async one(event: UsageEvent): Promise<EventOutcome> {
    const sent = named(event);
    const atMs = Date.now();
    const send = async () => {
      const call = { method: 'POST', path: '/v1/events', body: sent } as const;
      return [(await this.#http.send<EventOutcome>(call)).body];
    };
    const [outcome] = await this.#sentOrKept([sent], atMs, send);
    return outcome ?? { id: sent.id, status: 'buffered' };
  }

  /** The results, in the order of the events. @throws DurabillError. */
  async all(events: readonly UsageEvent[]): Promise<readonly EventOutcome[]> {
    const atMs = Date.now();
    const outcomes: EventOutcome[] = [];
    for (const batch of batches(events.map(named))) {
      const send = () => sendEvents(this.#http, batch);
      outcomes.push(...(await this.#sentOrKept(batch, atMs, send)));
    }
    return outcomes;
  }

  async #sentOrKept(
    events: readonly NamedEvent[],
    atMs: number,
    send: () => Promise<readonly EventOutcome[]>,
  ): Promise<readonly EventOutcome[]> {
    if (!this.#outbox.isBehind) {
      try {
        return await send();
      } catch (error) {
        if (!isAway(error)) throw error;
      }
    }
    const kept = events.map((event): JournalEntry => {
      return { type: 'event', event, atMs, late: true };
    });
    await this.#outbox.record(kept);
    return events.map(({ id }) => ({ id, status: 'buffered' }));
  }
}
