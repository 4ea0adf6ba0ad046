import Stripe from 'stripe';
import type { Exchange } from '../../dev/stripe/http/exchange.js';
import type { Reply } from '../../dev/stripe/http/keys.js';
import type { Chance } from '../simulation/chance.js';

/** The way from the official SDK to the sandbox, inside the process, with all that goes wrong. */

/** What can go wrong with one request. */
export const LINE_FAULTS = [
  'refused',
  'resetBefore',
  'resetAfter',
  'timeoutBefore',
  'timeoutAfter',
  'diedBefore',
  'diedAfter',
  'rateLimit',
  'rateLimit=2',
  'conflict',
  'errorBefore',
  'errorBefore=503',
  'errorAfter',
  'errorAfter=502',
] as const;

const NEVER_SENT: readonly string[] = ['refused', 'resetBefore', 'timeoutBefore', 'diedBefore'];

/** See `LINE_FAULTS`. */
export type LineFault = (typeof LINE_FAULTS)[number];

/** One request as it was sent, and what went wrong with it. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly fault: LineFault | null;
}

class LineError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}


/** An answer of the sandbox, as the SDK reads it. */
class LineResponse extends Stripe.HttpClientResponse {
  constructor(private readonly reply: Reply) {
    super(reply.status, reply.headers as Record<string, string>);
  }

  override getRawResponse(): unknown {
    return this.reply;
  }

  override toStream(): never {
    throw new Error('answers are not streamed here');
  }

  override async toJSON(): Promise<unknown> {
    return JSON.parse(this.reply.body) as unknown;
  }
}

/** One request on its way, as a plant may change or repeat it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** A line on which each request meets a fault with a probability, drawn from its own chance. */
export class ChancyLine extends Stripe.HttpClient {
  /** Of each request, in [0, 1]. */
  probability = 0;
  /** Requests to come that all meet this fault. */
  outage: { fault: LineFault; left: number } | null = null;
  readonly sent: Sent[] = [];
  /** A fault planted into the product: what it sends in place of each request. */
  plant: (asked: Asked) => readonly Asked[] = (asked) => [asked];

  constructor(
    private readonly exchange: Exchange,
    private readonly chance: Chance,
  ) {
    super();
  }

  override getClientName(): string {
    return 'lives';
  }

  override async makeRequest(
    ...request: Parameters<Stripe.HttpClient['makeRequest']>
  ): Promise<LineResponse> {
    const [, , path, method, headers, body, , timeoutMs] = request;
    const fault = this.#fault();
    this.sent.push({ method, path, body, fault });
    if (fault && NEVER_SENT.includes(fault)) return broken(fault, timeoutMs);
    const reply = await this.#answered({ path, method, body: body ?? '', headers }, fault);
    if (reply === 'reset') return broken('resetAfter', timeoutMs);
    if (fault?.startsWith('timeout') || fault?.startsWith('died')) return broken(fault, timeoutMs);
    return new LineResponse(reply);
  }

  async #answered(
    { path, method, body, headers }: Pick<Asked, 'path' | 'method' | 'body'> & { headers: object },
    fault: LineFault | null,
  ): Promise<Reply | 'reset'> {
    const [pathname = '', query = ''] = path.split('?');
    const lower = Object.entries(headers).map(
      ([name, value]) => [name.toLowerCase(), String(value)] as const,
    );
    const header = new Map(fault ? [...lower, ['x-sandbox-fault', fault] as const] : lower);
    const asked = { method, path: pathname, query, body, headers: header };
    let last: Reply | 'reset' = 'reset';
    for (const one of this.plant(asked)) {
      last = await this.exchange.answer({ ...one, header: (name) => one.headers.get(name) });
    }
    return last;
  }

  #fault(): LineFault | null {
    if (this.outage) {
      const { fault } = this.outage;
      this.outage.left -= 1;
      if (this.outage.left <= 0) this.outage = null;
      return fault;
    }
    return this.chance.happens(this.probability) ? this.chance.pick(LINE_FAULTS) : null;
  }
}

/** What the SDK meets instead of an answer; of a process that died nobody hears again. */
async function broken(fault: LineFault, timeoutMs: number): Promise<never> {
  if (fault === 'refused') throw new LineError('ECONNREFUSED');
  if (fault.startsWith('reset')) throw new LineError('ECONNRESET');
  if (fault.startsWith('died')) return new Promise(() => {});
  await new Promise((resolve) => setTimeout(resolve, timeoutMs));
  throw Stripe.HttpClient.makeTimeoutError();
}
