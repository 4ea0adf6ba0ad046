import type { DueAlert } from '../alerts/alert.js';
import { type Difference, findingKey } from './difference.js';

/** Alerts of one customer's reconciliation at most; the rest is in its result. */
const ALERTS_MAX = 20;

/** What an operator must hear of: every difference that was not repaired, each once. */
export function differenceAlerts(differences: readonly Difference[], atMs: number): DueAlert[] {
  const flagged = differences.filter(({ action }) => action === 'flagged');
  return flagged.slice(0, ALERTS_MAX).map((row) => {
    const { where, segment, meter, expected, found, difference, detail } = row;
    return {
      key: `reconcile.difference/${findingKey(row)}`,
      type: 'reconcile.difference',
      details: { where, period: segment, meter, expected, found, difference, detail },
      untilMs: 0,
      atMs,
    };
  });
}
