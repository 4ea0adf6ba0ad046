/**
 * A map in plain JSON that changes by copying little: keys are spread over shards by a hash, a
 * change copies one shard. So ten thousand users of one customer can live in a state that is
 * never altered in place, and a decision still takes microseconds.
 *
 * Shards are lists, not objects: any key is like any other, `__proto__` and '12' included, and
 * the order is the same after a round trip through JSON.
 */

type Cell<Value> = readonly [key: string, value: Value];

/** Values by key. Two of equal content can differ in layout: compare them by their entries. */
export interface Cells<Value> {
  readonly size: number;
  /** A power of two of them. */
  readonly shards: readonly (readonly Cell<Value>[])[];
}

/** Keys a shard holds on average before there are more shards. */
const SHARD_KEYS = 24;

/** Shards become so many times more. */
const GROWTH = 4;

/** No cells. The same object for all: it is never altered. */
const NONE: Cells<never> = { size: 0, shards: [[]] };

/** Cells without a key. */
export function noCells<Value>(): Cells<Value> {
  return NONE;
}

/**
 * FNV-1a over the UTF-16 code units, 32 bits (draft-eastlake-fnv); its upper half is mixed into
 * the lower one, where shards are picked, as high bits of code units stay above.
 */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return hash ^ (hash >>> 16);
}

function shardIndex(shardCount: number, key: string): number {
  return hashOf(key) & (shardCount - 1);
}

function shardOf<Value>(shards: Cells<Value>['shards'], key: string): readonly Cell<Value>[] {
  return shards[shardIndex(shards.length, key)] ?? [];
}

/** The value under a key; undefined without one. */
export function cellOf<Value>({ shards }: Cells<Value>, key: string): Value | undefined {
  return shardOf(shards, key).find((cell) => cell[0] === key)?.[1];
}

/** The same cells with `value` under `key`. */
export function withCell<Value>(cells: Cells<Value>, key: string, value: Value): Cells<Value> {
  const isFull = cells.size >= cells.shards.length * SHARD_KEYS;
  const shards = isFull ? spread(cells, cells.shards.length * GROWTH) : [...cells.shards];
  const shard = [...shardOf(shards, key)];
  const known = shard.findIndex((cell) => cell[0] === key);
  shard[known === -1 ? shard.length : known] = [key, value];
  shards[shardIndex(shards.length, key)] = shard;
  return { size: known === -1 ? cells.size + 1 : cells.size, shards };
}

/** The same cells without `key`; the very same object if it was not there. */
export function withoutCell<Value>(cells: Cells<Value>, key: string): Cells<Value> {
  const shard = shardOf(cells.shards, key);
  const rest = shard.filter((cell) => cell[0] !== key);
  if (rest.length === shard.length) return cells;
  if (cells.size === 1) return noCells();
  const shards = [...cells.shards];
  shards[shardIndex(shards.length, key)] = rest;
  return { size: cells.size - 1, shards };
}

/** Every key and its value, in no order that matters. */
export function cellEntries<Value>(cells: Cells<Value>): (readonly [key: string, value: Value])[] {
  return cells.shards.flat();
}

function spread<Value>(cells: Cells<Value>, shardCount: number): (readonly Cell<Value>[])[] {
  const shards: Cell<Value>[][] = Array.from({ length: shardCount }, () => []);
  for (const cell of cells.shards.flat()) shards[shardIndex(shardCount, cell[0])]?.push(cell);
  return shards;
}
