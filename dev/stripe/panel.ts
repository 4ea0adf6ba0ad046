import type { Account } from './account.js';
import { ZERO, add, exact, exactText } from './arithmetic.js';
import type { RawRequest } from './http/exchange.js';
import type { FaultPanel } from './http/faults.js';
import type { Reply } from './http/keys.js';
import { invoicePage } from './invoicePage.js';
import { type Switches, switchFaults } from './switches.js';

/** Sets switches; all faults of the change in one Error, nothing set then. */
export function applySwitches(account: Account, change: Readonly<Record<string, unknown>>): void {
  const faults = switchFaults(change);
  if (faults.length > 0) throw new Error(faults.join('; '));
  Object.assign(account.switches, change);
  const positions = { ...account.switches };
  account.transact(() => account.store.put('switches', { id: 'switches', positions }));
}

/** What one customer has at one meter. */
export interface MeterTotal {
  readonly meter: string;
  readonly eventName: string;
  readonly customer: string;
  readonly events: number;
  /** Sum of all accepted and not cancelled events, plain decimal. */
  readonly total: string;
}

/** Sums of everything accepted, lag or not. */
export function meterTotals(account: Account): MeterTotal[] {
  const customers = account.store.all('customer');
  return account.store.all('meter').flatMap((meter) =>
    customers.flatMap((customer) => {
      const events = account.store
        .group('meterEvent', `${meter.id}/${customer.id}`)
        .filter((event) => !event.cancelled);
      if (events.length === 0) return [];
      const total = events.reduce((sum, event) => add(sum, exact(event.value)), ZERO);
      return [
        {
          meter: meter.id,
          eventName: meter.event_name,
          customer: customer.id,
          events: events.length,
          total: exactText(total),
        },
      ];
    }),
  );
}

/** What the sandbox holds, for tests and people. */
export function stateOf(account: Account, faults: FaultPanel): object {
  const { store } = account;
  const kinds = ['testClock', 'customer', 'price', 'subscription', 'invoice', 'event'] as const;
  return {
    counts: Object.fromEntries(kinds.map((kind) => [kind, store.all(kind).length])),
    undelivered: store.all('delivery').length,
    clocks: store.all('testClock').map(({ id, frozen_time, status }) => ({
      id,
      frozen_time,
      status,
    })),
    meters: meterTotals(account),
    invoices: store.all('invoice').map(({ id, customer, status, billing_reason, total }) => ({
      id,
      customer,
      status,
      billing_reason,
      total,
    })),
    switches: account.switches,
    faults: faults.list(),
  };
}

/**
 * The panel under /_sandbox: state, switches, faults, the page of an invoice. It needs no key; the
 * server listens on the loopback address only, and a page of another origin is refused.
 */
export class Panel {
  readonly #account: Account;
  readonly #faults: FaultPanel;

  constructor(account: Account, faults: FaultPanel) {
    this.#account = account;
    this.#faults = faults;
  }

  /** Answers a request under /_sandbox. */
  answer(request: RawRequest): Reply {
    if (request.header('origin')) return json(403, { error: 'not from a browser page' });
    try {
      return this.#answer(request);
    } catch (error) {
      return json(400, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  #answer({ method, path, body }: RawRequest): Reply {
    const invoice = /^\/_sandbox\/invoices\/(\w+)/.exec(path)?.[1];
    if (invoice) return invoicePage(this.#account, invoice);
    switch (`${method} ${path}`) {
      case 'GET /_sandbox/state':
        return json(200, stateOf(this.#account, this.#faults));
      case 'GET /_sandbox/switches':
        return json(200, this.#account.switches);
      case 'POST /_sandbox/switches':
        applySwitches(this.#account, JSON.parse(body) as Partial<Switches>);
        return json(200, this.#account.switches);
      case 'GET /_sandbox/faults':
        return json(200, this.#faults.list());
      case 'POST /_sandbox/faults':
        return this.#addFaults(JSON.parse(body));
      case 'DELETE /_sandbox/faults':
        this.#faults.clear();
        return json(200, []);
      default:
        return json(404, { error: `no ${method} ${path}` });
    }
  }

  #addFaults(given: unknown): Reply {
    const faults: unknown[] = Array.isArray(given) ? given : [given];
    for (const fault of faults) this.#faults.add(fault as Parameters<FaultPanel['add']>[0]);
    return json(200, this.#faults.list());
  }
}

function json(status: number, body: unknown): Reply {
  return { status, body: JSON.stringify(body, null, 2), headers: {} };
}
