import { addToCell, bucketBounds, changeBucket, type Part, type Timing } from './buckets.js';
import { type Counter, type Counters, scopeKey } from './counter.js';
import type { CounterRule } from './counterKey.js';
import type { Demand } from './demand.js';

/** Where in the counters something goes: window, key and slot. */

/** Whose usage it is. */
export interface Owner {
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
}

/** Usage, or what is held, of one instant and owner. */
export interface Entry {
  readonly part: Part;
  readonly atMs: number;
  readonly owner: Owner;
  readonly added: Demand;
}

/** The counters with an entry added to each of those it falls under. */
export function addAll(counters: Counters, timing: Timing, entry: Entry): Counters {
  let changed = counters;
  for (const [rule, numbers] of entry.added) {
    const counter = addToCounter(rule, changed[rule.key] ?? [], timing, entry, numbers);
    changed = { ...changed, [rule.key]: counter };
  }
  return changed;
}

function addToCounter(
  rule: CounterRule,
  counter: Counter,
  timing: Timing,
  { part, atMs, owner }: Entry,
  numbers: readonly number[],
): Counter {
  const bounds = bucketBounds(rule, timing, atMs);
  const key = keyIn(rule, owner);
  return changeBucket(counter, bounds, (bucket) => ({
    ...bucket,
    [part]: addToCell(rule, bucket[part], key, numbers),
  }));
}

/** Under which key of its scope a counter counts what this owner uses. */
export function keyIn({ scope }: Pick<CounterRule, 'scope'>, { user, properties }: Owner): string {
  if (scope === 'customer') return scopeKey(null);
  if (scope === 'user') return scopeKey(user);
  const name = scope.slice('property:'.length);
  return scopeKey(Object.hasOwn(properties, name) ? (properties[name] ?? null) : null);
}
