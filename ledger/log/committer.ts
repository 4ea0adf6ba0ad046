import type { LogGroup } from '../../billing/log.js';
import type { WriterLimits } from './limits.js';
import type { InsertOutcome, LogPort } from './port.js';

/** A group made at the last moment, so that it takes along all that has arrived by then. */
export interface Cargo {
  readonly group: LogGroup;
  readonly sizeBytes: number;
}

interface Passenger {
  readonly board: () => Cargo | null;
  readonly landed: (outcome: InsertOutcome | 'empty') => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Group commit: one insert is in flight at a time, and carries a group for every customer that
 * has any. While it flies, arrivals collect. Idle, a group departs at once.
 */
export class Committer {
  private waiting: Passenger[] = [];
  private flying = false;

  constructor(
    private readonly port: LogPort,
    private readonly limits: WriterLimits,
  ) {}

  /**
   * Inserts the group that `board` makes when the next flight departs; `empty` if it makes none.
   * A customer has one group under way at a time.
   */
  insert(board: () => Cargo | null): Promise<InsertOutcome | 'empty'> {
    return new Promise((landed, failed) => {
      this.waiting.push({ board, landed, failed });
      if (this.flying) return;
      this.flying = true;
      void this.fly();
    });
  }

  private async fly(): Promise<void> {
    while (this.waiting.length > 0) {
      // Those who have just been answered, and requests that have arrived, may still come along.
      await this.port.pause(0);
      const { passengers, groups } = this.load();
      if (groups.length > 0) await this.carry(passengers, groups);
    }
    this.flying = false;
  }

  private load(): { readonly passengers: Passenger[]; readonly groups: LogGroup[] } {
    const passengers: Passenger[] = [];
    const groups: LogGroup[] = [];
    let sizeBytes = 0;
    let next = 0;
    const { flightGroupsMax, flightBytesMax } = this.limits;
    for (; next < this.waiting.length; next += 1) {
      if (groups.length >= flightGroupsMax || sizeBytes >= flightBytesMax) break;
      const passenger = this.waiting[next] as Passenger;
      const cargo = boarded(passenger);
      if (!cargo) continue;
      sizeBytes += cargo.sizeBytes;
      passengers.push(passenger);
      groups.push(cargo.group);
    }
    this.waiting = this.waiting.slice(next);
    return { passengers, groups };
  }

  private async carry(passengers: readonly Passenger[], groups: readonly LogGroup[]) {
    try {
      const outcomes = await this.port.insert(groups);
      passengers.forEach(({ landed }, index) => landed(outcomes[index] ?? 'unknown'));
    } catch (error) {
      for (const { failed } of passengers) failed(error);
    }
  }
}

function boarded({ board, landed, failed }: Passenger): Cargo | null {
  try {
    const cargo = board();
    if (!cargo) landed('empty');
    return cargo;
  } catch (error) {
    failed(error);
    return null;
  }
}
