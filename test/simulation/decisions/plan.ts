import type { Limit, Meter, PlanSnapshot, PublishedCatalogue } from '../../../billing/catalogue.js';
import type { CustomerKey, LogGroup } from '../../../billing/log.js';
import { sumRows } from '../../../billing/sums.js';
import type { Summing } from '../../../ledger/log/port.js';

/** The customer of simulated decisions and its plan. */

/** Live: a test customer's clock would be set by its anchor. */
export const KEY: CustomerKey = { mode: 'live', customer: 'acme', life: 1 };

/** Worlds begin a little before a midnight, at times the last of a period. */
export const MIDNIGHTS_MS = [Date.UTC(2026, 10, 11), Date.UTC(2026, 11, 1)] as const;

const METERS: Readonly<Record<string, Meter>> = {
  input: { name: 'Input', unit: 'token', aggregation: 'sum' },
  output: { name: 'Output', unit: 'token', aggregation: 'sum' },
  tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum', of: ['input', 'output'] },
  large: {
    name: 'Large-model tokens',
    unit: 'token',
    aggregation: 'sum',
    of: ['tokens'],
    where: { model: ['large'] },
  },
  requests: { name: 'Requests', unit: 'request', aggregation: 'count', of: ['tokens'] },
};

/** 100 tokens a day: what the scripted worlds live under. */
export const DAILY: Limit = {
  id: 'daily',
  meters: ['tokens'],
  max: 100,
  window: 'day',
  scope: 'customer',
};

/**
 * Windows that turn within a world, several scopes, a class of its own, a count: a seeded world
 * has some of them.
 */
export const SEEDED_LIMITS: readonly Limit[] = [
  { ...DAILY, max: 240 },
  { ...DAILY, id: 'pace', max: 150, window: 'minute' },
  { ...DAILY, id: 'user', max: 130, scope: 'user' },
  { ...DAILY, id: 'large', meters: ['large'], max: 60, scope: 'property:team' },
  { ...DAILY, id: 'rate', meters: ['requests'], max: 60, window: 'minute' },
];

const plans = new WeakMap<readonly Limit[], PlanSnapshot>();

/** The plan with these limits as a customer has it; one object for one list of limits. */
export function planOf(limits: readonly Limit[]): PlanSnapshot {
  const known = plans.get(limits);
  if (known) return known;
  const plan = { name: 'Free', interval: 'month', breaker: false, limits } as const;
  const terms = { id: 'free', version: 1, revision: 1, currency: 'usd' };
  const made: PlanSnapshot = { ...terms, meters: METERS, plan };
  plans.set(limits, made);
  return made;
}

/** The publication that the plan is of. */
export const PUBLISHED: PublishedCatalogue = {
  mode: 'live',
  revision: 1,
  currency: 'usd',
  meters: METERS,
  costs: [],
  snapshots: {},
  newest: {},
  namedProperties: ['model', 'team'],
};

/** Adds up by the product's own code. */
export const SUMMING: Summing = { revision: 1, rows: (entries) => sumRows(entries, PUBLISHED) };

/** The first group of every log: the customer comes to the plan, as of the month's first day. */
export function firstGroup(plan: PlanSnapshot, atMs: number): LogGroup {
  const month = new Date(atMs);
  const anchorMs = Date.UTC(month.getUTCFullYear(), month.getUTCMonth());
  const command = { type: 'customer', plan, details: {}, atMs, anchorMs } as const;
  return {
    ...KEY,
    number: 1,
    group: 'first',
    fence: 0,
    catalogue: 1,
    recordedAtMs: atMs,
    entries: [{ kind: 'command', id: 'command/first', command, hash: 'first' }],
    sums: [],
  };
}
