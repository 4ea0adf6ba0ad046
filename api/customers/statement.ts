import type { CreditEntry } from '../../billing/credits/account.js';
import { NO_CREDITS } from '../../billing/credits/account.js';
import { record } from '../../billing/credits/entries.js';
import { foldStretch } from '../../billing/customer/fold.js';
import { initialState } from '../../billing/customer/initial.js';
import { extendTo } from '../../billing/customer/periods/segments.js';
import { NO_PACE } from '../../billing/forecast/pace.js';
import type { LogGroup, LogStretch } from '../../billing/log.js';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';

/**
 * A customer's credit statement, folded from the whole log: every entry there ever was, where the
 * state keeps the newest alone. The books are the reducer's; this collects what they note.
 */
export class Statement {
  private state: CustomerState;
  private readonly booked: CreditEntry[] = [];
  private readonly places = new Map<string, number>();

  constructor(key: CustomerKey) {
    this.state = initialState(key);
  }

  /** The fold so far: its mark is the last group that was taken. */
  get folded(): CustomerState {
    return this.state;
  }

  /** In the order of the log, oldest first. */
  get entries(): readonly CreditEntry[] {
    return this.booked;
  }

  /** The entry with this id; null: there is none. */
  find(id: string): CreditEntry | null {
    const place = this.places.get(id);
    return place === undefined ? null : (this.booked[place] as CreditEntry);
  }

  /**
   * Takes the group that follows. Periods that had begun when credits were given come first, as
   * they did where time passed.
   */
  take(group: LogGroup, stretch: LogStretch): void {
    for (const { atMs } of givenCredits(group)) this.pass(atMs);
    this.fold((state) => foldStretch(state, stretch));
  }

  /** Periods that have begun by then (customer's time, ms) have their grants. */
  pass(atMs: number): void {
    if (this.state.segments.length > 0) this.fold((state) => extendTo(state, atMs));
  }

  /** One step of the fold with an empty book, whose notes are then entered here. */
  private fold(step: (state: CustomerState) => CustomerState): void {
    const credits = { ...this.state.credits, entries: [], allEntries: true as const };
    const after = step({ ...this.state, credits });
    // Counters and pace say nothing about credits, and nobody would clear them here.
    this.state = { ...after, counters: {}, pace: NO_PACE };
    for (const entry of after.credits.entries) this.enter(entry);
  }

  private enter(entry: CreditEntry): void {
    const place = this.places.get(entry.id);
    if (place === undefined) this.append(entry);
    else this.join(place, entry);
  }

  private append(entry: CreditEntry): void {
    const before = this.booked.at(-1)?.balanceAfter ?? 0;
    this.places.set(entry.id, this.booked.length);
    this.booked.push({ ...entry, balanceAfter: before + entry.amount });
  }

  /** Late usage joins the entry of its minute; only the entries from there on can change. */
  private join(place: number, entry: CreditEntry): void {
    const tail = this.booked.slice(place);
    const { entries } = record({ ...NO_CREDITS, entries: tail, allEntries: true }, entry);
    entries.forEach((changed, offset) => {
      this.booked[place + offset] = changed;
      this.places.set(changed.id, place + offset);
    });
  }
}

function givenCredits({ entries }: LogGroup) {
  return entries.flatMap((entry) => {
    const command = entry.kind === 'command' ? entry.command : null;
    return command?.type === 'credits' ? [command] : [];
  });
}
