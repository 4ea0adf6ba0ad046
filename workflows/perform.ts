import { customerNow } from '../billing/customer/clock.js';
import { recountOf } from '../billing/customer/reporting/recounting.js';
import { awaitedSummaries } from '../billing/customer/close/results.js';
import { customerRow, rowFingerprint } from '../billing/customer/reads/row.js';
import type { BillStep } from '../billing/customer/close/billSteps.js';
import type { Step } from '../billing/customer/close/steps.js';
import type { Segment } from '../billing/state.js';
import { alertActs, logActs, stripeActs } from './acts.js';
import { happen, type Life } from './life.js';
import { attend, giveNote } from './attending.js';
import {
  collectSegment,
  completeSegment,
  finaliseSegment,
  invoiceStart,
  makeInvoice,
} from './closing.js';
import {
  dropPlan,
  lookAtSubscription,
  subscribe,
  swapItems,
  syncCancellation,
  turnPlan,
  unsubscribe,
} from './changing.js';
import { lookAtCheckout, openPage } from './paging.js';
import { atStripe, partyOf, segmentOf, waitForMark } from './party.js';
import { sleep } from '@temporalio/workflow';

/** Pause between two looks at summaries that lag; real time. */
const SUMMARY_POLL_MS = 200;

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** Runs one step of the money lane and lets the state learn from it. Each can be repeated. */
export async function perform(life: Life, step: Step): Promise<void> {
  switch (step.kind) {
    case 'saveCustomer':
      return saveCustomer(life);
    case 'alert':
      return raiseAlerts(life, step);
    case 'subscribe':
      return subscribe(life);
    case 'unsubscribe':
      return unsubscribe(life);
    case 'turn':
      return turnPlan(life);
    case 'syncCancellation':
      return syncCancellation(life, step.ends);
    case 'swapItems':
      return swapItems(life);
    case 'lookAtSubscription':
      return lookAtSubscription(life);
    case 'openPage':
      return openPage(life);
    case 'lookAtCheckout':
      return lookAtCheckout(life);
    case 'dropPlan':
      return dropPlan(life, step);
    case 'advanceTestClock':
      return advanceTestClock(life, step);
    case 'startInvoice':
      return invoiceStart(life, step.segment);
    case 'report':
      return report(life, step);
    case 'lookForDraft':
      return lookForDraft(life, step.segment);
    case 'freeze':
      return freeze(life, step.segment);
    case 'readSummaries':
      return readSummaries(life, step.segment);
    case 'giveNote':
      return giveNote(life, step.note);
    case 'makeInvoice':
    case 'complete':
    case 'finalise':
    case 'collect':
    case 'attend':
      return performOnBill(life, step);
    default:
      throw new Error(`unknown step ${JSON.stringify(step)}`);
  }
}

/** The same of a step on an invoice. */
function performOnBill(life: Life, step: BillStep): Promise<void> {
  switch (step.kind) {
    case 'makeInvoice':
      return makeInvoice(life, step);
    case 'complete':
      return completeSegment(life, step);
    case 'finalise':
      return finaliseSegment(life, step);
    case 'collect':
      return collectSegment(life, step);
    case 'attend':
      return attend(life, step);
  }
}

async function saveCustomer(life: Life): Promise<void> {
  const fingerprint = rowFingerprint(life.state);
  await logActs('customer row').saveCustomer(customerRow(life.state));
  happen(life, { type: 'rowSaved', fingerprint });
}

/** Only stores them: they are delivered apart, however slow a receiver is. */
async function raiseAlerts(life: Life, { alerts }: StepOf<'alert'>): Promise<void> {
  const acts = alertActs(alerts.map(({ type }) => type).join(', '));
  await acts.raiseAlerts({ key: life.state.key, alerts });
  happen(life, { type: 'alertsRaised', alerts, nowMs: customerNow(life.state, Date.now()) });
}

async function advanceTestClock(life: Life, step: StepOf<'advanceTestClock'>): Promise<void> {
  const { key } = life.state;
  const stripe = life.state.stripe ?? life.state.formerStripe;
  if (!stripe?.testClock) return;
  const acts = stripeActs(`to ${new Date(step.toSeconds * 1000).toISOString()}`);
  const { nowSeconds } = await acts.advanceTestClock({
    mode: key.mode,
    testClock: stripe.testClock,
    toSeconds: step.toSeconds,
  });
  happen(life, { type: 'testClockMoved', nowSeconds });
}

async function report(life: Life, { report: due }: StepOf<'report'>): Promise<void> {
  const totals = await stripeActs(`${due.meter} up to ${due.target}`).reportUsage({
    ...partyOf(life.state, due.segment),
    segment: atStripe(due.segment),
    meter: due.meter,
    target: due.target,
    newestSeconds: due.segment.newest[due.meter] ?? due.segment.startMs / 1000,
  });
  const { meter, segment } = due;
  const recount = recountOf(segment, meter);
  happen(life, { type: 'reported', segment: segment.index, meter, totals, recount });
  if (totals.intended < due.target) throw new Error(`no free minute to report ${due.meter} in`);
  if (totals.inDoubt > 0) throw new Error(`a report of ${due.meter} is unanswered`);
}

async function lookForDraft(life: Life, index: number): Promise<void> {
  const segment = atStripe(segmentOf(life.state, index));
  const party = partyOf(life.state, segmentOf(life.state, index));
  const acts = stripeActs(`draft of period ${index}`);
  const { invoice } = await acts.holdInvoice({ ...party, segment, reason: 'cycle' });
  happen(life, { type: 'looked', segment: index, view: invoice, nowMs: party.nowMs });
}

async function freeze(life: Life, index: number): Promise<void> {
  const { number } = await logActs(`period ${index} ends here`).writeFence({
    key: life.state.key,
    name: `closed-${index}`,
    fence: { type: 'closed', segment: index },
  });
  await waitForMark(life, number);
}

async function readSummaries(life: Life, index: number): Promise<void> {
  const segment = segmentOf(life.state, index);
  const equal = await (life.frugal ? haveAllCome : haveEachCome)(life, segment);
  happen(life, { type: 'summariesRead', segment: index, equal, realNowMs: Date.now() });
  if (!equal) await sleep(SUMMARY_POLL_MS, { summary: 'Stripe is still adding up' });
}

async function haveAllCome({ state }: Life, segment: Segment): Promise<boolean> {
  const awaited = awaitedSummaries(segment);
  if (awaited.length === 0) return true;
  const title = awaited.map(({ meter, expected }) => `${meter}: is it ${expected}?`).join(' ');
  const { values } = await stripeActs(title).readSummaries({
    ...partyOf(state, segment),
    segment: atStripe(segment),
    meters: awaited.map(({ meter }) => meter),
  });
  return awaited.every(({ meter, expected }) => values[meter] === expected);
}

async function haveEachCome({ state }: Life, segment: Segment): Promise<boolean> {
  let equal = true;
  for (const { meter, expected } of awaitedSummaries(segment)) {
    const summary = await stripeActs(`${meter}: is it ${expected}?`).readSummary({
      ...partyOf(state, segment),
      segment: atStripe(segment),
      meter,
    });
    equal &&= summary.value === expected;
  }
  return equal;
}
