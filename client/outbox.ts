import { DurabillError } from './durabillError.js';
import type { Http } from './http.js';
import type { Journal, JournalEntry } from './journal/journal.js';
import type { Loss } from './loss.js';
import { batches, dated, EVENTS_MAX, keepsWaiting, rejection, sendEvents } from './recording.js';

/** Pauses between attempts while the API is away, doubling. */
const PAUSE_MS = 500;
const PAUSE_MS_MAX = 30_000;

/** How long an entry may wait for company. */
const GATHER_MS = 50;

type EventEntry = Extract<JournalEntry, { readonly type: 'event' }>;
type CommitEntry = Extract<JournalEntry, { readonly type: 'commit' }>;

/**
 * What is kept until the API has it, sent in its order by one sender. Every entry names itself
 * by an id, so one that is sent twice counts once.
 */
export class Outbox {
  readonly #journal: Journal;
  readonly #http: Http;
  readonly #onLoss: (loss: Loss) => void;
  readonly #opened: Promise<void>;
  #sending: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #behind = false;
  #closed = false;

  constructor(journal: Journal, http: Http, onLoss: (loss: Loss) => void) {
    this.#journal = journal;
    this.#http = http;
    this.#onLoss = onLoss;
    this.#opened = journal.open();
    // Whoever records or flushes gets the fault; nobody has to.
    this.#opened.then(
      () => this.#schedule(),
      () => undefined,
    );
  }

  /** Entries that the API does not have yet. */
  get waiting(): number {
    return this.#journal.size;
  }

  /** The API was away a moment ago: what happened meanwhile goes first. */
  get isBehind(): boolean {
    return this.#behind && this.#journal.size > 0;
  }

  /** Resolves once the entries are kept. @throws DurabillError `journal_full`, `closed`. */
  async record(entries: readonly JournalEntry[]): Promise<void> {
    if (this.#closed) throw closedError();
    await this.#opened;
    await this.#journal.append(entries);
    this.#behind ||= entries.some((entry) => entry.type === 'commit' || entry.late);
    this.#schedule();
  }

  /** Resolves once nothing waits. @throws DurabillError when the API does not take it now. */
  async flush(): Promise<void> {
    await this.#opened;
    while (this.#journal.size > 0) await this.#send();
  }

  /** Sends for at most `timeoutMs`; what is left stays in the journal. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    const limit = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
    // What can't be sent now is what the journal is for.
    await Promise.race([this.flush().catch(() => undefined), limit]);
    clearTimeout(this.#timer);
    await this.#opened.then(
      () => this.#journal.close(),
      () => undefined,
    );
  }

  #schedule(): void {
    if (this.#timer || this.#sending || this.#journal.size === 0) return;
    const pause = Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** (this.#failures - 1));
    const ms = this.#failures === 0 ? GATHER_MS : pause / 2 + Math.random() * (pause / 2);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // It is tried again after a longer pause.
      this.#send().catch(() => undefined);
    }, ms);
    // Usage that can be sent now keeps the process; an API that is away does not.
    if (this.#failures > 0) this.#timer.unref();
  }

  /** One sender at a time: those who come meanwhile wait for it. */
  #send(): Promise<void> {
    this.#sending ??= this.#drain().finally(() => {
      this.#sending = null;
      if (!this.#closed) this.#schedule();
    });
    return this.#sending;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#journal.size > 0) await this.#sendHead();
      this.#failures = 0;
      this.#behind = false;
    } catch (error) {
      this.#failures = Math.min(this.#failures + 1, 16);
      this.#behind = true;
      throw error;
    }
  }

  async #sendHead(): Promise<void> {
    const head = this.#journal.head(EVENTS_MAX);
    const [first] = head;
    if (first?.type === 'commit') {
      await this.#commit(first);
      await this.#journal.drop(1);
      return;
    }
    const end = head.findIndex(({ type }) => type === 'commit');
    const events = head.slice(0, end < 0 ? head.length : end) as readonly EventEntry[];
    const [batch = []] = batches(events);
    await this.#judge(batch);
    await this.#journal.drop(batch.length);
  }

  /** A batch that is refused as a whole is halved until the event at fault stands alone. */
  async #judge(batch: readonly EventEntry[]): Promise<void> {
    try {
      const outcomes = await sendEvents(this.#http, batch.map(dated));
      batch.forEach((entry, at) => {
        const rejected = rejection(entry, outcomes[at]);
        if (rejected) this.#onLoss({ entry, ...rejected });
      });
    } catch (error) {
      if (!(error instanceof DurabillError) || keepsWaiting(error)) throw error;
      const [entry] = batch;
      if (batch.length === 1 && entry) {
        this.#onLoss({ entry, code: error.code, detail: error.detail });
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await this.#judge(batch.slice(0, half));
      await this.#judge(batch.slice(half));
    }
  }

  async #commit(entry: CommitEntry): Promise<void> {
    const path = `/v1/reservations/${encodeURIComponent(entry.id)}/commit`;
    try {
      await this.#http.send({ method: 'POST', path, body: entry.body });
    } catch (error) {
      if (!(error instanceof DurabillError) || keepsWaiting(error)) throw error;
      this.#onLoss({ entry, code: error.code, detail: error.detail });
    }
  }
}

/** The error of a client after `close()`. */
function closedError(): DurabillError {
  const detail = 'This client is closed.';
  return new DurabillError({ code: 'closed', status: 0, retryable: false, detail });
}
