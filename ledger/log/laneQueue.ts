import { endingOf, type Ending } from '../../billing/entries.js';
import type { WriterLimits } from './limits.js';
import type { Slot, Waiter } from './slot.js';

/** Slots of one customer that are in no group, by entry id, in the order they came. */
export class LaneQueue {
  /** Slots whose group was not written: they keep their place before later arrivals. */
  private returned = new Map<string, Slot>();
  private readonly arrived = new Map<string, Slot>();
  /** Those whose entries end holds. */
  private readonly endings = new Set<Slot>();

  get isEmpty(): boolean {
    return this.returned.size === 0 && this.arrived.size === 0;
  }

  get(id: string): Slot | undefined {
    return this.returned.get(id) ?? this.arrived.get(id);
  }

  arrive(slot: Slot): void {
    this.arrived.set(slot.entry.id, slot);
    if (endingOf(slot.entry)) this.endings.add(slot);
  }

  /** Puts slots back in front of all others. */
  putBack(slots: readonly Slot[]): void {
    const earlier = [...this.returned.values()];
    this.returned = new Map([...slots, ...earlier].map((slot) => [slot.entry.id, slot]));
    for (const slot of slots) if (endingOf(slot.entry)) this.endings.add(slot);
  }

  remove(slot: Slot): void {
    const { id } = slot.entry;
    if (this.returned.get(id) === slot) this.returned.delete(id);
    if (this.arrived.get(id) === slot) this.arrived.delete(id);
    this.endings.delete(slot);
  }

  /** Queued entries that end holds. */
  ending(): readonly { readonly slot: Slot; readonly ending: Ending }[] {
    const found: { slot: Slot; ending: Ending }[] = [];
    for (const slot of this.endings) {
      const ending = endingOf(slot.entry);
      if (ending) found.push({ slot, ending });
    }
    return found;
  }

  /** Drops entries that nobody waits for any more: they were never sent. */
  prune(): void {
    for (const slot of this.all()) {
      if (!slot.prune()) this.remove(slot);
    }
  }

  /**
   * Takes the slots of the next group: in order, within the bounds, those that `may` be written.
   * A fence has a group of its own, so that a group stands wholly before or after it.
   */
  take(limits: WriterLimits, may: (slot: Slot) => boolean): readonly Slot[] {
    const taken: Slot[] = [];
    let sizeBytes = 0;
    for (const slot of this.all()) {
      if (!slot.prune()) {
        this.remove(slot);
        continue;
      }
      if (!may(slot)) continue;
      const isFence = slot.entry.kind === 'fence';
      if (taken.length > 0 && (isFence || sizeBytes + slot.sizeBytes > limits.groupBytesMax)) break;
      taken.push(slot);
      sizeBytes += slot.sizeBytes;
      if (isFence || taken.length >= limits.groupEntriesMax) break;
    }
    for (const slot of taken) this.remove(slot);
    return taken;
  }

  /** Everybody who waits here; the queue is empty then. */
  drain(): readonly Waiter[] {
    const waiters = [...this.all()].flatMap((slot) => slot.waiting);
    this.returned.clear();
    this.arrived.clear();
    this.endings.clear();
    return waiters;
  }

  private *all(): Iterable<Slot> {
    yield* this.returned.values();
    yield* this.arrived.values();
  }
}
