import type { Account, EventType } from './account.js';
import { ZERO, add, exact, exactText } from './arithmetic.js';
import type { RawRequest } from './http/exchange.js';
import type { FaultPanel } from './http/faults.js';
import type { Reply } from './http/keys.js';
import type { CallTally } from './http/tally.js';
import { checkoutPage } from './pages/checkoutPage.js';
import { invoicePage } from './pages/invoicePage.js';
import { panelAction, type PanelActions, panelPage } from './pages/panelPage.js';
import { portalPage } from './pages/portalPage.js';
import { type Switches, switchFaults } from './switches.js';

/** Sets switches; all faults of the change in one Error, nothing set then. */
export function applySwitches(account: Account, change: Readonly<Record<string, unknown>>): void {
  const faults = switchFaults(change);
  if (faults.length > 0) throw new Error(faults.join('; '));
  Object.assign(account.switches, change);
  const positions = { ...account.switches };
  account.transact(() => account.store.put('switches', { id: 'switches', positions }));
}

/** Sends an event about an object of someone else's making. Throws an Error without an object. */
export function emitForeign(account: Account, type: unknown, object: unknown): void {
  const fits = typeof type === 'string' && typeof object === 'object' && object !== null;
  if (!fits) throw new Error('an event has a type and an object');
  account.transact(() => account.emit(type as EventType, object, account.realSeconds()));
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
  readonly #actions: PanelActions;
  readonly #calls: CallTally;

  constructor(account: Account, faults: FaultPanel, calls: CallTally) {
    this.#account = account;
    this.#faults = faults;
    this.#calls = calls;
    this.#actions = { faults, setSwitches: (change) => applySwitches(account, change) };
  }

  /** Answers a request under /_sandbox. */
  answer(request: RawRequest): Reply {
    const origin = request.header('origin');
    if (origin && origin !== this.#account.url) {
      return json(403, { error: 'not from a page of another origin' });
    }
    try {
      return this.#answer(request);
    } catch (error) {
      return json(400, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  #answer({ method, path, body }: RawRequest): Reply {
    const invoice = /^\/_sandbox\/invoices\/(\w+)/.exec(path)?.[1];
    if (invoice) return invoicePage(this.#account, invoice);
    const hosted = /^\/_sandbox\/(checkout|portal)\/(\w+)$/.exec(path);
    if (hosted) {
      const show = hosted[1] === 'portal' ? portalPage : checkoutPage;
      const sent = method === 'POST' ? new URLSearchParams(body) : null;
      return show(this.#account, hosted[2] ?? '', sent);
    }
    switch (`${method} ${path}`) {
      case 'GET /_sandbox':
        return panelPage(this.#account, this.#faults, null);
      case 'POST /_sandbox':
        return panelAction(this.#account, this.#actions, new URLSearchParams(body));
      case 'GET /_sandbox/state':
        return json(200, stateOf(this.#account, this.#faults));
      case 'GET /_sandbox/calls':
        return json(200, this.#calls.counts());
      case 'GET /_sandbox/switches':
        return json(200, this.#account.switches);
      case 'POST /_sandbox/switches':
        applySwitches(this.#account, JSON.parse(body) as Partial<Switches>);
        return json(200, this.#account.switches);
      case 'GET /_sandbox/faults':
        return json(200, this.#faults.list());
      case 'POST /_sandbox/events':
        return this.#emit(JSON.parse(body) as { type?: unknown; object?: unknown });
      case 'POST /_sandbox/faults':
        return this.#addFaults(JSON.parse(body));
      case 'DELETE /_sandbox/faults':
        this.#faults.clear();
        return json(200, []);
      default:
        return json(404, { error: `no ${method} ${path}` });
    }
  }

  #emit({ type, object }: { type?: unknown; object?: unknown }): Reply {
    emitForeign(this.#account, type, object);
    return json(200, this.#account.store.all('event').at(-1));
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
