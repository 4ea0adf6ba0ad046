import { Account } from '../../dev/stripe/account.js';
import { Timekeeper } from '../../dev/stripe/cycle/timekeeper.js';
import { Exchange } from '../../dev/stripe/http/exchange.js';
import { FaultPanel } from '../../dev/stripe/http/faults.js';
import { MeterErrorReports } from '../../dev/stripe/meterErrorReports.js';
import { applySwitches } from '../../dev/stripe/panel.js';
import type { Switches } from '../../dev/stripe/switches.js';

/** A whole sandbox inside the process, without sockets; webhooks are the caller's to deliver. */
export class OwnSandbox {
  readonly account: Account;
  readonly exchange: Exchange;
  readonly #timekeeper: Timekeeper;
  readonly #reports: MeterErrorReports;

  constructor(switches: Partial<Switches>) {
    this.account = new Account(Date.now);
    this.exchange = new Exchange(this.account, new FaultPanel(), null);
    applySwitches(this.account, switches);
    this.account.deliversEvents = true;
    this.#timekeeper = new Timekeeper(this.account);
    this.#reports = new MeterErrorReports(this.account);
    this.account.onCommit = (changes) => {
      if (changes.some(([kind]) => kind === 'testClock')) this.#timekeeper.wake();
      if (changes.some(([kind]) => kind === 'meterFault')) this.#reports.wake();
    };
  }

  /** Events that wait to be delivered, oldest first; from now on they are the caller's. */
  takeEvents(): readonly { readonly id: string; readonly type: string }[] {
    const { store } = this.account;
    const waiting = store.all('delivery');
    if (waiting.length === 0) return [];
    this.account.transact(() => waiting.forEach(({ id }) => store.remove('delivery', id)));
    return waiting.flatMap(({ event }) => store.get('event', event) ?? []);
  }

  stop(): void {
    this.#timekeeper.stop();
    this.#reports.stop();
  }
}
