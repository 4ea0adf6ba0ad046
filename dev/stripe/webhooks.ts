import { createHmac } from 'node:crypto';
import type { Account } from './account.js';
import type { FaultPanel, WebhookFault } from './http/faults.js';
import type { DeliveryRecord, ThinEventRecord } from './state/records.js';

/** Where events are posted and with what they are signed. */
export interface WebhookEndpoint {
  readonly url: string;
  readonly secret: string;
}

const AT_ONCE_MAX = 16;
const ATTEMPTS_MAX = 30;
const TIMEOUT_MS = 10_000;
const BACKOFF_FIRST_MS = 200;
const BACKOFF_MAX_MS = 30_000;
const REORDER_MS = 300;

/** The Stripe-Signature header: HMAC-SHA256 over `t.payload` (docs.stripe.com/webhooks). */
export function signatureHeader(payload: string, secret: string, atSeconds: number): string {
  const digest = createHmac('sha256', secret).update(`${atSeconds}.${payload}`).digest('hex');
  return `t=${atSeconds},v1=${digest}`;
}

/**
 * Posts events in the background: at least once, in no order, again with growing pauses until a
 * 2xx or the last attempt. What is under way survives a restart.
 */
export class WebhookSender {
  readonly #account: Account;
  readonly #faults: FaultPanel;
  readonly #underWay = new Set<string>();
  #endpoint: WebhookEndpoint | null = null;
  #thinEndpoint: WebhookEndpoint | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(account: Account, faults: FaultPanel) {
    this.#account = account;
    this.#faults = faults;
  }

  /** Sets where events go from now on, thin ones elsewhere where that is given; null: nowhere. */
  setEndpoint(endpoint: WebhookEndpoint | null, thin: WebhookEndpoint | null = null): void {
    this.#endpoint = endpoint;
    this.#thinEndpoint = thin;
    this.#account.deliversEvents = endpoint !== null;
    this.wake();
  }

  /** Sends what is due. */
  wake(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#endpoint || this.#stopped) return;
    const now = this.#account.nowMs();
    let nextMs = Infinity;
    for (const delivery of this.#account.store.all('delivery')) {
      if (this.#underWay.has(delivery.id)) continue;
      if (this.#underWay.size >= AT_ONCE_MAX) return;
      if (delivery.nextMs <= now) void this.#deliver(delivery, this.#endpoint);
      else nextMs = Math.min(nextMs, delivery.nextMs);
    }
    if (nextMs === Infinity) return;
    this.#timer = setTimeout(() => this.wake(), nextMs - now);
    this.#timer.unref();
  }

  /** Ends sending; what is not delivered is sent after the next start. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #deliver(delivery: DeliveryRecord, endpoint: WebhookEndpoint): Promise<void> {
    this.#underWay.add(delivery.id);
    const { store } = this.#account;
    const thin = store.get('thinEvent', delivery.event);
    const event = store.get('event', delivery.event) ?? thin;
    const fault = event ? this.#faults.forWebhook(event.type) : null;
    const laterMs = fault && pauseOf(fault);
    if (laterMs) {
      this.#postpone(delivery, laterMs, delivery.attempts);
    } else if (!event || fault?.webhook === 'drop') {
      this.#finish(delivery, false);
    } else {
      const payload = JSON.stringify(thin ? notificationOf(thin) : event);
      const target = thin ? (this.#thinEndpoint ?? endpoint) : endpoint;
      const taken = await this.#post(payload, target);
      if (taken && fault?.webhook === 'duplicate') await this.#post(payload, target);
      if (!this.#stopped) this.#conclude(delivery, taken);
    }
    this.#underWay.delete(delivery.id);
    this.wake();
  }

  async #post(payload: string, endpoint: WebhookEndpoint): Promise<boolean> {
    try {
      const signature = signatureHeader(payload, endpoint.secret, this.#account.realSeconds());
      const response = await fetch(endpoint.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'stripe-signature': signature },
        body: payload,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      // Away or too slow: the next attempt comes after a pause.
      return false;
    }
  }

  #conclude(delivery: DeliveryRecord, taken: boolean): void {
    const attempts = delivery.attempts + 1;
    if (taken || attempts >= ATTEMPTS_MAX) {
      this.#finish(delivery, taken);
      return;
    }
    const pauseMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** delivery.attempts);
    this.#postpone(delivery, pauseMs, attempts);
  }

  #postpone(delivery: DeliveryRecord, pauseMs: number, attempts: number): void {
    const nextMs = this.#account.nowMs() + pauseMs;
    this.#account.transact(() =>
      this.#account.store.patch('delivery', delivery.id, { attempts, nextMs }),
    );
  }

  #finish(delivery: DeliveryRecord, taken: boolean): void {
    const { store } = this.#account;
    this.#account.transact(() => {
      store.remove('delivery', delivery.id);
      if (!taken || !store.get('event', delivery.event)) return;
      store.patch('event', delivery.event, { pending_webhooks: 0 });
    });
  }
}

/** The notification of a thin event has no `data`: that is fetched (V2/Core/Events.d.ts). */
function notificationOf(event: ThinEventRecord): object {
  const { data: _, ...notification } = event;
  return notification;
}

function pauseOf(fault: WebhookFault): number {
  if (fault.webhook === 'reorder') return fault.delayMs ?? REORDER_MS;
  return fault.webhook === 'delay' ? (fault.delayMs ?? REORDER_MS) : 0;
}
