import { customerNow, moveClock } from '../../../../billing/customer/clock.js';
import type { Price } from '../../../../billing/catalogue.js';
import { rateMeter } from '../../../../billing/rating/rateMeter.js';
import { pricedMeters, reportsOf } from '../../../../billing/customer/reporting/reporting.js';
import { snapshotOf } from '../../../../billing/customer/periods/segments.js';
import { isMadeByUs, billOf, reasonOf } from '../../../../billing/customer/invoice/bills.js';
import * as closing from '../../../../billing/customer/close/closing.js';
import { creditLeftMinor, standingOf } from '../../../../billing/customer/invoice/credits.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import {
  bodyOf,
  buildInvoice,
  predictedLines,
} from '../../../../billing/customer/invoice/invoicing.js';
import {
  decideItems,
  hasNothingToBill,
  sentItems,
} from '../../../../billing/customer/invoice/items.js';
import * as results from '../../../../billing/customer/close/results.js';
import { draftFinding } from '../../../../billing/customer/close/reviews.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import { nextStep, type Step } from '../../../../billing/customer/close/steps.js';
import type {
  StripeInvoiceView,
  StripeLineView,
} from '../../../../billing/customer/invoice/view.js';
import type { InvoiceBody } from '../../../../billing/invoice.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { closed } from '../world.js';

/** A money lane whose Stripe does exactly as told, unless a test bends a view. */
export interface Lane {
  state: CustomerState;
  readonly steps: string[];
  readonly invoices: InvoiceBody[];
  /** Bends what Stripe answers. */
  bend: (view: StripeInvoiceView) => StripeInvoiceView;
  /** Whether Stripe has made a draft. */
  hasDraft: boolean;
  /** Whether cards are refused. */
  refuses: boolean;
}

/** A lane at rest in front of a state. */
export function laneOf(state: CustomerState): Lane {
  const bend = (view: StripeInvoiceView): StripeInvoiceView => view;
  return { state, steps: [], invoices: [], bend, hasDraft: true, refuses: false };
}

function segmentIn(lane: Lane, index: number): Segment {
  const segment = lane.state.segments.find((candidate) => candidate.index === index);
  if (!segment) throw new Error(`no segment ${index}`);
  return segment;
}

const LINE: StripeLineView = {
  id: 'il',
  kind: 'meter',
  name: null,
  quantity: '1',
  unitAmountMinor: '0',
  amountMinor: 0,
  description: '',
  startSeconds: 0,
  endSeconds: 0,
};

/** What Stripe rates of a segment: all it was told, by its own prices. */
function metered({ state }: Lane, segment: Segment): StripeLineView[] {
  if (isMadeByUs(segment)) return [];
  const { meters } = snapshotOf(state, segment.plan);
  return pricedMeters(state, segment).flatMap(([meter, price]) => {
    const definition = meters[meter];
    const { intended } = reportsOf(segment, meter);
    if (!definition || intended === 0) return [];
    return rateMeter(meter, definition, atStripe(price), intended).map((rated) => ({
      ...LINE,
      name: meter,
      quantity: String(rated.quantity),
      unitAmountMinor: rated.ref.endsWith('/flat') ? null : '0',
      amountMinor: rated.amountMinor,
    }));
  });
}

/** Volume and package prices include nothing there: we take it off what we tell. */
function atStripe(price: Price): Price {
  if (price.type !== 'volume' && price.type !== 'package') return price;
  const { included: _included, ...bare } = price;
  return bare;
}

/** The invoice as Stripe would show it, from what it was told. */
export function viewOf(
  lane: Lane,
  { segment: index, late }: Named,
  status: StripeInvoiceView['status'],
): StripeInvoiceView {
  const segment = segmentIn(lane, index);
  const { base } = predictedLines(lane.state, segment, reasonOf(segment, late));
  const line = (change: Partial<StripeLineView>): StripeLineView => ({ ...LINE, ...change });
  const lines = [
    ...(late ? [] : metered(lane, segment)),
    ...base.map(({ amountMinor }) => line({ kind: 'base', amountMinor })),
    ...sentItems(lane.state, segment, late).map(({ ref, amountMinor }) =>
      line({ kind: 'ours', name: ref, amountMinor }),
    ),
  ];
  const subtotalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return lane.bend({
    id: late ? `in_${index}_late` : `in_${index}`,
    status,
    number: null,
    autoAdvance: false,
    subtotalMinor,
    discountMinor: 0,
    taxMinor: 0,
    totalMinor: subtotalMinor,
    amountDueMinor: subtotalMinor,
    finalizedAtMs: null,
    paidAtMs: null,
    hostedUrl: null,
    // Stripe has given up on what it could not collect.
    nextAttemptAtMs: null,
    lines,
  });
}

/** A segment's invoice, or that of late usage after the customer left. */
interface Named {
  readonly segment: number;
  readonly late?: boolean;
}

function judge(lane: Lane, step: Named, status: StripeInvoiceView['status'], nowMs: number) {
  const segment = segmentIn(lane, step.segment);
  const view = viewOf(lane, step, status);
  const reason = reasonOf(segment, step.late);
  const invoice = buildInvoice(lane.state, segment, reason, view, nowMs);
  lane.invoices.push(invoice);
  return invoice;
}

/** As `completeSegment` does it: items decided and sent, the draft stored, a spike held. */
function complete(lane: Lane, step: Named, nowMs: number): CustomerState {
  const { segment: index, late } = step;
  lane.state = decideItems(lane.state, index, late);
  const segment = segmentIn(lane, index);
  if (billOf(segment, late)?.final) return closing.completed(lane.state, index, late);
  const finding = late ? null : draftFinding(lane.state, segment);
  const view = viewOf(lane, step, 'draft');
  const found = { finding, nowMs };
  const invoice = bodyOf(lane.state, segment, reasonOf(segment, late), view, found);
  lane.invoices.push(invoice);
  return closing.completed(lane.state, index, late, finding ? invoice.review : null);
}

/** As `attend` does it, for a Stripe that refuses nothing. */
function attend(lane: Lane, { segment: index, late }: Named): CustomerState {
  const bill = billOf(segmentIn(lane, index), late);
  const status = bill?.final ? (lane.refuses ? 'open' : 'paid') : 'draft';
  for (const [id, { done, amountMinor }] of Object.entries(bill?.given ?? {})) {
    if (done) continue;
    const view = viewOf(lane, { segment: index, late }, status);
    const left = creditLeftMinor(lane.state, index, late, standingOf(view));
    const as = status === 'draft' ? 'item' : 'note';
    const outcome = amountMinor > left ? { refused: `${left} is left of it` } : { as };
    lane.state = closing.credited(lane.state, index, late, { id, ...outcome } as Outcome);
  }
  const view = viewOf(lane, { segment: index, late }, status);
  return closing.attended(lane.state, index, late, { number: bill?.asked ?? 0, view });
}

type Outcome = Parameters<typeof closing.credited>[3];

/** All that is due is accepted. */
function reportedAll(
  state: CustomerState,
  { report: { segment, meter, target } }: Extract<Step, { kind: 'report' }>,
  lastAtMs: number,
): CustomerState {
  const totals = { intended: target, accepted: target, inDoubt: 0, deadLetter: 0, lastAtMs };
  return results.reported(state, segment.index, meter, totals);
}

function perform(lane: Lane, step: Step, nowMs: number): CustomerState {
  const { state } = lane;
  switch (step.kind) {
    case 'saveCustomer':
      return results.rowSaved(state, rowFingerprint(state));
    case 'advanceTestClock':
      return results.testClockMoved(state, step.toSeconds);
    case 'startInvoice':
      return results.startInvoiced(state);
    case 'report':
      return reportedAll(state, step, nowMs);
    case 'lookForDraft': {
      const view = lane.hasDraft ? viewOf(lane, step, 'draft') : null;
      return results.looked(state, step.segment, view, nowMs);
    }
    case 'freeze':
      return foldStretch(state, closed(state.mark + 1, step.segment));
    case 'readSummaries':
      return results.summariesRead(state, step.segment, true, nowMs);
    case 'makeInvoice': {
      const { segment, late } = step;
      const nothing = hasNothingToBill(state, segment, late);
      const view = { id: late ? `in_${segment}_late` : `in_${segment}`, status: 'draft' } as const;
      return closing.made(state, segment, late, nothing ? null : view);
    }
    case 'complete':
      return complete(lane, step, nowMs);
    case 'finalise': {
      const invoice = judge(lane, step, 'open', nowMs);
      return closing.compared(state, step.segment, invoice, step.late);
    }
    case 'collect':
      judge(lane, step, lane.refuses ? 'open' : 'paid', nowMs);
      return closing.collected(state, step.segment, lane.refuses, step.late);
    case 'swapItems': {
      const { stripe, plan } = state;
      return stripe && plan ? { ...state, stripe: { ...stripe, plan } } : state;
    }
    case 'attend':
      return attend(lane, step);
    default:
      throw new Error(`unexpected step ${step.kind}`);
  }
}

/** Runs the lane until nothing is due; `realNowMs` stands still, the clock moves by its goal. */
export function runLane(lane: Lane, realNowMs: number): void {
  for (let round = 0; round < 5_000; round += 1) {
    const before = lane.state;
    lane.state = turn(lane.state, customerNow(lane.state, realNowMs));
    lane.state = moveClock(lane.state, realNowMs);
    const nowMs = customerNow(lane.state, realNowMs);
    const { step } = nextStep(lane.state, nowMs);
    if (step) {
      lane.steps.push(step.kind);
      lane.state = perform(lane, step, nowMs);
    } else if (lane.state === before) return;
  }
  throw new Error('the lane does not come to rest');
}
