/** What can be made to go wrong with a request. */
export type RequestFaultKind =
  | 'rateLimit'
  | 'conflict'
  | 'errorBefore'
  | 'errorAfter'
  | 'resetBefore'
  | 'resetAfter'
  | 'delay'
  | 'delayAfter'
  | 'meterError';

/** What can be made to go wrong with a webhook. */
export type WebhookFaultKind = 'drop' | 'duplicate' | 'reorder' | 'delay';

/** A fault for the next `times` requests that fit. */
export interface RequestFault {
  readonly kind: RequestFaultKind;
  readonly method?: string;
  /** Regular expression over the path. */
  readonly path?: string;
  /** Regular expression over the body as it was sent (form-encoded). */
  readonly body?: string;
  /** How many requests that fit are let through first. */
  after?: number;
  times: number;
  /** Of `errorBefore` and `errorAfter`; 500 where absent. */
  readonly status?: number;
  /** Of `rateLimit`; no Retry-After where absent. */
  readonly retryAfterSeconds?: number;
  /** Sends `stripe-should-retry` with the error. */
  readonly shouldRetry?: boolean;
  /** Of `meterError`: the event is taken, counted nowhere, and reported with this code. */
  readonly code?: string;
  /**
   * `delay`: before the request is looked at, which is done then; `delayAfter`: all done, before
   * the answer; `resetBefore`: before the end of a connection on which nothing is done.
   */
  readonly delayMs?: number;
}

/** A fault for the next `times` webhooks that fit. */
export interface WebhookFault {
  readonly webhook: WebhookFaultKind;
  /** Regular expression over the event's type. */
  readonly type?: string;
  /** How many events that fit are let through first. */
  after?: number;
  times: number;
  readonly delayMs?: number;
}

/** Names of faults of requests. */
export const REQUEST_KINDS: readonly string[] = [
  'rateLimit',
  'conflict',
  'errorBefore',
  'errorAfter',
  'resetBefore',
  'resetAfter',
  'delay',
  'delayAfter',
  'meterError',
];

/** Names of faults of webhooks. */
export const WEBHOOK_KINDS: readonly string[] = ['drop', 'duplicate', 'reorder', 'delay'];
const DELAYED = ['delay', 'delayAfter', 'resetBefore', 'resetAfter'];
const FAULTS_MAX = 1000;

/** The faults programmed at present; each is used up by what it hits. */
export class FaultPanel {
  readonly #requests: RequestFault[] = [];
  readonly #webhooks: WebhookFault[] = [];

  /** Programs a fault. Throws an Error in words for one it does not know. */
  add(given: Partial<RequestFault> & Partial<WebhookFault>): void {
    if (this.#requests.length + this.#webhooks.length >= FAULTS_MAX) {
      throw new Error(`at most ${FAULTS_MAX} faults`);
    }
    const times = given.times ?? 1;
    for (const pattern of [given.path, given.body, given.type]) new RegExp(pattern ?? '');
    if (given.webhook !== undefined) {
      if (!WEBHOOK_KINDS.includes(given.webhook)) throw new Error(`webhook: ${given.webhook}`);
      this.#webhooks.push({ ...given, webhook: given.webhook, times });
      return;
    }
    if (given.kind === undefined || !REQUEST_KINDS.includes(given.kind)) {
      throw new Error(`kind: ${String(given.kind)} is not of ${REQUEST_KINDS.join()}`);
    }
    this.#requests.push({ ...given, kind: given.kind, times });
  }

  /** Takes back all faults. */
  clear(): void {
    this.#requests.length = 0;
    this.#webhooks.length = 0;
  }

  /** All faults, used up ones left out. */
  list(): readonly (RequestFault | WebhookFault)[] {
    return [...this.#requests, ...this.#webhooks];
  }

  /** The first fault that fits a request, one use of it spent. */
  forRequest(method: string, path: string, body = ''): RequestFault | null {
    return spend(
      this.#requests,
      (fault) =>
        (!fault.method || fault.method === method) &&
        (!fault.path || new RegExp(fault.path).test(path)) &&
        (!fault.body || new RegExp(fault.body).test(body)),
    );
  }

  /** The first fault that fits an event, one use of it spent. */
  forWebhook(type: string): WebhookFault | null {
    return spend(this.#webhooks, (fault) => !fault.type || new RegExp(fault.type).test(type));
  }
}

/** Faults that still let one through are counted down; the first that does not is spent. */
function spend<F extends { times: number; after?: number }>(
  faults: F[],
  fits: (fault: F) => boolean,
): F | null {
  let fault: F | undefined;
  for (const candidate of faults.filter(fits)) {
    if (!candidate.after) fault ??= candidate;
    else candidate.after -= 1;
  }
  if (!fault) return null;
  fault.times -= 1;
  if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1);
  return fault;
}

/**
 * The fault of one request's `x-sandbox-fault` header: a kind, or `delay=250`, `errorAfter=503`,
 * `rateLimit=2` (Retry-After), `meterError=archived_meter`.
 */
export function faultOfHeader(header: string | undefined): RequestFault | null {
  if (!header) return null;
  const [kind = '', value] = header.split('=');
  if (!REQUEST_KINDS.includes(kind)) return null;
  const fault: RequestFault = { kind: kind as RequestFaultKind, times: 1 };
  if (kind === 'meterError') return value ? { ...fault, code: value } : fault;
  const number = value === undefined ? undefined : Number(value);
  if (number === undefined) return fault;
  if (DELAYED.includes(kind)) return { ...fault, delayMs: number };
  if (kind === 'rateLimit') return { ...fault, retryAfterSeconds: number };
  return { ...fault, status: number };
}
