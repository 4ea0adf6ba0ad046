import { cellEntries, cellOf } from '../../../billing/cells.js';
import type { Limit, PlanSnapshot } from '../../../billing/catalogue.js';
import type { Amount, Bucket } from '../../../billing/limits/counter.js';
import { counterOf, pricedCounter, type CounterRule } from '../../../billing/limits/counterKey.js';
import type { CustomerState } from '../../../billing/state.js';
import type { Zone } from '../../../billing/windows/zone.js';
import { Books, limitsOf } from './books.js';
import { must, same } from './broken.js';
import type { Span } from './calendar.js';
import { type Count, countsAt, countsOf, type Units } from './limits.js';
import type { Model } from './model.js';
import type { ModelHold } from './modelHolds.js';

/** Every number that a limit looks at is the sum of the log, and of the holds that are open. */
export function checkCounters(state: CustomerState, model: Model, latestMs: number): void {
  const { plan } = model;
  if (!plan || model.periods.list.length === 0) return;
  const held = state.holds.epoch === null ? null : heldBooks(model);
  const period = model.periods.known(latestMs);
  for (const limit of limitsOf(plan)) {
    const rule = ruleOf(limit, plan);
    if (!rule) continue;
    // A window that is over is forgotten; what comes for it later begins it anew.
    const counts = (span: Span) => {
      return span.startMs > latestMs || countsAt(limit, period, span, latestMs);
    };
    const counter = state.counters[rule.key]?.filter(counts) ?? [];
    for (const bucket of counter) {
      compare(bucket, 'used', rule, limit, model.books);
      if (held) compare(bucket, 'held', rule, limit, held);
    }
    mustStand(counter, 'used', limit, model.books.of(limit).filter(({ count }) => counts(count)));
    if (!held) continue;
    mustStand(counter, 'held', limit, held.of(limit).filter(({ count }) => counts(count)));
  }
}

const rules = new WeakMap<Limit, CounterRule | null>();

/** Where the state counts a limit; worked out once. */
function ruleOf(limit: Limit, plan: PlanSnapshot): CounterRule | null {
  const known = rules.get(limit);
  if (known !== undefined) return known;
  const rule = limit.id === 'priced' ? pricedCounter(plan) : counterOf(limit, plan);
  rules.set(limit, rule);
  return rule;
}

/** What open holds keep, as a book of its own. */
export function heldBooks(model: Model): Books {
  const books = new Books();
  const { plan } = model;
  if (!plan || model.periods.list.length === 0) return books;
  for (const hold of model.holds.open()) books.enter(heldCounts(model, plan, hold));
  return books;
}

/** What one hold counts as, and of what that was worked out. */
interface HeldCounts {
  readonly version: number;
  readonly plan: PlanSnapshot;
  readonly zone: Zone;
  readonly startMs: number;
  readonly endMs: number;
  readonly counts: readonly Count[];
}

const countsByHold = new WeakMap<ModelHold, HeldCounts>();

/** Worked out anew where the hold, the plan, the zone or the period is another. */
function heldCounts({ zone, periods, holds }: Model, plan: PlanSnapshot, hold: ModelHold) {
  const { startMs, endMs } = periods.known(hold.grantedAtMs);
  const { version } = hold;
  const known = countsByHold.get(hold);
  const isSame = known?.version === version && known.plan === plan && known.zone === zone;
  if (isSame && known.startMs === startMs && known.endMs === endMs) return known.counts;
  const period = { startMs, endMs };
  const counts = countsOf(limitsOf(plan), plan, zone, period, holds.kept(hold));
  countsByHold.set(hold, { version, plan, zone, startMs, endMs, counts });
  return counts;
}

function compare(
  bucket: Bucket,
  part: 'used' | 'held',
  rule: CounterRule,
  limit: Limit,
  books: Books,
): void {
  for (const [key, amount] of cellEntries(bucket[part])) {
    const found = unitsBy(rule, amount);
    const expected = books.in(limit, bucket, key);
    for (const [meter, units] of Object.entries(found)) {
      same(units, expected[meter] ?? 0, 'I1', () => whereOf(part, limit, bucket, key, meter));
    }
  }
}

/** Everything that was counted stands somewhere. */
function mustStand(
  counter: readonly Bucket[],
  part: 'used' | 'held',
  limit: Limit,
  sums: ReturnType<Books['of']>,
): void {
  for (const { count, units } of sums) {
    if (Object.values(units).every((one) => one === 0)) continue;
    const { startMs, endMs } = count;
    const bucket = counter.find((one) => one.startMs === startMs && one.endMs === endMs);
    const key = count.key === null ? 'null' : `=${count.key}`;
    const stands = bucket && cellOf(bucket[part], key) !== undefined;
    must(stands === true, 'I1', () => {
      return `${whereOf(part, limit, count, key, JSON.stringify(units))} is not counted`;
    });
  }
}

function whereOf(part: string, limit: Limit, bucket: Span, key: string, meter: string): string {
  const from = new Date(bucket.startMs).toISOString();
  return `${part} under ${limit.id} from ${from} of ${key} (${meter})`;
}

/** An amount of a counter by meter; times and values of gauges left out. */
function unitsBy({ slots }: CounterRule, amount: Amount): Units {
  const numbers = typeof amount === 'number' ? [amount] : amount;
  const units: Record<string, number> = {};
  slots.forEach(({ meter, combine }, index) => {
    if (combine === 'sum') units[meter] = numbers[index] ?? 0;
  });
  return units;
}
