import type { Effect } from '../../../billing/customer/change.js';
import { buildInvoice, predictedLines } from '../../../billing/customer/invoice/invoicing.js';
import { rowFingerprint } from '../../../billing/customer/reads/row.js';
import type { Step } from '../../../billing/customer/close/steps.js';
import type { StripeInvoiceView, StripeLineView } from '../../../billing/customer/invoice/view.js';
import type { StripeLink } from '../../../billing/command.js';
import type { ReportTotals, Segment } from '../../../billing/state.js';
import type { World } from './world.js';

/** How Stripe answers until it is told otherwise. */
export type Mood = 'well' | 'lostAnswers' | 'timeouts' | 'refuses' | 'away';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

interface Intent {
  readonly value: number;
  state: 'accepted' | 'inDoubt' | 'deadLetter';
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

/** Stripe and the activities that call it: stored intents, drafts, and a mood. */
export class Stripe {
  mood: Mood = 'well';
  private readonly intents = new Map<string, Intent[]>();

  /** Does the step that is wanted; false: none is. */
  perform(world: World, effects: readonly Effect[]): boolean {
    const wanted = effects.find((effect) => effect.type === 'step');
    if (wanted?.type !== 'step') return false;
    const { step } = wanted;
    const isOurs = ['saveCustomer', 'freeze', 'alert'].includes(step.kind);
    if (this.mood === 'away' && !isOurs) this.fail(world, step, 'away');
    else if (this.run(world, step)) world.happen({ type: 'stepDone', step: step.kind });
    return true;
  }

  private fail(world: World, step: Step, reason: string): void {
    const { realMs } = world;
    const retryAfterMs = this.mood === 'away' ? 5_000 : null;
    const failed = { step: step.kind, reason, realNowMs: realMs, retryAfterMs } as const;
    world.happen({ type: 'stepFailed', ...failed });
  }

  /** True when the step went well. */
  private run(world: World, step: Step): boolean {
    switch (step.kind) {
      case 'saveCustomer':
        world.happen({ type: 'rowSaved', fingerprint: rowFingerprint(world.state) });
        return true;
      case 'alert':
        world.raised.push(...step.alerts.map(({ key }) => key));
        world.happen({ type: 'alertsRaised', alerts: step.alerts, nowMs: world.nowMs });
        return true;
      case 'subscribe':
        return this.subscribe(world);
      case 'advanceTestClock':
        world.happen({ type: 'testClockMoved', nowSeconds: step.toSeconds });
        return true;
      case 'startInvoice':
        world.happen({ type: 'startInvoiced' });
        return true;
      case 'report':
        return this.report(world, step);
      case 'freeze':
        world.write([freezing(step.segment)]);
        return true;
      default:
        return this.close(world, step);
    }
  }

  private subscribe(world: World): boolean {
    const { pending } = world.state;
    if (!pending) return true;
    const { request, plan } = pending;
    const id = `subscribed-${request}`;
    if (!world.ledger.knows(`command/${id}`)) {
      const startMs = pending.anchorMs ?? world.nowMs;
      const refused = this.mood === 'refuses';
      const detail = 'card declined';
      world.command(
        id,
        refused
          ? { type: 'subscribeFailed', request, code: 'payment_required', detail }
          : { type: 'subscribed', request, plan, stripe: linkOf(plan.plan.prices, startMs) },
      );
    }
    // The lane waits until the mark has reached it.
    world.sweep();
    return true;
  }

  private report(world: World, { report }: StepOf<'report'>): boolean {
    const { segment, meter, target } = report;
    const name = `${segment.index}/${meter}`;
    const intents = this.intents.get(name) ?? [];
    this.intents.set(name, intents);
    for (const intent of intents) if (this.mood === 'well') settleIntent(intent);
    const intended = intents.reduce((sum, { value }) => sum + value, 0);
    if (target > intended) {
      intents.push({ value: target - intended, state: ANSWERS[this.mood] ?? 'accepted' });
    }
    const totals = totalsOf(intents, world.nowMs);
    world.happen({ type: 'reported', segment: segment.index, meter, totals });
    if (totals.inDoubt === 0) return true;
    this.fail(world, { kind: 'report', report }, 'unanswered');
    return false;
  }

  /** The rest of a close; a Stripe that does what it was told. */
  private close(world: World, step: Step): boolean {
    const index = 'segment' in step ? step.segment : -1;
    const segment = segmentOf(world, index);
    const { nowMs, realMs } = world;
    if (step.kind === 'lookForDraft') {
      const hasDraft = nowMs >= segment.endMs + 60_000 * (segment.index % 3);
      const view = hasDraft ? viewOf(world, segment, 'draft') : null;
      world.happen({ type: 'looked', segment: index, view, nowMs });
    }
    if (step.kind === 'readSummaries') {
      const equal = this.mood === 'well';
      world.happen({ type: 'summariesRead', segment: index, equal, realNowMs: realMs });
    }
    if (step.kind === 'complete') {
      world.happen({ type: 'itemsDecided', segment: index });
      world.happen({ type: 'completed', segment: index });
    }
    if (step.kind === 'finalise') {
      const view = viewOf(world, segment, 'open');
      const invoice = buildInvoice(world.state, segment, 'cycle', view, nowMs);
      world.happen({ type: 'compared', segment: index, invoice });
    }
    if (step.kind === 'collect') {
      const refused = this.mood === 'refuses';
      world.happen({ type: 'collected', segment: index, refused });
    }
    return true;
  }
}

const ANSWERS: Readonly<Partial<Record<Mood, Intent['state']>>> = {
  lostAnswers: 'inDoubt',
  timeouts: 'inDoubt',
  refuses: 'deadLetter',
};

/** Asked again with the same identifier, Stripe says that it has it. */
function settleIntent(intent: Intent): void {
  if (intent.state === 'inDoubt') intent.state = 'accepted';
}

function totalsOf(intents: readonly Intent[], lastAtMs: number): ReportTotals {
  const sumOf = (state?: Intent['state']) =>
    intents.filter((one) => !state || one.state === state).reduce((sum, one) => sum + one.value, 0);
  return {
    intended: sumOf(),
    accepted: sumOf('accepted'),
    inDoubt: sumOf('inDoubt'),
    deadLetter: sumOf('deadLetter'),
    lastAtMs,
  };
}

function freezing(segment: number): Effect {
  const fence = { type: 'closed', segment } as const;
  return { type: 'writeFence', name: `closed-${segment}`, fence };
}

function segmentOf(world: World, index: number): Segment {
  const segment = world.state.segments.find((candidate) => candidate.index === index);
  if (!segment) throw new Error(`a step names segment ${index}, which is not there`);
  return segment;
}

function linkOf(prices: object | undefined, startMs: number): StripeLink {
  const meters = Object.keys(prices ?? {});
  const named = (kind: string) => Object.fromEntries(meters.map((id) => [id, `${kind}_${id}`]));
  return {
    customer: 'cus_1',
    subscription: 'sub_1',
    testClock: null,
    baseItem: 'si_base',
    items: named('si'),
    meters: named('mtr'),
    eventNames: named('durabill'),
    anchorSeconds: Math.floor(startMs / 1000),
  };
}

function viewOf(
  world: World,
  segment: Segment,
  status: StripeInvoiceView['status'],
): StripeInvoiceView {
  const { usage, base } = predictedLines(world.state, segment, 'cycle');
  const lines = [
    ...usage.map((rated) => ({
      ...LINE,
      name: rated.meter ?? null,
      quantity: String(rated.quantity),
      unitAmountMinor: rated.ref.endsWith('/flat') ? null : '0',
      amountMinor: rated.amountMinor,
    })),
    ...base.map(({ amountMinor }) => ({ ...LINE, kind: 'base' as const, amountMinor })),
    ...segment.items.map(({ ref, amountMinor }) => {
      return { ...LINE, kind: 'ours' as const, name: ref, amountMinor };
    }),
  ];
  const subtotalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return {
    id: `in_${segment.index}`,
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
  };
}
