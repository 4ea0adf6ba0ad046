import type { CustomerState, MeterTotal } from '../state.js';
import { addTotals } from '../totals.js';
import { segmentAt } from '../customer/periods/segments.js';
import type { Contribution } from './contributions.js';

/** Usage added up from the entries themselves, by period, meter and day. */

/** Usage of one UTC day. */
export interface DayTally {
  /** `2026-11-21`. */
  readonly day: string;
  readonly entries: number;
  readonly total: MeterTotal;
}

/** Usage of one (period, meter), before or after its fence. */
export interface MeterTally {
  readonly entries: number;
  readonly total: MeterTotal;
  /** The same without what voids took back. */
  readonly gross: MeterTotal;
  /** Ascending. */
  readonly days: readonly DayTally[];
  /** In the order of the log, the newest at the end; only so many as were asked for. */
  readonly newest: readonly Contribution[];
}

const NOTHING: MeterTotal = { quantity: 0, count: 0, max: 0, last: null };

const NO_TALLY: MeterTally = { entries: 0, total: NOTHING, gross: NOTHING, days: [], newest: [] };

interface Growing {
  entries: number;
  total: MeterTotal;
  gross: MeterTotal;
  readonly days: Map<string, { entries: number; total: MeterTotal }>;
  newest: Contribution[];
}

/** Collects contributions in the order of the log, at a memory bounded by days and meters. */
export class UsageTally {
  readonly #tallies = new Map<string, Growing>();
  readonly #early: Contribution[] = [];
  #last = 0;

  /** `keep`: how many of a period's entries are kept one by one, by the period's index. */
  constructor(private readonly keep: (segment: number) => number) {}

  add(contribution: Contribution): void {
    if (contribution.segment === null) this.#early.push(contribution);
    else this.#count(contribution.segment, contribution);
  }

  /** The state after a group: usage before the first period, or of a replaced one, moves along. */
  folded(state: CustomerState): void {
    const last = state.segments.at(-1)?.index;
    if (last === undefined) return;
    for (const early of this.#early.splice(0)) {
      this.#count(segmentAt(state, early.atMs).index, early);
    }
    for (let gone = last + 1; gone <= this.#last; gone += 1) this.#move(gone, last);
    this.#last = last;
  }

  /** What a period used of a meter, before its fence or after it. */
  of(segment: number, meter: string, late: boolean): MeterTally {
    const found = this.#tallies.get(nameOf(segment, meter, late));
    if (!found) return NO_TALLY;
    const { entries, total, gross, newest } = found;
    const days = [...found.days].map(([day, sums]) => ({ day, ...sums }));
    days.sort((a, b) => (a.day < b.day ? -1 : 1));
    return { entries, total, gross, days, newest: newestOf(newest, this.keep(segment)) };
  }

  #count(segment: number, contribution: Contribution): void {
    const { meter, late, total, kind, atMs } = contribution;
    const into = this.#growing(nameOf(segment, meter, late));
    into.entries += 1;
    into.total = addTotals(into.total, total);
    if (kind !== 'void') into.gross = addTotals(into.gross, total);
    grow(into.days, new Date(atMs).toISOString().slice(0, 10), 1, total);
    const kept = this.keep(segment);
    into.newest.push(contribution);
    // Cut now and then, not at each entry.
    if (into.newest.length > 2 * kept) into.newest = newestOf(into.newest, kept);
  }

  #growing(name: string): Growing {
    const known = this.#tallies.get(name);
    if (known) return known;
    const fresh = { entries: 0, total: NOTHING, gross: NOTHING, days: new Map(), newest: [] };
    this.#tallies.set(name, fresh);
    return fresh;
  }

  #move(from: number, to: number): void {
    for (const [name, gone] of this.#tallies) {
      if (!name.startsWith(`${from} `)) continue;
      const into = this.#growing(`${to} ${name.slice(`${from} `.length)}`);
      into.entries += gone.entries;
      into.total = addTotals(into.total, gone.total);
      into.gross = addTotals(into.gross, gone.gross);
      for (const [day, sums] of gone.days) grow(into.days, day, sums.entries, sums.total);
      into.newest = [...into.newest, ...gone.newest];
      this.#tallies.delete(name);
    }
  }
}

function nameOf(segment: number, meter: string, late: boolean): string {
  return `${segment} ${late} ${meter}`;
}

function grow(days: Growing['days'], day: string, entries: number, total: MeterTotal): void {
  const known = days.get(day) ?? { entries: 0, total: NOTHING };
  days.set(day, { entries: known.entries + entries, total: addTotals(known.total, total) });
}

function newestOf(list: readonly Contribution[], kept: number): Contribution[] {
  return kept === 0 ? [] : list.slice(-kept);
}
