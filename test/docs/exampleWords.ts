import type { Catalogue, Limit, Plan, PlanSnapshot, Price } from '../../billing/catalogue.js';
import type { Command, StripeLink } from '../../billing/command.js';
import { reduce } from '../../billing/customer/reducer.js';
import { initialState } from '../../billing/customer/initial.js';
import { add } from '../../billing/decimal.js';
import { catalogueDifference } from '../../billing/difference/catalogueDifference.js';
import { breakerTrip } from '../../billing/forecast/breaker.js';
import { defaultSoftAmount, firstInvoiceNet, spikeOf } from '../../billing/forecast/spike.js';
import { leaseSize } from '../../billing/holds/leaseSize.js';
import { planCommit } from '../../billing/holds/settle.js';
import { settledAnswer } from '../../billing/holds/settledAnswer.js';
import { contextOf } from '../../billing/limits/contextOf.js';
import { highestCostOf } from '../../billing/limits/cost.js';
import { estimate } from '../../billing/limits/estimate.js';
import type { SumRow } from '../../billing/log.js';
import { quotaCovering } from '../../billing/migration/percentiles.js';
import { allocate, roundMinor } from '../../billing/money.js';
import { periodBounds, type PeriodBounds } from '../../billing/period.js';
import { unusedBaseLine } from '../../billing/rating/baseChange.js';
import { rateMeter } from '../../billing/rating/rateMeter.js';
import { reportable } from '../../billing/rating/reportable.js';
import type { CustomerState } from '../../billing/state.js';
import { windowBounds } from '../../billing/windows/calendar.js';
import { slidingBucket, slidingCounts } from '../../billing/windows/sliding.js';
import { zoneOf } from '../../api/customers/zone.js';
import { burned, rolledOver } from './creditWords.js';

/** What the examples of docs/rules.md may say: the product's functions and a few short words. */

const TOKENS = { name: 'Tokens', unit: 'token', aggregation: 'sum' } as const;
const NOW_MS = Date.UTC(2026, 10, 21, 12);

const at = (text: string) => Date.parse(text);
const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
const hoursOf = ({ startMs, endMs }: PeriodBounds) => (endMs - startMs) / 3_600_000;
const newYork = zoneOf('America/New_York', at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z'));

const linesOf = (price: Price, units: number) => rateMeter('tokens', TOKENS, price, units);
const amounts = (price: Price, units: number) =>
  linesOf(price, units).map(({ ref, amountMinor }) => [ref, amountMinor]);
const total = (price: Price, units: number) =>
  linesOf(price, units).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
const lateCost = (price: Price, frozen: number, late: number) =>
  total(price, frozen + late) - total(price, frozen);

function snapshotOf(terms: Partial<Plan>): PlanSnapshot {
  const plan: Plan = { name: 'Example', interval: 'month', ...terms };
  const meters = { tokens: TOKENS };
  return { id: 'example', version: 1, revision: 1, currency: 'usd', meters, plan };
}

function tokens(quantity: number): SumRow {
  const last = { atMs: NOW_MS, id: 'e', quantity };
  return { bucket: NOW_MS / 1000, meter: 'tokens', quantity, count: 1, max: quantity, last };
}

const LINK: StripeLink = {
  customer: 'cus',
  subscription: 'sub',
  testClock: null,
  baseItem: null,
  items: {},
  meters: {},
  eventNames: {},
  anchorSeconds: NOW_MS / 1000,
};

/** A customer on a plan who has used so much just now, and may be asked for decisions. */
function customer(terms: Partial<Plan>, used: number, atStripe = false): CustomerState {
  const plan = snapshotOf(terms);
  const command: Command = atStripe
    ? { type: 'subscribed', request: 0, plan, stripe: LINK }
    : { type: 'customer', plan, details: {}, atMs: NOW_MS };
  const start = { ...initialState({ mode: 'live', customer: 'c', life: 1 }), synced: true };
  const acts = [{ kind: 'command', id: 'command/first', command, hash: '' }] as const;
  const joined = reduce(start, { type: 'stretch', stretch: { from: 1, to: 1, sums: [], acts } });
  const sums = [tokens(used)];
  const stretch = { from: 2, to: 2, sums, acts: [] };
  const { state } = reduce(joined.state, { type: 'stretch', stretch });
  return { ...state, holds: { ...state.holds, asked: true, epoch: 1, servingFromMs: 0 } };
}

function ask(state: CustomerState, id: string, quantity: number) {
  const asks = [{
    type: 'reserve',
    id,
    user: null,
    quantities: { tokens: quantity },
    properties: {},
    ttlMs: 60_000,
    hash: id,
    forSettle: false,
  }] as const;
  const { state: after, effects } = reduce(state, { type: 'decide', asks, nowMs: NOW_MS });
  const answer = effects.flatMap((effect) => (effect.type === 'answer' ? effect.answers : []))[0];
  return { after, answer };
}

/** What becomes of an ask under a limit, with so much used and held: `runs`, or the code. */
function outcome(rule: Limit, used: number, held: number, asked: number): string {
  const begun = customer({ limits: [rule], unlimited: ['tokens'] }, used);
  const { after } = ask(begun, 'held', held);
  const { answer } = ask(after, 'asked', asked);
  return answer?.type === 'denied' ? answer.denial.code : answer?.type === 'granted' ? 'runs' : '?';
}

const limit = (max: number): Limit => ({
  id: 'example',
  meters: ['tokens'],
  max,
  window: 'period',
  scope: 'customer',
});

const highest = (price: Price, units: number) =>
  highestCostOf({ id: 'tokens', meter: TOKENS, price, bare: price, slot: 0 }, units, 'exact');

/** Exact cost of so many more tokens, and the credits they take, when so many are used. */
function estimated(price: Price, used: number, asked: number): string {
  const state = customer({ prices: { tokens: price } }, used, true);
  const more = { user: null, quantities: { tokens: asked }, properties: {} };
  return estimate(contextOf(state, NOW_MS), more).amountMinor;
}

/** What a repeat is answered once a reservation has ended so. */
function repeated(outcome: 'committed' | 'released', asked: 'commit' | 'release'): string {
  const answer = settledAnswer({ outcome, parts: [] }, asked);
  return answer.type === 'refused' ? answer.code : answer.status;
}

/** What a customer is told when the plan `pro` changes. */
function changes(before: Partial<Plan>, after: Partial<Plan>): string[] {
  const catalogue = (plan: Partial<Plan>): Catalogue => ({
    currency: 'usd',
    meters: { tokens: TOKENS },
    plans: { pro: { name: 'Pro', interval: 'month', ...plan } },
  });
  return catalogueDifference(catalogue(before), catalogue(after)).map(({ sentence }) => sentence);
}

/** Units counted and written off when `used` of a reservation of `reserved` is committed. */
function committed(reserved: number, used: number, extra?: 'denied') {
  const denial = { type: 'denied', denial: {} as never } as const;
  const reservation = {
    id: 'r',
    user: null,
    properties: {},
    quantities: { tokens: reserved },
    hold: 'r#1@1',
    isLeased: false,
    grantedAtMs: NOW_MS,
    since: 1,
    hash: 'h',
  };
  const known = {
    snapshot: snapshotOf({}),
    names: [],
    isFenced: () => false,
    answers: new Map(extra ? [['r+1', denial]] : []),
    keepsRest: false,
  };
  const plan = planCommit(reservation, { quantities: { tokens: used } }, known);
  const parts = plan.type === 'settle' ? plan.parts : [];
  const sum = (field: 'used' | 'writeOff') =>
    parts.reduce((all, part) => all + (part[field]['tokens'] ?? 0), 0);
  return { used: sum('used'), writeOff: sum('writeOff') };
}

/** Whether so many units of the last hour freeze a customer. */
function trips(terms: { readonly included: number }, units: number): boolean {
  const price: Price = { type: 'perUnit', unitAmountMinor: '1', ...terms };
  const state = customer({ prices: {}, limits: [] }, 0);
  const priced = { 'example@1': snapshotOf({ prices: { tokens: price } }) };
  const plan = { id: 'example', version: 1 };
  const used = reduce({ ...state, plan, snapshots: priced }, {
    type: 'stretch',
    stretch: { from: 3, to: 3, sums: [tokens(units)], acts: [] },
  }).state;
  return breakerTrip(used, NOW_MS) !== null;
}

/** Everything an example can name. */
export const WORDS: Readonly<Record<string, unknown>> = {
  add,
  allocate,
  amounts,
  at,
  burned,
  changes,
  committed,
  day,
  defaultSoftAmount,
  estimated,
  firstInvoiceNet,
  highest,
  hoursOf,
  lateCost,
  leaseSize,
  limit,
  newYork,
  outcome,
  periodBounds,
  quotaCovering,
  repeated,
  reportable,
  rolledOver,
  roundMinor,
  slidingBucket,
  slidingCounts,
  spikeOf,
  total,
  trips,
  unusedBaseLine,
  windowBounds,
};
