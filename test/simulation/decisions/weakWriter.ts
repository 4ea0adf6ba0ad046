import type { GrantedReservation } from '../../../api/decisions/contract.js';
import type { Commit } from '../../../billing/holds/settlement.js';
import type { LogEntry, SettleEntry } from '../../../billing/log.js';
import type { HoldPlants } from './plants.js';

/** Settles as a weaker protocol would write them: the faults planted between plan and log. */

/** The reservation that a settle is of, what was said, and what the process' clock shows. */
export interface SettleScene {
  readonly granted: GrantedReservation;
  readonly commit: Commit | null;
  readonly wallMs: number;
}

/** The entry as it is written with what is planted; the same where nothing is. */
export function weakened(plants: HoldPlants, entry: LogEntry, scene: SettleScene): LogEntry {
  if (entry.kind !== 'settle') return entry;
  const { granted, commit, wallMs } = scene;
  if (plants.midnight) return dated(entry, wallMs);
  if (plants.part) return dated(entry, granted.grantedAtMs);
  if (plants.twoEnds && entry.outcome === 'released') return { ...entry, id: `${entry.id}~` };
  if (plants.otherClass && commit?.properties) {
    return { ...entry, properties: commit.properties };
  }
  return entry;
}

function dated(entry: SettleEntry, atMs: number): SettleEntry {
  return { ...entry, parts: entry.parts.map((part) => ({ ...part, atMs })) };
}
