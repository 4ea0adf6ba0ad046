import type { PublishedCatalogue } from '../../billing/catalogue.js';
import type { UsageEntry } from '../../billing/log.js';
import { addRow } from '../../billing/meters.js';
import type { MeterTotal } from '../../billing/state.js';
import { sumRows } from '../../billing/sums.js';
import { type Measured, timed } from './measure.js';

/** A million events, in groups as the log has them, become rows and the totals of a period. */

const EVENTS = 1_000_000;
const GROUP_EVENTS = 500;
const USERS = 1_000;
const MODELS = ['small', 'large', 'huge'] as const;
const START_MS = Date.UTC(2026, 0, 1);

const PUBLISHED: PublishedCatalogue = {
  mode: 'test',
  revision: 1,
  currency: 'usd',
  meters: {
    input_tokens: { name: 'Input tokens', unit: 'token', aggregation: 'sum' },
    output_tokens: { name: 'Output tokens', unit: 'token', aggregation: 'sum' },
    tokens: {
      name: 'Tokens',
      unit: 'token',
      aggregation: 'sum',
      of: ['input_tokens', 'output_tokens'],
    },
    large: {
      name: 'Large-model tokens',
      unit: 'token',
      aggregation: 'sum',
      of: ['tokens'],
      where: { model: ['large', 'huge'] },
    },
    requests: { name: 'Requests', unit: 'request', aggregation: 'count', of: ['tokens'] },
  },
  costs: [],
  snapshots: {},
  newest: {},
  namedProperties: ['model'],
};

function eventOf(number: number): UsageEntry {
  return {
    kind: 'usage',
    id: `event-${number}`,
    user: `user-${(number * 7_919) % USERS}`,
    quantities: { input_tokens: number % 2_000, output_tokens: number % 500 },
    atMs: START_MS + number * 10,
    properties: { model: MODELS[number % MODELS.length] as string },
    hash: `hash-${number}`,
  };
}

/** What must come out, from the numbers alone. */
function expected(events: number): { readonly tokens: number; readonly large: number } {
  let tokens = 0;
  let large = 0;
  for (let number = 0; number < events; number += 1) {
    const quantity = (number % 2_000) + (number % 500);
    tokens += quantity;
    if (number % MODELS.length > 0) large += quantity;
  }
  return { tokens, large };
}

function faultOf(totals: Readonly<Record<string, MeterTotal>>, events: number): string | null {
  const { tokens, large } = expected(events);
  const counted = [totals.tokens?.quantity, totals.large?.quantity, totals.requests?.count];
  const right = counted.join() === [tokens, large, events].join();
  return right ? null : `counted ${counted.join()}, not ${[tokens, large, events].join()}`;
}

/** The benchmark. */
export function eventFolding(events = EVENTS): Measured {
  return {
    name: 'fold an event into sums',
    what: `groups of ${GROUP_EVENTS}, ${USERS} users, 3 models, 5 meters, rows into totals`,
    calls: events,
    goalMicros: null,
    round: () => {
      let totals: Record<string, MeterTotal> = {};
      let elapsedMs = 0;
      for (let from = 0; from < events; from += GROUP_EVENTS) {
        // Making the events is not measured, and a million of them need not be kept.
        const size = Math.min(GROUP_EVENTS, events - from);
        const group = Array.from({ length: size }, (_, index) => eventOf(from + index));
        elapsedMs += timed(() => {
          for (const row of sumRows(group, PUBLISHED)) {
            totals = addRow(totals, PUBLISHED.meters, row);
          }
        });
      }
      return { elapsedMs, fault: faultOf(totals, events) };
    },
  };
}
