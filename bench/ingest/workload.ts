import { indexIn, random, sumOf, zipfShares } from '../../dev/demo/chance.js';

/** What one round sends: made from numbers alone, so that load and check agree on it. */
export interface Workload {
  readonly name: string;
  /** Events of one round, repeats counted. */
  readonly events: number;
  readonly batchSize: number;
  /** Requests under way at once, each on a connection of its own. */
  readonly connections: number;
  /** Customers are called NAME-0, NAME-1 …; a few are busy, most are not (Zipf). */
  readonly customers: number;
  /** True: a batch holds events of many customers; false: of one. */
  readonly mixed: boolean;
  readonly customerName: string;
  readonly plan: string;
}

/** The workloads of the benchmark. */
export const WORKLOADS: readonly Workload[] = [
  {
    name: 'batches of 100, one customer',
    events: 60_000,
    batchSize: 100,
    connections: 16,
    customers: 1,
    mixed: false,
    customerName: 'busy',
    plan: 'priced',
  },
  {
    name: 'batches of 100, each of one of 1,000',
    events: 60_000,
    batchSize: 100,
    connections: 16,
    customers: 1_000,
    mixed: false,
    customerName: 'spread',
    plan: 'open',
  },
  {
    name: 'batches of 100, mixed over 1,000',
    events: 30_000,
    batchSize: 100,
    connections: 16,
    customers: 1_000,
    mixed: true,
    customerName: 'mixed',
    plan: 'open',
  },
  {
    name: 'single events, 100 connections',
    events: 20_000,
    batchSize: 1,
    connections: 100,
    customers: 1,
    mixed: false,
    customerName: 'single',
    plan: 'open',
  },
];

/** Every 20th event repeats an earlier one: 5 %. */
const REPEAT_EVERY = 20;

/** A repeat is at most this many events behind. */
const REPEAT_BEHIND_MAX = 2_000;

const USERS = 50;
const MODELS = ['small', 'medium', 'large'];

/** One event, as it is sent. */
export interface BenchEvent {
  readonly id: string;
  readonly customer: string;
  readonly user: string;
  readonly quantities: { readonly input_tokens: number; readonly output_tokens: number };
  readonly timestamp: string;
  readonly properties: { readonly model: string };
}

/** The events of one round, in order. `startMs` dates the first one; they are 1 ms apart. */
export function eventsOf(workload: Workload, round: string, startMs: number): BenchEvent[] {
  const draw = random(0x1d5e);
  const shares = zipfShares(workload.customers);
  const allShares = sumOf(shares);
  const events: BenchEvent[] = [];
  let number = 0;
  for (let index = 0; index < workload.events; index += 1) {
    const nextCustomer = workload.mixed || index % workload.batchSize === 0;
    if (nextCustomer) number = indexIn(shares, draw(allShares));
    const repeated = repeatedIndex(index, draw);
    const repeat = repeated === null ? undefined : events[repeated];
    const event = repeat ?? {
      id: `${round}-${index}`,
      customer: `${workload.customerName}-${number}`,
      user: `user-${draw(USERS)}`,
      quantities: { input_tokens: 100 + draw(5_000), output_tokens: 1 + draw(500) },
      timestamp: new Date(startMs + index).toISOString(),
      properties: { model: MODELS[draw(MODELS.length)] ?? 'small' },
    };
    events.push(event);
  }
  return events;
}

/** The earlier event that this one repeats; null: it is a new one. */
function repeatedIndex(index: number, draw: (bound: number) => number): number | null {
  if (index % REPEAT_EVERY !== REPEAT_EVERY - 1) return null;
  const earlier = index - 1 - draw(Math.min(index, REPEAT_BEHIND_MAX));
  return earlier % REPEAT_EVERY === REPEAT_EVERY - 1 ? earlier - 1 : earlier;
}

/** What a round must leave in the ledger. */
export interface ExpectedUse {
  readonly recorded: number;
  readonly duplicate: number;
  /** By customer. */
  readonly customers: Readonly<Record<string, CustomerUse>>;
}

/** Sums of one customer. */
export interface CustomerUse {
  readonly events: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Nothing used. */
export const NO_USE: CustomerUse = { events: 0, inputTokens: 0, outputTokens: 0 };

/** Sums of two times, of one customer. */
export function addUse(one: CustomerUse, other: CustomerUse): CustomerUse {
  return {
    events: one.events + other.events,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
  };
}

/** What must stand after a round: each id once, whatever was repeated. */
export function expectedUse(events: readonly BenchEvent[]): ExpectedUse {
  const seen = new Set<string>();
  const customers: Record<string, CustomerUse> = {};
  for (const { id, customer, quantities } of events) {
    if (seen.has(id)) continue;
    seen.add(id);
    customers[customer] = addUse(customers[customer] ?? NO_USE, {
      events: 1,
      inputTokens: quantities.input_tokens,
      outputTokens: quantities.output_tokens,
    });
  }
  return { recorded: seen.size, duplicate: events.length - seen.size, customers };
}
