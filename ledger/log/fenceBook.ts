import type { Ending } from '../../billing/entries.js';
import type { StandingFence } from './port.js';

/**
 * The fences of one customer's log that its writer has read: all of those that stand above
 * `floor` and at most at the head it knows. Fences below `floor` may be unread or forgotten.
 */
export class FenceBook {
  private standing: StandingFence[] = [];
  private readonly endOfHold = new Map<string, number>();
  private epoch = 0;
  private floorNumber: number;
  private readonly endedHoldsMax: number;

  /** `floor`: a number above which no fence stands yet. */
  constructor(floor: number, endedHoldsMax: number) {
    this.floorNumber = floor;
    this.endedHoldsMax = endedHoldsMax;
  }

  /** A settle with `since` at or above it can be judged. */
  get floor(): number {
    return this.floorNumber;
  }

  /** Takes in fences that stand above all known ones, ascending. */
  append(fences: readonly StandingFence[]): void {
    for (const fence of fences) {
      this.standing.push(fence);
      this.learn(fence);
    }
    while (this.endOfHold.size > this.endedHoldsMax) this.forgetOldest();
  }

  /** Takes in all fences between `since` and the floor; from then on the floor is `since`. */
  prepend(fences: readonly StandingFence[], since: number): void {
    for (const fence of fences) this.learn(fence);
    this.standing = [...fences, ...this.standing];
    this.floorNumber = since;
  }

  /**
   * Number of a known fence that ended a hold this entry names, or null. A fence at or below
   * `since` was folded before the hold was granted: it says nothing about it (an older instance's
   * epoch that landed late is such a one).
   */
  endOf({ holds, since }: Ending): number | null {
    for (const hold of holds) {
      const fence = this.endOfHold.get(hold);
      if (fence !== undefined) return fence;
      if (this.epoch > since && epochOf(hold) < this.epoch) return this.epoch;
    }
    return null;
  }

  private learn({ number, fence }: StandingFence): void {
    if (fence.type === 'epoch') this.epoch = Math.max(this.epoch, number);
    if (fence.type !== 'expired') return;
    for (const hold of fence.holds) this.endOfHold.set(hold, number);
  }

  private forgetOldest(): void {
    const oldest = this.standing.shift();
    if (!oldest) return;
    this.floorNumber = oldest.number;
    if (oldest.fence.type !== 'expired') return;
    for (const hold of oldest.fence.holds) this.endOfHold.delete(hold);
  }
}

/** The epoch in `ID#SERIAL@EPOCH`: the log number of an epoch fence; 0 where there is none. */
function epochOf(hold: string): number {
  return Number(hold.slice(hold.lastIndexOf('@') + 1)) || 0;
}
