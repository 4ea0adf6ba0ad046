import type { FenceEntry, LogGroup } from '../../billing/log.js';
import type { GroupHead, StandingEntry, StandingFence } from '../../ledger/log/port.js';

/**
 * One customer's log as a replicated database keeps it: a group lands at the primary first and a
 * majority has it a little later; a failover takes back what no majority had. Numbers and entry
 * ids are unique among all that has landed.
 */
export class ReplicatedLog {
  /** Numbers that were to land above a free one: there must never be any. */
  readonly gaps: number[] = [];
  /** By number - 1. */
  private readonly landed: LogGroup[] = [];
  private readonly numberOfId = new Map<string, number>();
  private majorityNumber = 0;

  /** Groups that a majority has, in order. */
  get groups(): readonly LogGroup[] {
    return this.landed.slice(0, this.majorityNumber);
  }

  /** Groups at the primary, in order. */
  get localGroups(): readonly LogGroup[] {
    return this.landed;
  }

  /** Inserts a group at the primary; false when its number or one of its ids stands there. */
  land(group: LogGroup): boolean {
    if (group.number <= this.landed.length) return false;
    if (group.entries.some(({ id }) => this.numberOfId.has(id))) return false;
    if (group.number !== this.landed.length + 1) {
      this.gaps.push(group.number);
      return false;
    }
    this.landed.push(group);
    for (const { id } of group.entries) this.numberOfId.set(id, group.number);
    return true;
  }

  /** A majority has everything up to this group, if it is still there. */
  replicate(group: LogGroup): void {
    if (this.landed[group.number - 1] !== group) return;
    this.majorityNumber = Math.max(this.majorityNumber, group.number);
  }

  /** True when a majority has this very group. */
  holds(group: LogGroup): boolean {
    return group.number <= this.majorityNumber && this.landed[group.number - 1] === group;
  }

  /** The primary is lost, and with it what no majority had. */
  failOver(): void {
    for (const group of this.landed.splice(this.majorityNumber)) {
      for (const { id } of group.entries) this.numberOfId.delete(id);
    }
  }
}

/** A group as its head shows it. */
export function headOf(group: LogGroup): GroupHead {
  const { number, fence, entries } = group;
  return { number, group: group.group, fence, isFence: entries[0]?.kind === 'fence' };
}

/** Fences with `after` < number <= `upTo`. */
export function fencesOf(
  groups: readonly LogGroup[],
  after: number,
  upTo: number,
): readonly StandingFence[] {
  return groups.flatMap(({ number, entries }) => {
    if (number <= after || number > upTo) return [];
    return entries
      .filter((entry): entry is FenceEntry => entry.kind === 'fence')
      .map(({ fence }) => ({ number, fence }));
  });
}

/** Entries of these ids. */
export function entriesOf(
  groups: readonly LogGroup[],
  ids: readonly string[],
): readonly StandingEntry[] {
  return groups.flatMap(({ number, entries }) =>
    entries.filter(({ id }) => ids.includes(id)).map((entry) => ({ number, entry })),
  );
}
