import type { PlanName, PlanSnapshot, PublishedCatalogue } from '../../billing/catalogue.js';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import type { CustomerState } from '../../billing/state.js';
import type { RecordedEvent } from '../../ledger/contract.js';
import { parseInstant } from '../schemas/instant.js';
import { drawnMarks, marksOf } from './outcome.js';

/** Events as they are read (CONTRACT §4.4). */

/** Which plan an event is judged by when it is shown. */
export type PlanAt = (atMs: number) => PlanSnapshot | null;

/** The plan of the segment an event counts in, else the one in force. */
export function planAt(
  state: CustomerState | null,
  plan: PlanName | null,
  catalogue: PublishedCatalogue | null,
): PlanAt {
  const snapshotOf = (name: PlanName | null): PlanSnapshot | null => {
    const key = name ? `${name.id}@${name.version}` : '';
    return state?.snapshots[key] ?? catalogue?.snapshots[key] ?? null;
  };
  return (atMs) => {
    const segment = state?.segments.findLast((candidate) => candidate.startMs <= atMs);
    return snapshotOf(segment?.plan ?? plan);
  };
}

/** The body of one event. */
export function eventBody(
  recorded: RecordedEvent,
  plan: PlanAt,
  status: CustomerState['status'],
) {
  const { entry, customer, recordedAtMs, voided } = recorded;
  const givenMs = entry.timestamp === undefined ? null : parseInstant(entry.timestamp);
  const judged = entry.free ? {} : marksOf(entry, plan(entry.atMs), status);
  const marks: typeof judged = { ...judged, ...drawnMarks(entry) };
  return {
    id: entry.id,
    customer,
    user: entry.user ?? null,
    quantities: entry.quantities,
    timestamp: instantText(givenMs ?? entry.atMs),
    recordedAt: instantText(recordedAtMs),
    properties: entry.properties ?? {},
    status: voided ? 'voided' : entry.free ? 'free' : 'recorded',
    unpriced: marks.unpriced ?? false,
    writeOff: marks.writeOff ?? null,
    reservation: null,
    lease: entry.lease ?? null,
  };
}
