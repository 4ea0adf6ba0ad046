import Table from 'cli-table3';
import { createStripeActivities } from '../../../activities/stripe/activities.js';
import type { StripeActivities } from '../../../activities/contract.js';
import type { RequestFaultKind } from '../../../dev/stripe/http/faults.js';
import type { Ledger } from '../../../ledger/contract.js';
import { snapshotOf } from './catalogueMaking.js';
import { Reporting } from './reporting.js';
import { newKey, startWorld, type World } from './world.js';

/**
 * Every fault at every write to Stripe: whatever becomes of a request or of the worker that sends
 * it, in the end it stands at Stripe once. The table of outcomes is printed.
 */

jest.setTimeout(300_000);

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());

const PLUS = snapshotOf('plus', {
  baseAmountMinor: 4900,
  prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.5' } },
});

/** What goes wrong with one request; `crash`: the worker is gone, before or after its answer. */
type Fault =
  | { readonly crash: 'beforeSend' | 'afterReply' }
  | { readonly kind: RequestFaultKind; readonly retryAfterSeconds?: number }
  | { readonly repeat: true };

const FAULTS: Readonly<Record<string, Fault>> = {
  'crash before send': { crash: 'beforeSend' },
  'crash after reply': { crash: 'afterReply' },
  'reset, not done': { kind: 'resetBefore' },
  'reset, done': { kind: 'resetAfter' },
  '409': { kind: 'conflict' },
  '429': { kind: 'rateLimit' },
  '429, Retry-After': { kind: 'rateLimit', retryAfterSeconds: 1 },
  '500, not done': { kind: 'errorBefore' },
  '500, done and saved': { kind: 'errorAfter' },
  'sent again': { repeat: true },
};

/** One write: `act` is repeated as Temporal does; `seen` is what must stand in the end. */
interface Write {
  readonly path: string;
  readonly act: (acts: StripeActivities) => Promise<unknown>;
  readonly seen: () => Promise<unknown>;
  readonly expected: unknown;
}

/** A ledger under a worker that dies once, just before or just after what it notes. */
function dying(ledger: Ledger, when: 'beforeSend' | 'afterReply'): Ledger {
  let isDead = false;
  const once = async <T>(note: () => Promise<T>, moment: typeof when): Promise<T> => {
    if (isDead || moment !== when) return note();
    isDead = true;
    if (when === 'beforeSend') await note();
    throw new Error('the worker is gone');
  };
  const { ensures, intents } = ledger;
  return {
    ...ledger,
    ensures: {
      find: (name) => ensures.find(name),
      begin: (name, nowMs) => once(() => ensures.begin(name, nowMs), 'beforeSend'),
      reply5xx: (name) => ensures.reply5xx(name),
      done: (name, object) => once(() => ensures.done(name, object), 'afterReply'),
    },
    intents: Object.assign(Object.create(intents) as typeof intents, {
      update: (id: string, change: Parameters<typeof intents.update>[1]) =>
        once(
          () => intents.update(id, change),
          change.state === 'sent' ? 'beforeSend' : 'afterReply',
        ),
    }),
  };
}

function actsUnder(fault: Fault): StripeActivities {
  if (!('crash' in fault)) return world.acts;
  const stripe = { test: world.stripe, live: null };
  const ledger = dying(world.ledger, fault.crash);
  return createStripeActivities({ ledger, stripe, now: world.now });
}

async function run({ path, act }: Write, fault: Fault): Promise<void> {
  if ('kind' in fault) world.sandbox.controls.fault({ ...fault, method: 'POST', path, times: 1 });
  const acts = actsUnder(fault);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await act(acts);
      break;
    } catch (error) {
      if (attempt === 6) throw error;
    }
  }
  if ('repeat' in fault) await act(acts);
  world.sandbox.controls.clearFaults();
}

async function reportOf(before: number, target: number, atEnd = false): Promise<Write> {
  const reporting = new Reporting(world, await world.subscriber());
  if (before > 0) await reporting.report(before);
  const { segment } = reporting.who;
  if (atEnd) await world.passPeriod(reporting.who);
  const late = { nowMs: segment.endMs + 60_000, newestSeconds: segment.endSeconds - 60 };
  const input = reporting.inputOf(target, atEnd ? late : {});
  return {
    path: 'meter_events$',
    act: async (acts) => {
      const { inDoubt } = await acts.reportUsage(input);
      if (inDoubt > 0) throw new Error('in doubt');
    },
    seen: async () => {
      const { key } = reporting.who;
      const { accepted, deadLetter } = await world.ledger.intents.totals(key, 0, 'tokens');
      return [reporting.atStripe().total, accepted, deadLetter];
    },
    expected: [String(target), target, 0],
  };
}

async function subscribing(): Promise<Write> {
  const key = newKey();
  let number = 0;
  return Promise.resolve({
    path: '^/v1/subscriptions$',
    act: async (acts) => {
      ({ number } = await acts.subscribe(world.subscribeInput(key)));
    },
    seen: async () => {
      const command = await world.commandAt(key, number);
      if (command.type !== 'subscribed') return command;
      const { customer } = command.stripe;
      const { data } = await world.stripe.subscriptions.list({ customer, status: 'all' });
      return data.map(({ status }) => status);
    },
    expected: ['active'],
  });
}

async function swapping(): Promise<Write> {
  const { key, stripe, segment } = await world.subscriber();
  const startMs = segment.startMs + 5 * 86_400_000;
  const input = { ...world.subscribeInput(key, PLUS), request: 9, startMs, stripe };
  return {
    path: '^/v1/subscriptions/sub_',
    act: (acts) => acts.subscribe(input),
    seen: async () => {
      const { subscription } = stripe;
      const { data } = await world.stripe.invoices.list({ subscription, limit: 100 });
      return data.map(({ billing_reason: reason, subtotal }) => [reason, subtotal]);
    },
    expected: [
      ['subscription_update', 4900],
      ['subscription_create', 2900],
    ],
  };
}

/** A held draft with usage, and what the close does with it. */
async function draftOf() {
  const who = await world.subscriber();
  await new Reporting(world, who).report(1_500);
  await world.passPeriod(who);
  const party = { key: who.key, stripe: who.stripe, nowMs: who.segment.endMs + 60_000 };
  const held = await world.acts.holdInvoice({ ...party, segment: who.segment, reason: 'cycle' });
  const invoice = held.invoice?.id ?? '';
  const standing = () => world.stripe.invoices.retrieve(invoice);
  return { input: { ...party, invoice }, invoice, standing };
}

async function addingItem(): Promise<Write> {
  const { input, invoice } = await draftOf();
  const item = {
    ...{ name: `item/${invoice}/late/tokens`, ref: 'late/tokens', description: 'Late' },
    ...{ quantity: 1, amountMinor: 77, startSeconds: 1_769_000_000, endSeconds: 1_769_100_000 },
  };
  return {
    path: 'invoiceitems$',
    act: (acts) => acts.completeDraft({ ...input, items: [item] }),
    seen: async () => {
      const { data } = await world.stripe.invoiceItems.list({ invoice, limit: 100 });
      return data.map(({ amount }) => amount);
    },
    expected: [77],
  };
}

async function finalising(): Promise<Write> {
  const { input, standing } = await draftOf();
  return {
    path: '/finalize$',
    act: (acts) => acts.finaliseInvoice(input),
    seen: async () => [(await standing()).status, (await standing()).amount_paid],
    expected: ['open', 0],
  };
}

async function paying(): Promise<Write> {
  const { input, invoice, standing } = await draftOf();
  await world.acts.finaliseInvoice(input);
  return {
    path: '/pay$',
    act: (acts) => acts.collectInvoice(input),
    seen: async () => {
      const { data } = await world.stripe.invoicePayments.list({ invoice, limit: 100 });
      return [(await standing()).status, data.length];
    },
    expected: ['paid', 1],
  };
}

const WRITES: Readonly<Record<string, () => Promise<Write>>> = {
  'first report': () => reportOf(0, 100),
  'middle report': () => reportOf(100, 250),
  'last report': () => reportOf(100, 300, true),
  subscription: subscribing,
  swap: swapping,
  'invoice item': addingItem,
  finalise: finalising,
  pay: paying,
};

test('whatever goes wrong, each write stands at Stripe once', async () => {
  const names = Object.keys(WRITES);
  const table = new Table({ head: ['', ...names], style: { head: [], border: [] } });
  const wrong: string[] = [];
  for (const [fault, how] of Object.entries(FAULTS)) {
    const cells: string[] = [];
    for (const name of names) {
      const write = await WRITES[name]?.();
      if (!write) throw new Error(name);
      await run(write, how);
      const seen = JSON.stringify(await write.seen());
      const isOnce = seen === JSON.stringify(write.expected);
      cells.push(isOnce ? 'once' : seen);
      if (!isOnce) wrong.push(`${fault}, ${name}: ${seen}`);
    }
    table.push([fault, ...cells]);
  }
  process.stderr.write(`${table.toString()}\n`);
  expect(wrong).toStrictEqual([]);
});
