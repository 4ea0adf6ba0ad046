import type { Aggregation, Meter } from '../catalogue.js';
import type { Amount } from './counter.js';

/** The numbers that one counter keeps under one key, and how two of them become one. */

/** One number of a counter. A `last` value stands right after the `time` that it is of. */
export interface Slot {
  /** The meter whose units it counts; '' where several meters add up. */
  readonly meter: string;
  readonly combine: 'sum' | 'max' | 'time' | 'last';
}

/** What a limit in units of `sum` and `count` meters keeps: one sum. */
export const ONE_SUM: readonly Slot[] = [{ meter: '', combine: 'sum' }];

/** The slots that a meter of its own needs. */
export function slotsFor(id: string, aggregation: Aggregation): Slot[] {
  switch (aggregation) {
    case 'sum':
    case 'count':
      return [{ meter: id, combine: 'sum' }];
    case 'max':
      return [{ meter: id, combine: 'max' }];
    case 'last':
      return [
        { meter: id, combine: 'time' },
        { meter: id, combine: 'last' },
      ];
  }
}

/** True for meters whose quantities do not add up: they can't be held, only counted. */
export function isGauge(meter: Meter): boolean {
  return meter.aggregation === 'max' || meter.aggregation === 'last';
}

/** Nothing counted yet. */
export function noSlots(slots: readonly Slot[]): number[] {
  return slots.map(() => 0);
}

/** The numbers of a stored amount. */
export function numbersOf(amount: Amount): readonly number[] {
  return typeof amount === 'number' ? [amount] : amount;
}

/** The form that is stored: a lone number without its list; null: nothing counted. */
export function amountOf(numbers: readonly number[]): Amount | null {
  if (numbers.every((number) => number === 0)) return null;
  return numbers.length === 1 ? (numbers[0] ?? null) : numbers;
}

/**
 * Two counts of the same slots as one, in any order: sums add up, the greater of `max`, the newer
 * of `last` (at equal times the greater quantity).
 */
export function combined(
  slots: readonly Slot[],
  a: readonly number[],
  b: readonly number[],
): number[] {
  return slots.map(({ combine }, index) => {
    const one = a[index] ?? 0;
    const other = b[index] ?? 0;
    if (combine === 'sum') return one + other;
    if (combine === 'last') return newer([a[index - 1] ?? 0, one], [b[index - 1] ?? 0, other]);
    return Math.max(one, other);
  });
}

type TimedValue = readonly [atMs: number, quantity: number];

function newer(a: TimedValue, b: TimedValue): number {
  if (a[0] === b[0]) return Math.max(a[1], b[1]);
  return a[0] > b[0] ? a[1] : b[1];
}

/** The one number that a limit in units compares: all slots added up, times left out. */
export function unitsIn(slots: readonly Slot[], numbers: readonly number[]): number {
  let units = 0;
  for (const [index, { combine }] of slots.entries()) {
    if (combine !== 'time') units += numbers[index] ?? 0;
  }
  return units;
}

/** Where the units of a meter stand among slots; -1: nowhere. */
export function valueSlot(slots: readonly Slot[], meter: string): number {
  return slots.findIndex((slot) => slot.meter === meter && slot.combine !== 'time');
}
