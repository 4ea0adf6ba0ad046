import type { Ending } from '../../billing/entries.js';
import type { CustomerKey, LogGroup } from '../../billing/log.js';
import { LedgerError } from '../errors.js';
import { FenceBook } from './fenceBook.js';
import type { GroupHead, LogStore, StandingFence } from './port.js';

/**
 * What a writer knows of one customer's log: the highest number it has seen, and the fences
 * below it. Whatever it writes stands right above that head, so everything it judged by is true
 * at the place where the group comes to stand.
 */
export class Horizon {
  private constructor(
    private readonly key: CustomerKey,
    private readonly store: LogStore,
    private headNumber: number,
    private lastFenceNumber: number,
    private readonly book: FenceBook,
    private over: boolean,
  ) {}

  /** Reads the head; fences further down are read when a settle needs them. */
  static async look(
    key: CustomerKey,
    store: LogStore,
    endedHoldsMax: number,
  ): Promise<Horizon> {
    const head = await store.head(key, 0);
    const lastFence = lastFenceUpTo(head);
    const book = new FenceBook(lastFence, endedHoldsMax);
    const atHead = head?.isFence ? await store.fences(key, head.number - 1, head.number) : [];
    return new Horizon(key, store, head?.number ?? 0, lastFence, book, atHead.some(endsAll));
  }

  /** Highest number known; the next group is written at the one above. */
  get head(): number {
    return this.headNumber;
  }

  /** Number of the last fence at or below the head; 0 for none. */
  get lastFence(): number {
    return this.lastFenceNumber;
  }

  /** True when every fence between the entry's `since` and the head has been read. */
  covers({ since }: Ending): boolean {
    return since >= this.book.floor;
  }

  /**
   * Reads the fences above `since` that are not known.
   * @throws LedgerError `conflict` once the log has ended: the customer of this life is deleted.
   */
  async cover(since: number): Promise<void> {
    const { floor } = this.book;
    if (this.over) throw new LedgerError('conflict', `${this.key.customer} was deleted`);
    if (since >= floor) return;
    this.book.prepend(await this.store.fences(this.key, since, floor), since);
  }

  /** Number of the fence that ended a hold this entry names, or null. Only when covered. */
  endOf(ending: Ending): number | null {
    return this.book.endOf(ending);
  }

  /** Reads on to the head after another writer took a number. */
  async readOn(): Promise<void> {
    const head = await this.store.head(this.key, this.headNumber);
    if (!head) return;
    const lastFence = lastFenceUpTo(head);
    if (lastFence > this.headNumber) {
      const fences = await this.store.fences(this.key, this.headNumber, head.number);
      this.book.append(fences);
      this.over ||= fences.some(endsAll);
    }
    this.headNumber = head.number;
    this.lastFenceNumber = lastFence;
  }

  /** An own group stands. */
  wrote(group: LogGroup): void {
    this.headNumber = group.number;
    const [entry] = group.entries;
    if (entry?.kind !== 'fence') return;
    this.book.append([{ number: group.number, fence: entry.fence }]);
    this.lastFenceNumber = group.number;
  }
}

/** Nothing stands above it, so who knows the head has met it. */
function endsAll({ fence }: StandingFence): boolean {
  return fence.type === 'deleted';
}

/** Number of the newest fence up to a group, itself included; 0: there is none. */
export function lastFenceUpTo(head: GroupHead | null): number {
  if (!head) return 0;
  return head.isFence ? head.number : head.fence;
}
