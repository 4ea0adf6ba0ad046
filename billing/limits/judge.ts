import { isDerived, meterOf } from '../branches.js';
import type { PlanSnapshot } from '../catalogue.js';
import type { Quantities } from '../log.js';
import { firstUnnamed } from '../naming.js';
import type {
  Asked,
  Denial,
  DenialAction,
  DenialCode,
  LimitContext,
  LimitStanding,
} from './context.js';
import { demandOf } from './demand.js';
import { detailOf } from './detail.js';
import { HELD_MESSAGE, messageOf } from './message.js';
import { includedStanding, spendStanding } from './moneyStanding.js';
import { codeOf, type Question, type Refusal, refusalsOf } from './refusals.js';
import { retryAt } from './retry.js';
import { rulebookOf } from './rulebook.js';
import { resetOf, standingOf } from './standing.js';
import { plainDenial, statusDenial } from './status.js';

/** The one place that decides whether an ask may run (CONTRACT §3.3, §4.2). */

/** In the order in which they are answered; the first that applies is the code. */
const ORDER: readonly DenialCode[] = [
  'overage_blocked',
  'credits_exhausted',
  'spend_limit_reached',
  'limit_reached',
  'rate_limited',
];

/**
 * Why an ask is refused; null: it fits every hard limit on top of all that is used and held.
 * Changes nothing.
 */
export function judge(context: LimitContext, asked: Asked): Denial | null {
  const denial = statusDenial(context) ?? unnamedDenial(context, asked);
  if (denial) return denial;
  const question = questionOf(context, asked);
  const refusals = refusalsOf(question, 'all');
  return refusals.length === 0 ? null : denialOf(question, refusals);
}

/** An ask with what it wants of each counter. */
export function questionOf(context: LimitContext, asked: Asked): Question {
  const rulebook = rulebookOf(context.snapshot);
  return { context, rulebook, owner: asked, demand: demandOf(rulebook, asked) };
}

function unnamedDenial({ snapshot }: LimitContext, asked: Asked): Denial | null {
  const meter = firstUnnamed(snapshot, reported(snapshot, asked), asked.properties);
  if (meter === null) return null;
  const name = meterOf(snapshot.meters, meter)?.name ?? meter;
  return plainDenial(
    'not_in_plan',
    `Nothing in plan ${snapshot.id}@${snapshot.version} names ${meter} with these properties.`,
    `Your plan does not include this: ${name}.`,
    'upgrade',
  );
}

/** A lease names derived counts too; those are never what a plan has to name. */
function reported({ meters }: PlanSnapshot, { kind, quantities }: Asked): Quantities {
  if (kind !== 'lease') return quantities;
  const named = Object.entries(quantities).filter(([id]) => {
    const meter = meterOf(meters, id);
    return !meter || !isDerived(meter);
  });
  return Object.fromEntries(named);
}

/** A refusal with its code, and when the ask may fit. */
interface Reason {
  readonly refusal: Refusal;
  readonly code: DenialCode;
  readonly retryAtMs: number | null;
}

/** Held, where the ask would fit if every open hold came back; else the first code. */
function denialOf(question: Question, refusals: readonly Refusal[]): Denial {
  const limits = refusals.flatMap((refusal) => limitOf(question, refusal));
  const reasons = refusalsOf(question, 'alone').map((refusal): Reason => {
    return { refusal, code: codeOf(refusal), retryAtMs: retryAt(question, refusal) };
  });
  const main = mainReason(reasons);
  if (!main) return heldDenial(question, refusals, limits);
  return {
    code: main.code,
    retryable: main.code === 'rate_limited',
    detail: reasons.map(({ refusal }) => detailOf(question, refusal)).join(' '),
    message: messageOf(question.context, main.refusal, main.retryAtMs),
    action: actionOf(main),
    limits,
    retryAtMs: latest(reasons),
  };
}

function heldDenial(
  question: Question,
  refusals: readonly Refusal[],
  limits: readonly LimitStanding[],
): Denial {
  return {
    code: 'held_by_concurrent_requests',
    retryable: true,
    detail: refusals.map((refusal) => detailOf(question, refusal)).join(' '),
    message: HELD_MESSAGE,
    action: 'wait',
    limits,
    retryAtMs: null,
  };
}

/** Of those with the first code the one that lasts longest; of equal ones the first. */
function mainReason(reasons: readonly Reason[]): Reason | undefined {
  const first = ORDER.find((code) => reasons.some((reason) => reason.code === code));
  const coded = reasons.filter(({ code }) => code === first);
  const last = latest(coded);
  return coded.find(({ retryAtMs }) => retryAtMs === last);
}

/** The latest time of all; null, never, is later than any. */
function latest(reasons: readonly Reason[]): number | null {
  const times = reasons.map(({ retryAtMs }) => retryAtMs ?? Infinity);
  const last = Math.max(...times);
  return last === Infinity ? null : last;
}

function limitOf(question: Question, refusal: Refusal): LimitStanding[] {
  const { context, rulebook } = question;
  switch (refusal.type) {
    case 'limit': {
      const { view } = refusal;
      const { sliding } = view.rule.counter;
      const resetsAtMs = sliding ? retryAt(question, refusal) : resetOf(context, view);
      return [standingOf(context, rulebook, view, resetsAtMs)];
    }
    case 'included':
      return [includedStanding(context, rulebook, refusal.priced)];
    case 'spend':
      return [spendStanding(context, rulebook, refusal.hardAmountMinor)];
    default:
      return [];
  }
}

function actionOf({ refusal, retryAtMs }: Reason): DenialAction {
  switch (refusal.type) {
    case 'limit': {
      if (retryAtMs !== null) return 'wait';
      return refusal.view.max === refusal.view.rule.max ? 'upgrade' : 'raiseLimit';
    }
    case 'included':
      return 'upgrade';
    case 'credits':
      return 'topUp';
    default:
      return 'raiseLimit';
  }
}
