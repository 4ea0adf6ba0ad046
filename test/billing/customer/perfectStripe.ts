import { customerNow, moveClock } from '../../../billing/customer/clock.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import { buildInvoice, predictedLines } from '../../../billing/customer/invoicing.js';
import * as results from '../../../billing/customer/results.js';
import { rowFingerprint } from '../../../billing/customer/row.js';
import { turn } from '../../../billing/customer/turning.js';
import { nextStep, type Step } from '../../../billing/customer/steps.js';
import type { StripeInvoiceView, StripeLineView } from '../../../billing/customer/view.js';
import type { InvoiceBody } from '../../../billing/invoice.js';
import type { CustomerState } from '../../../billing/state.js';
import { closed } from './world.js';

/** A money lane whose Stripe does exactly as told, unless a test bends a view. */
export interface Lane {
  state: CustomerState;
  readonly steps: string[];
  readonly invoices: InvoiceBody[];
  /** Bends what Stripe answers. */
  bend: (view: StripeInvoiceView) => StripeInvoiceView;
  /** Whether Stripe has made a draft. */
  hasDraft: boolean;
}

/** A lane at rest in front of a state. */
export function laneOf(state: CustomerState): Lane {
  const lane: Lane = { state, steps: [], invoices: [], bend: (view) => view, hasDraft: true };
  return lane;
}

/** The invoice as Stripe would show it, from what it was told. */
function viewOf(lane: Lane, index: number, status: StripeInvoiceView['status']): StripeInvoiceView {
  const segment = lane.state.segments.find((candidate) => candidate.index === index);
  if (!segment) throw new Error(`no segment ${index}`);
  const { usage, base } = predictedLines(lane.state, segment, 'cycle');
  const line = (change: Partial<StripeLineView>): StripeLineView => ({
    id: 'il',
    kind: 'meter',
    name: null,
    quantity: '1',
    unitAmountMinor: '0',
    amountMinor: 0,
    description: '',
    startSeconds: 0,
    endSeconds: 0,
    ...change,
  });
  const lines = [
    ...usage.map((rated) =>
      line({
        name: rated.meter ?? null,
        quantity: String(rated.quantity),
        amountMinor: rated.amountMinor,
      }),
    ),
    ...base.map(({ amountMinor }) => line({ kind: 'base', amountMinor })),
    ...segment.items.map(({ ref, amountMinor }) => line({ kind: 'ours', name: ref, amountMinor })),
  ];
  const subtotalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return lane.bend({
    id: `in_${index}`,
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
    lines,
  });
}

function judge(lane: Lane, index: number, status: StripeInvoiceView['status'], nowMs: number) {
  const segment = lane.state.segments.find((candidate) => candidate.index === index);
  if (!segment) throw new Error(`no segment ${index}`);
  const view = viewOf(lane, index, status);
  const invoice = buildInvoice(lane.state, segment, 'cycle', view, nowMs);
  lane.invoices.push(invoice);
  return invoice;
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
    case 'report': {
      const { segment, meter, target } = step.report;
      const totals = {
        intended: target,
        accepted: target,
        inDoubt: 0,
        deadLetter: 0,
        lastAtMs: nowMs,
      };
      return results.reported(state, segment.index, meter, totals);
    }
    case 'lookForDraft': {
      const view = lane.hasDraft ? viewOf(lane, step.segment, 'draft') : null;
      return results.looked(state, step.segment, view, nowMs);
    }
    case 'freeze':
      return foldStretch(state, closed(state.mark + 1, step.segment));
    case 'readSummaries':
      return results.summariesRead(state, step.segment, true, nowMs);
    case 'complete':
      return results.completed(results.itemsDecided(state, step.segment), step.segment);
    case 'finalise':
      return results.compared(state, step.segment, judge(lane, step.segment, 'open', nowMs));
    case 'collect':
      judge(lane, step.segment, 'paid', nowMs);
      return results.collected(state, step.segment, false);
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
