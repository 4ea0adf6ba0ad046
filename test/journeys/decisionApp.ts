import { setTimeout as wait } from 'node:timers/promises';

/** An app as it uses decisions: what went unanswered is sent again as it was, to any process. */

/** An answer. */
export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How long one request is sent again and again before a test fails. */
const PATIENCE_MS = 90_000;

const ANSWER_MS_MAX = 30_000;

/** Codes that say no for now or for good; everything else above 499 is sent again. */
function isAnswer({ status }: Reply): boolean {
  return status < 500;
}

/** Calls of one key to several API processes. */
export class DecisionApp {
  constructor(
    private readonly urls: () => readonly string[],
    private readonly key: string,
  ) {}

  /** One try at one process. @throws Error where nothing answered. */
  async once(method: string, path: string, body?: unknown, at = 0): Promise<Reply> {
    const urls = this.urls();
    const answer = await fetch(`${urls[at % urls.length]}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return { status: answer.status, body: (await answer.json()) as Reply['body'] };
  }

  /** The answer, from whichever process gives one; `at` is tried first. */
  async ask(method: string, path: string, body?: unknown, at = 0): Promise<Reply> {
    const overMs = Date.now() + PATIENCE_MS;
    let last = 'nothing answered';
    for (let attempt = 0; Date.now() < overMs; attempt += 1) {
      try {
        const reply = await this.once(method, path, body, at + attempt);
        if (isAnswer(reply)) return reply;
        last = `${reply.status} ${JSON.stringify(reply.body)}`;
      } catch (error) {
        last = String(error);
      }
      await wait(Math.min(500, 20 * 2 ** attempt));
    }
    throw new Error(`${method} ${path} was not answered in ${PATIENCE_MS} ms: ${last}`);
  }

  put(customer: string, plan: string): Promise<Reply> {
    return this.ask('PUT', `/v1/customers/${customer}`, { plan });
  }

  /** A reservation of input tokens; `more` such as an id. */
  reserve(customer: string, tokens: number, more: object = {}, at = 0): Promise<Reply> {
    const body = { customer, quantities: { input_tokens: tokens }, ...more };
    return this.ask('POST', '/v1/reservations', body, at);
  }

  commit(customer: string, id: string, more: object = {}, at = 0): Promise<Reply> {
    const path = `/v1/reservations/${encodeURIComponent(id)}/commit`;
    return this.ask('POST', path, { customer, ...more }, at);
  }

  release(customer: string, id: string, at = 0): Promise<Reply> {
    const path = `/v1/reservations/${encodeURIComponent(id)}/release`;
    return this.ask('POST', path, { customer }, at);
  }

  /** The standing of the customer's first limit: used and held units. */
  async limit(customer: string): Promise<{ readonly used: number; readonly held: number }> {
    const { body } = await this.ask('GET', `/v1/customers/${customer}`);
    const [limit] = body['limits'] as readonly { readonly used: number; readonly held: number }[];
    if (!limit) throw new Error(`${customer} has no limit: ${JSON.stringify(body)}`);
    return { used: limit.used, held: limit.held };
  }
}

/** Runs `work` for each item, at most `clients` at a time. */
export async function byClients<Item>(
  items: readonly Item[],
  clients: number,
  work: (item: Item, client: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const client = async (_: unknown, at: number): Promise<void> => {
    while (next < items.length) {
      const item = items[next] as Item;
      next += 1;
      await work(item, at);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}
