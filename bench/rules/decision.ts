import type { Meter, PlanSnapshot, PublishedCatalogue } from '../../billing/catalogue.js';
import { initialState } from '../../billing/customer/initial.js';
import { foldRows } from '../../billing/customer/rows.js';
import { startPlan } from '../../billing/customer/periods/starting.js';
import type { HoldAsk } from '../../billing/holds/asks.js';
import { decide } from '../../billing/holds/decide.js';
import { contextOf } from '../../billing/limits/contextOf.js';
import { judge } from '../../billing/limits/judge.js';
import type { UsageEntry } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import { sumRows } from '../../billing/sums.js';
import { type Measured, timed } from './measure.js';

/** Decisions for one customer with 10,000 users, all active in this minute, under two limits. */

const USERS = 10_000;
const CHECKS = 10_000;
const RESERVATIONS = 2_000;

/** Asks that one Update of the workflow carries at most. */
const UPDATE_ASKS = 200;

/** The whole state must stay below it, bytes. */
const STATE_BYTES_MAX = 2 ** 20;

const NOW_MS = Date.UTC(2026, 0, 15, 12);
const USED_TOKENS = 1_200;
const DAILY_TOKENS = 10_000;

const METERS: Readonly<Record<string, Meter>> = {
  tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' },
  requests: { name: 'Requests', unit: 'request', aggregation: 'count', of: ['tokens'] },
};

const SNAPSHOT: PlanSnapshot = {
  id: 'free',
  version: 1,
  revision: 1,
  currency: 'usd',
  meters: METERS,
  plan: {
    name: 'Free',
    interval: 'month',
    limits: [
      { id: 'daily', meters: ['tokens'], max: DAILY_TOKENS, window: 'day', scope: 'user' },
      {
        id: 'rate',
        meters: ['requests'],
        max: 60,
        window: 'minute',
        sliding: true,
        scope: 'user',
      },
    ],
  },
};

const PUBLISHED: PublishedCatalogue = {
  mode: 'test',
  revision: 1,
  currency: 'usd',
  meters: METERS,
  costs: [],
  snapshots: { 'free@1': SNAPSHOT },
  newest: { free: 1 },
  namedProperties: [],
};

function nameOf(user: number): string {
  return `user-${(user * 7_919) % USERS}`;
}

/** The customer after one event of each user in the last minute, in service. */
export function crowd(): CustomerState {
  const events = Array.from({ length: USERS }, (_, index): UsageEntry => {
    const atMs = NOW_MS - (index % 12) * 5_000;
    const quantities = { tokens: USED_TOKENS };
    return { kind: 'usage', id: `e${index}`, user: nameOf(index), quantities, atMs, hash: '' };
  });
  const empty = initialState({ mode: 'test', customer: 'crowd', life: 1 });
  const begun = startPlan(empty, SNAPSHOT, Date.UTC(2026, 0, 1));
  const folded = foldRows(begun, sumRows(events, PUBLISHED));
  const holds = { ...folded.holds, asked: true, epoch: 1, newestEpoch: 1, servingFromMs: 0 };
  return { ...folded, synced: true, mark: 1, head: 1, holds };
}

/** Asks what is left of the day, and for every second user one token more. */
export function checking(state = crowd()): Measured {
  const bytes = Buffer.byteLength(JSON.stringify(state));
  const left = DAILY_TOKENS - USED_TOKENS;
  const asks = Array.from({ length: CHECKS }, (_, index) => ({
    user: nameOf(index),
    quantities: { tokens: left + (index % 2) },
    properties: {},
  }));
  return {
    name: 'check one ask',
    what: `one of ${USERS} active users under two limits, half denied; state ${bytes} bytes`,
    calls: CHECKS,
    goalMicros: 20,
    round: () => {
      let denied = 0;
      const elapsedMs = timed(() => {
        for (const ask of asks) if (judge(contextOf(state, NOW_MS), ask)) denied += 1;
      });
      const tooLarge = bytes < STATE_BYTES_MAX ? null : `a state of ${bytes} bytes`;
      return { elapsedMs, fault: denied === CHECKS / 2 ? tooLarge : `${denied} were denied` };
    },
  };
}

function askFor(index: number): HoldAsk {
  return {
    type: 'reserve',
    id: `r${index}`,
    user: nameOf(index),
    quantities: { tokens: 100 },
    properties: {},
    ttlMs: 60_000,
    hash: '',
    forSettle: false,
  };
}

/** Grants holds, as the workflow does it: 200 asks an Update, each seeing those before it. */
export function reserving(state = crowd()): Measured {
  const asks = Array.from({ length: RESERVATIONS }, (_, index) => askFor(index));
  return {
    name: 'grant one reservation',
    what: `the same users, ${UPDATE_ASKS} asks an Update, ${RESERVATIONS} holds open at the end`,
    calls: RESERVATIONS,
    goalMicros: null,
    round: () => {
      let after = state;
      let granted = 0;
      const elapsedMs = timed(() => {
        for (let from = 0; from < RESERVATIONS; from += UPDATE_ASKS) {
          const decision = decide(after, asks.slice(from, from + UPDATE_ASKS), NOW_MS);
          after = decision.state;
          granted += decision.answers.filter(({ type }) => type === 'granted').length;
        }
      });
      const right = granted === RESERVATIONS && after.holds.open.size === RESERVATIONS;
      return { elapsedMs, fault: right ? null : `${granted} were granted` };
    },
  };
}
