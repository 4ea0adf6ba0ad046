import { formatMinor, groupDigits } from '../money.js';
import { UTC } from '../windows/zone.js';
import type { LimitContext } from './context.js';
import { scopeKey } from './counter.js';
import type { Refusal } from './refusals.js';
import type { LimitView } from './standing.js';
import { eachWindow, inUnits, moreAt, thisWindow, unitOf } from './words.js';

/** A refusal for the end user: what is used up, and when there is more (CONTRACT §4.2). */

/** One or two sentences; `retryAtMs` as `retryAt` has it. */
export function messageOf(
  context: LimitContext,
  refusal: Refusal,
  retryAtMs: number | null,
): string {
  const { snapshot, nowMs } = context;
  if (refusal.type === 'limit') return limitMessage(context, refusal.view, retryAtMs);
  const more = retryAtMs === null ? '' : ` ${moreAt(UTC, nowMs, retryAtMs)}`;
  switch (refusal.type) {
    case 'included': {
      const { id, price } = refusal.priced;
      const included = groupDigits(price?.included ?? 0);
      const units = inUnits(included, unitOf(snapshot, [id]));
      return `Your plan includes ${units} a period, and that is used.${more}`;
    }
    case 'overage':
      return `This would cost more than your plan includes, and that is switched off.${more}`;
    case 'credits':
      return 'You do not have enough credits left for this.';
    case 'spend': {
      const amount = formatMinor(String(refusal.hardAmountMinor), snapshot.currency);
      return `This period's spending limit of ${amount} is reached.${more}`;
    }
  }
}

/** The message where requests that still run hold what is left. */
export const HELD_MESSAGE =
  'What is left is taken by requests that are still running. Try again in a moment.';

function limitMessage(context: LimitContext, view: LimitView, retryAtMs: number | null): string {
  const { scope, window, sliding } = view.rule.counter;
  const quota = quotaOf(context, view);
  const each = eachWindow(view.rule.counter);
  if (retryAtMs === null && window !== 'lifetime') {
    return `This needs more than the ${quota} ${each} that are allowed.`;
  }
  const used = sliding ? `the ${quota} allowed ${each}` : `${thisWindow(window)} ${quota}`;
  const sentence = `${whoHas(scope, view.key)} used ${used}.`;
  if (retryAtMs === null) return sentence;
  const zone = window === 'period' ? UTC : context.zone;
  return `${sentence} ${moreAt(zone, context.nowMs, retryAtMs)}`;
}

/** What a limit grants: "200,000 tokens", "$5.00". */
function quotaOf({ snapshot }: LimitContext, { rule, max }: LimitView): string {
  const { money, meters } = rule.counter;
  if (money) return formatMinor(String(max), snapshot.currency);
  return inUnits(groupDigits(max), unitOf(snapshot, meters ?? []));
}

function whoHas(scope: string, key: string): string {
  if (scope === 'customer') return 'Your account has';
  if (scope === 'user' || key === scopeKey(null)) return 'You have';
  return `Your ${scope.slice('property:'.length)} has`;
}
