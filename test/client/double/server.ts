import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Actual, Quantities, UsageEvent } from '../../../client/bodies.js';
import { Ledger, Refusal, type Asked } from './ledger.js';

/**
 * A double of the API for tests of its client: real HTTP, strict books, and faults on demand.
 * `lost`: takes effect, then the connection is cut. `reset`: cut before. `away`: 503. `failed`:
 * 500 without JSON. `hung`: takes effect and never answers. `unauthorized`: 401.
 */
export type ApiFault = 'lost' | 'reset' | 'away' | 'failed' | 'hung' | 'unauthorized';

/** What a request is about. */
export type Route = 'reserve' | 'commit' | 'release' | 'extend' | 'events' | 'lease' | 'return';

interface Body extends Asked, Actual {
  readonly quantities: Quantities;
  readonly events?: readonly (UsageEvent & { readonly id: string })[];
}

/** One request as it came. */
export interface Received {
  readonly route: Route;
  readonly id: string;
  readonly body: Body;
  readonly key: string | undefined;
}

const ROUTES: readonly (readonly [RegExp, Route])[] = [
  [/^\/v1\/reservations$/, 'reserve'],
  [/^\/v1\/reservations\/([^/]+)\/commit$/, 'commit'],
  [/^\/v1\/reservations\/([^/]+)\/release$/, 'release'],
  [/^\/v1\/reservations\/([^/]+)\/extend$/, 'extend'],
  [/^\/v1\/events$/, 'events'],
  [/^\/v1\/leases$/, 'lease'],
  [/^\/v1\/leases\/([^/]+)\/return$/, 'return'],
];

/** The double, listening on a port of its own. */
export class ApiDouble {
  readonly received: Received[] = [];
  ledger = new Ledger(1_000_000);
  #faults: { readonly route: Route; readonly fault: ApiFault }[] = [];
  #leases = new Map<string, unknown>();
  #server: Server | null = null;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens; on the same port as before, if it did before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Refuses connections from now on. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  /** Empty books, no faults. */
  reset(limit = 1_000_000): void {
    this.ledger = new Ledger(limit);
    this.received.length = 0;
    this.#faults = [];
    this.#leases.clear();
  }

  /** The next `times` requests of a route go wrong. */
  fail(route: Route, fault: ApiFault, times = 1): void {
    for (let count = 0; count < times; count += 1) this.#faults.push({ route, fault });
  }

  /** No more faults. */
  mend(): void {
    this.#faults = [];
  }

  /** Requests of a route. */
  of(route: Route): readonly Received[] {
    return this.received.filter((received) => received.route === route);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receivedOf(request);
    if (!received) return void response.writeHead(404).end('{}');
    this.received.push(received);
    const at = this.#faults.findIndex(({ route }) => route === received.route);
    const fault = at < 0 ? null : this.#faults.splice(at, 1)[0]?.fault;
    if (fault === 'reset') return void request.socket.destroy();
    if (fault === 'failed') return void response.writeHead(500).end('<html>');
    if (fault === 'unauthorized') return void response.writeHead(401).end('{}');
    if (fault === 'away') {
      const body = JSON.stringify({ code: 'unavailable', status: 503, retryable: true });
      return void response.writeHead(503, { 'Retry-After': '0' }).end(body);
    }
    const [status, body] = this.#effect(received);
    if (fault === 'lost') return void request.socket.destroy();
    if (fault === 'hung') return;
    response.writeHead(status, { 'Content-Type': 'application/json', 'Request-Id': 'req_1' });
    response.end(JSON.stringify(body));
  }

  #effect(received: Received): readonly [number, unknown] {
    try {
      return this.#apply(received);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, retryable } = error;
      const limits = [{ id: 'all', max: this.ledger.limit, used: this.ledger.used }];
      const texts = { detail: `operator: ${code}`, message: `user: ${code}`, action: 'wait' };
      return [status, { code, status, retryable, limits, ...texts }];
    }
  }

  #apply({ route, id, body, key }: Received): readonly [number, unknown] {
    switch (route) {
      case 'reserve':
        return [201, shown(this.ledger.reserve({ ...body, id: body.id ?? crypto.randomUUID() }))];
      case 'commit':
        return [200, shown(this.ledger.commit(id, body))];
      case 'release':
        return [200, shown(this.ledger.release(id))];
      case 'extend':
        return [200, shown(this.ledger.extend(id, body.ttlMs ?? 60_000))];
      case 'events':
        return this.#record(body);
      case 'lease':
        return [201, this.#lease(body, key)];
      case 'return':
        return [200, this.ledger.returnLease(id, body.quantities) ?? {}];
    }
  }

  #record(body: Body): readonly [number, unknown] {
    if (body.events) {
      const poisoned = body.events.some(({ quantities }) => quantities['poison'] !== undefined);
      if (poisoned) throw new Refusal(400, 'invalid_request');
      return [200, { results: body.events.map((event) => this.ledger.record(event)) }];
    }
    const outcome = this.ledger.record(body as Body & { readonly id: string });
    if (outcome.status === 'rejected') throw new Refusal(400, outcome.code ?? 'invalid_request');
    return outcome.status === 'conflict' ? [409, { code: 'conflict' }] : [200, outcome];
  }

  #lease(body: Body, key: string = crypto.randomUUID()): unknown {
    const known = this.#leases.get(key);
    if (known) return known;
    const { id, endsAtMs } = this.ledger.lease(body);
    const expiresAt = new Date(endsAtMs).toISOString();
    const lease = { id, quantities: body.quantities, expiresAt, token: `token-${id}` };
    this.#leases.set(key, lease);
    return lease;
  }
}

function shown(hold: ReturnType<Ledger['reserve']>): unknown {
  const { id, customer, status, quantities, committed, writeOff, expiresAtMs } = hold;
  const expiresAt = new Date(expiresAtMs).toISOString();
  const token = `token-${id}`;
  return { id, customer, status, quantities, committed, writeOff, expiresAt, token, limits: [] };
}

async function receivedOf(request: IncomingMessage): Promise<Received | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname } = new URL(request.url ?? '/', 'http://double');
  const text = Buffer.concat(chunks).toString();
  for (const [pattern, route] of ROUTES) {
    const match = pattern.exec(pathname);
    if (!match) continue;
    const key = request.headers['idempotency-key'];
    const body = JSON.parse(text || '{}') as Body;
    return { route, id: decodeURIComponent(match[1] ?? ''), body, key: key?.toString() };
  }
  return null;
}
