import { noCells } from '../cells.js';
import type { PlanSnapshot } from '../catalogue.js';
import type { Hold } from '../holds/hold.js';
import type { SumRow } from '../log.js';
import type { PeriodBounds } from '../period.js';
import type { Zone } from '../windows/zone.js';
import { bucketLeavesMs } from './buckets.js';
import { movedBucket } from './carry.js';
import type { Bucket, Counter, Counters } from './counter.js';
import { type CounterRule, windowOf } from './counterKey.js';
import { heldDemand, rowDemand, scaledDemand } from './demand.js';
import { addAll } from './entering.js';
import { rulebookOf } from './rulebook.js';

/** How usage and holds enter the counters, and how they leave them. */

/** By what rules something is counted, and in which period. */
export interface CountingPlace {
  /** The plan in force, even for rows of an earlier period: counters belong to it. */
  readonly snapshot: PlanSnapshot;
  readonly zone: Zone;
  /** Bounds of the segment that the row, or the hold's grant, falls into. */
  readonly period: PeriodBounds;
}

/**
 * Counts one row of usage in every limit that it falls under, in the window of its bucket; a
 * negative row (a void) takes back. A derived `count` has rows of its own.
 */
export function countRow(counters: Counters, where: CountingPlace, row: SumRow): Counters {
  const rulebook = rulebookOf(where.snapshot);
  const owner = { user: row.user ?? null, properties: row.properties ?? {} };
  const added = rowDemand(rulebook, row);
  return addAll(counters, where, { part: 'used', atMs: row.bucket * 1000, owner, added });
}

/**
 * Debits (1) or gives back (-1) what a hold still holds: its quantities less what is settled. It
 * counts in the windows of its grant.
 */
export function addHeld(
  counters: Counters,
  where: CountingPlace,
  hold: Hold,
  sign: 1 | -1,
): Counters {
  const demand = heldDemand(rulebookOf(where.snapshot), hold);
  const added = sign === 1 ? demand : scaledDemand(demand, sign);
  return addAll(counters, where, { part: 'held', atMs: hold.grantedAtMs, owner: hold, added });
}

/** All held amounts anew from the open holds; `placeOf` tells where each hold counts. */
export function recountHeld(
  counters: Counters,
  placeOf: (hold: Hold) => CountingPlace,
  holds: readonly Hold[],
): Counters {
  const without = changeCounters(counters, (_key, counter) =>
    counter.map((bucket): Bucket => ({ ...bucket, held: noCells() })).filter(isUsed),
  );
  return holds.reduce((counted, hold) => addHeld(counted, placeOf(hold), hold, 1), without);
}

/**
 * Without the buckets that no decision from `nowMs` on can ask for. Of periods the newest stays (it
 * can be extended), and those that holds still stand in (they may count on credits).
 */
export function pruneCounters(counters: Counters, nowMs: number): Counters {
  return changeCounters(counters, (key, counter) => {
    // A bucket counts until its end at least; only past it the key is read.
    if (counter.every(({ endMs }) => endMs > nowMs)) return counter;
    const cut = windowOf(key);
    const overMs = nowMs - lagOf(cut);
    const kept = counter.filter((bucket, index) => {
      if (bucketLeavesMs(cut, bucket) > overMs) return true;
      if (cut.window !== 'period') return false;
      return index === counter.length - 1 || bucket.held.size > 0;
    });
    return kept.length === counter.length ? counter : kept;
  });
}

/**
 * The log may lag behind the clock: a move to another time zone that was asked for while a window
 * was open must still find it, to count it on in that zone's window.
 */
const LAG_MS = 3_600_000;

function lagOf({ window, sliding }: Pick<CounterRule, 'window' | 'sliding'>): number {
  const isMoved = window === 'hour' || window === 'day' || window === 'week' || window === 'month';
  return isMoved && !sliding ? LAG_MS : 0;
}

function isUsed(bucket: Bucket): boolean {
  return bucket.used.size > 0 || bucket.held.size > 0;
}

/**
 * The counters that go on when a customer comes to another plan: those of content that its limits
 * have too. Money goes on by priced meter: what the new plan prices too. Others are dropped; those
 * of a `period` start fresh by themselves, as its bounds are new.
 */
export function carryCounters(
  counters: Counters,
  before: PlanSnapshot,
  after: PlanSnapshot,
): Counters {
  const old = rulebookOf(before).counters;
  const carried = rulebookOf(after).counters.flatMap((rule) => {
    const same = old.find(({ content }) => content === rule.content);
    const counter = same && counters[same.key];
    if (!same || !counter) return [];
    if (same.key === rule.key) return [[rule.key, counter] as const];
    const moved = counter.map((bucket) => movedBucket(bucket, same, rule)).filter(isUsed);
    return moved.length === 0 ? [] : [[rule.key, moved] as const];
  });
  return Object.fromEntries(carried);
}

/** Counters without buckets are dropped; when nothing changes they stay the same object. */
function changeCounters(
  counters: Counters,
  change: (key: string, counter: Counter) => Counter,
): Counters {
  const changed: [key: string, counter: Counter][] = [];
  let isSame = true;
  for (const [key, before] of Object.entries(counters)) {
    const after = change(key, before);
    if (after !== before || after.length === 0) isSame = false;
    if (after.length > 0) changed.push([key, after]);
  }
  return isSame ? counters : Object.fromEntries(changed);
}
