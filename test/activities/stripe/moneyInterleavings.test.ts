import { dueReports } from '../../../billing/customer/reporting/reporting.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import type { DraftItem } from '../../../billing/state.js';
import { row, START_MS, subscribed, used } from '../../billing/customer/world.js';
import { snapshotOf } from './catalogueMaking.js';
import { Reporting } from './reporting.js';
import { startWorld, type Subscriber, type World } from './world.js';

/** Interleavings that break a weaker protocol with Stripe, each by its name. */

jest.setTimeout(120_000);

const DAY_MS = 86_400_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
afterEach(() => world.sandbox.controls.clearFaults());

const partyAfter = ({ key, stripe, segment }: Subscriber) => ({
  key,
  stripe,
  nowMs: segment.endMs + 60_000,
});

/** Units that an invoice's lines of tokens rate. */
function tokensOn(lines: readonly { kind: string; name: string | null; quantity: string }[]) {
  const own = lines.filter(({ kind, name }) => kind === 'meter' && name === 'tokens');
  return own.reduce((sum, { quantity }) => sum + Number(quantity), 0);
}

async function drafted(who: Subscriber) {
  await world.passPeriod(who);
  const { segment } = who;
  const held = await world.acts.holdInvoice({ ...partyAfter(who), segment, reason: 'cycle' });
  if (!held.invoice) throw new Error('no draft');
  return held.invoice;
}

it('draft compared: usage flushed after the draft stands on it once it is final', async () => {
  const reporting = new Reporting(world, await world.subscriber());
  const { who } = reporting;
  await reporting.report(1_000);
  const draft = await drafted(who);
  const late = { nowMs: who.segment.endMs + 60_000, newestSeconds: who.segment.endSeconds - 60 };
  await world.acts.reportUsage(reporting.inputOf(1_500, late));
  const before = await world.acts.holdInvoice({
    ...partyAfter(who),
    segment: who.segment,
    reason: 'cycle',
  });
  expect(tokensOn(before.invoice?.lines ?? [])).toBe(1_000);
  const final = await world.acts.finaliseInvoice({ ...partyAfter(who), invoice: draft.id });
  expect(tokensOn(final.invoice.lines)).toBe(1_500);
});

it('one day, two periods: the first report of a period that begins in a day counts', async () => {
  const reporting = new Reporting(world, await world.subscriber());
  const { who } = reporting;
  const { segment } = who;
  await world.passPeriod(who, 600);
  const nowMs = segment.endMs + 600_000;
  const last = reporting.inputOf(40, { nowMs, newestSeconds: segment.endSeconds - 60 });
  const endSeconds = segment.endSeconds + 30 * 86_400;
  const next = {
    ...{ index: 1, startSeconds: segment.endSeconds, startMs: segment.endMs },
    ...{ endSeconds, endMs: Math.floor(endSeconds / 60) * 60_000 },
  };
  const first = { ...last, segment: next, target: 40, newestSeconds: segment.endSeconds + 120 };
  const totals = [await world.acts.reportUsage(last), await world.acts.reportUsage(first)];
  expect(totals.map(({ accepted, deadLetter }) => [accepted, deadLetter])).toStrictEqual([
    [40, 0],
    [40, 0],
  ]);
  expect(reporting.atStripe()).toMatchObject({ total: '80', events: 2 });
});

it('accepted, billed nowhere: nothing is stamped into a period with a final invoice', async () => {
  const reporting = new Reporting(world, await world.subscriber());
  const { who } = reporting;
  await reporting.report(1_000);
  const { id: invoice } = await drafted(who);
  const final = await world.acts.finaliseInvoice({ ...partyAfter(who), invoice });
  await world.stripe.billing.meterEvents.create({
    event_name: 'durabill_tokens',
    timestamp: who.segment.endSeconds - 60,
    payload: { stripe_customer_id: who.stripe.customer, value: '7' },
  });
  expect(reporting.atStripe().total).toBe('1007');
  const after = await world.acts.finaliseInvoice({ ...partyAfter(who), invoice });
  expect(tokensOn(after.invoice.lines)).toBe(tokensOn(final.invoice.lines));
  // So the rules ask for no report of such a period, whatever is known of it late.
  const closed = changeSegment(subscribed(), 0, { final: true, frozen: true });
  const known = foldStretch(closed, used(3, 3, [row(START_MS + DAY_MS, 700)]));
  expect(known.segments.flatMap((segment) => dueReports(known, segment))).toStrictEqual([]);
});

it('change now: what Stripe had counted of the old items is on none of its invoices', async () => {
  const reporting = new Reporting(world, await world.subscriber());
  const { who } = reporting;
  await reporting.report(1_500);
  const plan = snapshotOf('plus', {
    baseAmountMinor: 4900,
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.5' } },
  });
  const startMs = who.segment.startMs + 5 * DAY_MS;
  const input = { ...world.subscribeInput(who.key, plan), request: 9, startMs };
  await world.acts.subscribe({ ...input, stripe: who.stripe });
  const params = { subscription: who.stripe.subscription, limit: 100 };
  const { data } = await world.stripe.invoices.list(params);
  expect(data.map(({ subtotal }) => subtotal)).toStrictEqual([4900, 2900]);
  const items = await world.stripe.invoiceItems.list({ customer: who.stripe.customer });
  expect(items.data).toStrictEqual([]);
});

it('replayed item: an answer that was lost a day ago is looked for, not sent anew', async () => {
  const who = await world.subscriber();
  const { id: invoice } = await drafted(who);
  const item: DraftItem = {
    name: `item/${invoice}/late/tokens`,
    ref: 'late/tokens',
    description: 'Tokens: 20 late',
    quantity: 20,
    amountMinor: 77,
    startSeconds: who.segment.startSeconds,
    endSeconds: who.segment.endSeconds,
  };
  const complete = () =>
    world.acts.completeDraft({ ...partyAfter(who), invoice, items: [item] });
  const fault = { kind: 'resetAfter', method: 'POST', path: 'invoiceitems$', times: 2 } as const;
  world.sandbox.controls.fault(fault);
  await expect(complete()).rejects.toThrow('Stripe');
  world.aheadMs += 25 * 3_600_000;
  await complete();
  const { data } = await world.stripe.invoiceItems.list({ invoice, limit: 100 });
  expect(data.map(({ amount }) => amount)).toStrictEqual([77]);
});
