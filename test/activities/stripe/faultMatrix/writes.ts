import type { StripeActivities } from '../../../../activities/contract.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { reported } from '../../../../billing/customer/close/results.js';
import {
  reportingRow,
  type ReportingRow,
} from '../../../../billing/customer/reporting/reportingRow.js';
import type { ReportTotals } from '../../../../billing/state.js';
import { PRO as PRICED, row, START_MS, subscribed, used } from '../../../billing/customer/world.js';
import { snapshotOf } from '../catalogueMaking.js';
import { Reporting } from '../reporting.js';
import { newKey, type Subscriber, type World } from '../world.js';
import type { Aim } from './stagedWorker.js';

/** The writes to Stripe that the fault matrix tries, each on a customer of its own. */

/** One write: `act` is repeated as Temporal does; `seen` is what stands in the end. */
export interface Write {
  /** Meets its request and no other one's. */
  readonly aim: Aim;
  readonly act: (acts: StripeActivities) => Promise<unknown>;
  readonly seen: () => Promise<unknown>;
  /** What must be seen where it was done once. */
  readonly once: unknown;
  /** Where Stripe refused it for good; all before it stands. */
  readonly refused: object;
  /** Stripe's id of the customer, once there is one. */
  readonly customer: () => Promise<string>;
  /** A report also says what it is of. */
  readonly report?: ReportParts;
}

/** A customer's tokens at Stripe. */
export interface AtStripe {
  readonly atStripe: string;
  readonly events: number;
}

/** What faults that only reports know must know. */
export interface ReportParts {
  readonly who: Subscriber;
  /** What Stripe has before it. */
  readonly stood: AtStripe;
  /** Moves the time at which it is sent, ms. */
  waitMs: number;
}

const PLUS = snapshotOf('plus', {
  baseAmountMinor: 4900,
  prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.5' } },
});

/** The row of the identity that the engine derives from the sums of a customer's intents. */
function identityOf(ledger: number, totals: ReportTotals): ReportingRow {
  const start = subscribed();
  const { mark } = start;
  const counted = foldStretch(start, used(mark + 1, mark + 1, [row(START_MS + 60_000, ledger)]));
  const state = reported(counted, 0, 'tokens', totals);
  const [segment] = state.segments;
  const price = PRICED.plan.prices?.['tokens'];
  if (!segment || !price) throw new Error('no segment');
  return reportingRow(state, segment, 'tokens', price);
}

function rowOf(accepted: number, deadLetter: number): ReportingRow {
  const ledger = accepted + deadLetter;
  return { ledger, accepted, pending: 0, inDoubt: 0, deadLetter, withheld: 0, late: 0 };
}

/** A report that brings Stripe from `before` to `target`. */
async function reporting(
  world: World,
  before: number,
  target: number,
  atEnd = false,
): Promise<Write> {
  const told = new Reporting(world, await world.subscriber());
  const { who } = told;
  const { segment, stripe, key } = who;
  if (before > 0) await told.report(before);
  if (atEnd) await world.passPeriod(who);
  const end = { nowMs: segment.endMs + 60_000, newestSeconds: segment.endSeconds - 60 };
  const usual = told.inputOf(target, atEnd ? end : {});
  const stood = { atStripe: String(before), events: before > 0 ? 1 : 0 };
  const report: ReportParts = { who, stood, waitMs: 0 };
  return {
    aim: { path: 'meter_events$', body: stripe.customer },
    act: async (acts) => {
      const nowMs = usual.nowMs + report.waitMs;
      const { inDoubt } = await acts.reportUsage({ ...usual, nowMs });
      if (inDoubt > 0) throw new Error('in doubt');
    },
    seen: async () => {
      const totals = await world.ledger.intents.totals(key, segment.index, 'tokens');
      const { total, events } = told.atStripe();
      return { atStripe: total, events, ...identityOf(target, totals) };
    },
    once: { atStripe: String(target), events: stood.events + 1, ...rowOf(target, 0) },
    refused: { ...stood, ...rowOf(before, target - before) },
    customer: () => Promise.resolve(stripe.customer),
    report,
  };
}

async function subscribing(world: World): Promise<Write> {
  const key = newKey();
  const name = `customer/${key.mode}/${key.customer}/${key.life}`;
  const customer = async () => (await world.ledger.ensures.find(name))?.object ?? '';
  let number = 0;
  return Promise.resolve({
    aim: { path: '^/v1/subscriptions$' },
    act: async (acts) => {
      ({ number } = await acts.subscribe(world.subscribeInput(key)));
    },
    seen: async () => {
      const { type } = await world.commandAt(key, number);
      const asked = { customer: await customer(), status: 'all' } as const;
      const { data } = await world.stripe.subscriptions.list(asked);
      return [type, ...data.map(({ status }) => status)];
    },
    once: ['subscribed', 'active'],
    refused: ['subscribeFailed'],
    customer,
  });
}

async function swapping(world: World): Promise<Write> {
  const { key, stripe, segment } = await world.subscriber();
  const startMs = segment.startMs + 5 * 86_400_000;
  const input = { ...world.subscribeInput(key, PLUS), request: 9, startMs, stripe };
  const { subscription } = stripe;
  const before = ['subscription_create 2900'];
  return {
    aim: { path: `^/v1/subscriptions/${subscription}$` },
    act: (acts) => acts.subscribe(input),
    seen: async () => {
      const { data } = await world.stripe.invoices.list({ subscription, limit: 100 });
      const items = await world.stripe.subscriptionItems.list({ subscription, limit: 100 });
      const invoices = data.map(({ billing_reason: why, subtotal }) => `${why} ${subtotal}`);
      return { items: items.data.length, invoices };
    },
    once: { items: 2, invoices: ['subscription_update 4900', ...before] },
    refused: { items: 3, invoices: before },
    customer: () => Promise.resolve(stripe.customer),
  };
}

/** A held draft with usage, and what the close does with it. */
async function draftOf(world: World) {
  const who = await world.subscriber();
  await new Reporting(world, who).report(1_500);
  await world.passPeriod(who);
  const party = { key: who.key, stripe: who.stripe, nowMs: who.segment.endMs + 60_000 };
  const held = await world.acts.holdInvoice({ ...party, segment: who.segment, reason: 'cycle' });
  const invoice = held.invoice?.id ?? '';
  const standing = () => world.stripe.invoices.retrieve(invoice);
  const customer = () => Promise.resolve(who.stripe.customer);
  return { input: { ...party, invoice }, invoice, standing, customer };
}

async function addingItem(world: World): Promise<Write> {
  const { input, invoice, customer } = await draftOf(world);
  const item = {
    ...{ name: `item/${invoice}/late/tokens`, ref: 'late/tokens', description: 'Late' },
    ...{ quantity: 1, amountMinor: 77, startSeconds: 1_769_000_000, endSeconds: 1_769_100_000 },
  };
  return {
    aim: { path: 'invoiceitems$' },
    act: (acts) => acts.completeDraft({ ...input, items: [item] }),
    seen: async () => {
      const { data } = await world.stripe.invoiceItems.list({ invoice, limit: 100 });
      return data.map(({ amount }) => amount);
    },
    once: [77],
    refused: [],
    customer,
  };
}

async function finalising(world: World): Promise<Write> {
  const { input, invoice, standing, customer } = await draftOf(world);
  return {
    aim: { path: `/${invoice}/finalize$` },
    act: (acts) => acts.finaliseInvoice(input),
    seen: async () => [(await standing()).status, (await standing()).amount_paid],
    once: ['open', 0],
    refused: ['draft', 0],
    customer,
  };
}

async function paying(world: World): Promise<Write> {
  const { input, invoice, standing, customer } = await draftOf(world);
  await world.acts.finaliseInvoice(input);
  return {
    aim: { path: `/${invoice}/pay$` },
    act: (acts) => acts.collectInvoice(input),
    seen: async () => {
      const { data } = await world.stripe.invoicePayments.list({ invoice, limit: 100 });
      return [(await standing()).status, ...data.map(({ status }) => status)];
    },
    once: ['paid', 'paid'],
    refused: ['open'],
    customer,
  };
}

/** Every kind of write, by its name in the table. */
export const WRITES = {
  'first report': (world: World) => reporting(world, 0, 100),
  'middle report': (world: World) => reporting(world, 100, 250),
  'last report': (world: World) => reporting(world, 100, 300, true),
  subscription: subscribing,
  swap: swapping,
  'invoice item': addingItem,
  finalise: finalising,
  pay: paying,
} as const;

/** A column of the table. */
export type WriteName = keyof typeof WRITES;
