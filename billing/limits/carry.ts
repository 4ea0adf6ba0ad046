import { type Cells, cellEntries, noCells, withCell } from '../cells.js';
import type { Amount, Bucket } from './counter.js';
import type { CounterRule } from './counterKey.js';
import { amountOf, numbersOf, type Slot } from './slots.js';

/** A bucket as another plan's limit of the same content keeps it: slot by slot. */
export function movedBucket(bucket: Bucket, before: CounterRule, after: CounterRule): Bucket {
  const from = after.slots.map((slot) => before.slots.findIndex((old) => isSame(old, slot)));
  return { ...bucket, used: moved(bucket.used, from), held: moved(bucket.held, from) };
}

/** `from`: for each new slot the old one that it goes on with; -1: it starts at 0. */
function moved(cells: Cells<Amount>, from: readonly number[]): Cells<Amount> {
  let made: Cells<Amount> = noCells();
  for (const [key, amount] of cellEntries(cells)) {
    const numbers = numbersOf(amount);
    const kept = amountOf(from.map((index) => numbers[index] ?? 0));
    if (kept !== null) made = withCell(made, key, kept);
  }
  return made;
}

function isSame(a: Slot, b: Slot): boolean {
  return a.meter === b.meter && a.combine === b.combine;
}
