import { setTimeout } from 'node:timers/promises';
import type { AlertDelivery, AlertStore, StoredAlert } from '../../ledger/stores/alertStore.js';
import { afterAttempt, type Outcome } from './backOff.js';
import { DeliveryFault, type Channel, type Message } from './channel.js';

/** Alerts taken at a time, all sent at once. */
const BATCH = 16;

/** Nobody else takes an alert for so long; longer than an attempt. */
const CLAIM_MS = 60_000;

/** A run takes no further batch after it, ms: it must end within its activity's time. */
const RUN_MS = 35_000;

/** How long closing waits for what is being sent, ms. */
const CLOSE_MS = 2_000;

/** What a deliverer works with. */
export interface DelivererPorts {
  readonly store: AlertStore;
  readonly channels: readonly Channel[];
  /** The object that an alert is about, as it is now. Never throws. */
  readonly objectOf: (alert: StoredAlert) => Promise<Message['object']>;
  readonly onFailure: (failure: {
    readonly alert: string;
    readonly to: string;
    readonly reason: string;
  }) => void;
  /** Real time, ms. */
  readonly now: () => number;
}

/** Sends alerts that are due: each delivery until it is taken, for three days, at least once. */
export class AlertDeliverer {
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();
  /** True while a run is wanted that has not begun. */
  private wanted = false;

  constructor(private readonly ports: DelivererPorts) {}

  /** Where new alerts are to be sent: one delivery per channel, due now. */
  deliveries(nowMs: number): AlertDelivery[] {
    return this.ports.channels.map(({ kind, to }) => ({
      channel: kind,
      to,
      status: 'pending',
      attempts: 0,
      lastAtMs: null,
      nextAttemptAtMs: nowMs,
    }));
  }

  /** Sends what is due soon, without making anyone wait. What fails is due again later. */
  nudge(): void {
    if (this.wanted || this.stopping.signal.aborted) return;
    this.wanted = true;
    this.running = this.running.then(async () => {
      this.wanted = false;
      await this.deliverDue().catch((error: unknown) => {
        this.ports.onFailure({ alert: '', to: '', reason: reasonOf(error) });
      });
    });
  }

  /** Tries every delivery that is due; answers how many alerts it tried. */
  async deliverDue(): Promise<number> {
    const { store, now } = this.ports;
    const overMs = now() + RUN_MS;
    let tried = 0;
    while (now() < overMs && !this.stopping.signal.aborted) {
      const nowMs = now();
      const alerts = await store.claim(nowMs, nowMs + CLAIM_MS, BATCH);
      if (alerts.length === 0) break;
      await Promise.all(alerts.map((alert) => this.deliver(alert)));
      tried += alerts.length;
    }
    return tried;
  }

  /** Ends it: what is being sent is given up and counts as an attempt. */
  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.race([this.running, setTimeout(CLOSE_MS, undefined, { ref: false })]);
  }

  private async deliver(alert: StoredAlert): Promise<void> {
    const { store, objectOf, now } = this.ports;
    const nowMs = now();
    const { id, mode, customer, type, timestampMs, details } = alert;
    const object = await objectOf(alert);
    const message = { id, mode, customer, type, timestampMs, details, object };
    const deliveries = await Promise.all(
      alert.deliveries.map(async (delivery) => {
        const { nextAttemptAtMs } = delivery;
        if (nextAttemptAtMs === null || nextAttemptAtMs > nowMs) return delivery;
        const outcome = await this.attempt(delivery, message);
        return afterAttempt(delivery, outcome, alert.raisedAtMs, now());
      }),
    );
    await store.settle(id, deliveries);
  }

  private async attempt({ channel, to }: AlertDelivery, message: Message): Promise<Outcome> {
    try {
      const way = this.ports.channels.find(({ kind }) => kind === channel);
      if (!way) throw new DeliveryFault(`no ${channel} is set any more`);
      await way.send(message, this.stopping.signal);
      return 'taken';
    } catch (error) {
      this.ports.onFailure({ alert: message.id, to, reason: reasonOf(error) });
      return error instanceof DeliveryFault && error.final ? 'refusedForGood' : 'refused';
    }
  }
}

/** What went wrong, without the address: it may hold a secret. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? `${error.message}: ${code}` : error.message;
}
