import type { DueAlert } from '../../billing/alerts/alert.js';
import type { CustomerKey } from '../../billing/log.js';
import type { AlertDelivery, AlertStore, StoredAlert } from '../../ledger/stores/alertStore.js';
import type { AlertActivities } from '../contract.js';
import { sha256Hex } from '../contentHash.js';
import { guarded } from '../guarded.js';
import { invoiceId } from '../log.js';
import type { AlertDeliverer } from './deliverer.js';

/** The activities on alerts: they are stored here, and sent by the deliverer. */
export function createAlertActivities(options: {
  readonly store: AlertStore;
  readonly deliverer: AlertDeliverer;
  /** Real time, ms; default the machine's. */
  readonly now?: () => number;
}): AlertActivities {
  const { store, deliverer, now = Date.now } = options;
  return guarded<AlertActivities>({
    raiseAlerts: async ({ key, alerts }) => {
      const raisedAtMs = now();
      const deliveries = deliverer.deliveries(raisedAtMs);
      await store.raise(alerts.map((alert) => storedAlert(key, alert, raisedAtMs, deliveries)));
      deliverer.nudge();
    },
    deliverDueAlerts: () => deliverer.deliverDue(),
  });
}

/** `al_` + 32 hex of SHA-256(mode, customer, life, content). */
export function alertId({ mode, customer, life }: CustomerKey, content: string): string {
  return `al_${sha256Hex(JSON.stringify([mode, customer, life, content])).slice(0, 32)}`;
}

function storedAlert(
  key: CustomerKey,
  alert: DueAlert,
  raisedAtMs: number,
  deliveries: readonly AlertDelivery[],
): StoredAlert {
  const { type, details, segment, reason = 'cycle', atMs } = alert;
  return {
    id: alertId(key, alert.key),
    ...key,
    type,
    timestampMs: atMs,
    raisedAtMs,
    details,
    invoice: segment === undefined ? null : invoiceId(key, reason, segment),
    deliveries,
  };
}
