import type { Intent } from '../../ledger/stores/contract.js';
import type { ReportTotals } from '../../billing/state.js';
import type { StripeActivities } from '../contract.js';
import { sessionFor, type StripeDeps } from './deps.js';
import {
  countedMinutes,
  freeMinute,
  identifierOf,
  isTooOld,
  type Minutes,
  openMinutes,
  VALUE_MAX,
  wholeMinutes,
} from './intents.js';
import { isOpen, settleIntent, type Settling } from './settleIntent.js';

type ReportInput = Parameters<StripeActivities['reportUsage']>[0];

/** Bounds one activity: 2^53-1 takes ten reports of 15 digits; the rest are open ones. */
const ROUNDS_MAX = 64;

/**
 * See `StripeActivities.reportUsage`. Level-triggered: each round does the first thing that is
 * missing between the stored intents and the target.
 */
export async function reportUsage(deps: StripeDeps, input: ReportInput): Promise<ReportTotals> {
  const { key, segment, meter, target } = input;
  const { intents } = deps.ledger;
  const session = sessionFor(deps, key.mode);
  const settling: Settling = { session, intents, party: input };
  let known = await intents.ofSegment(key, segment.index, meter);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const open = known.find(isOpen);
    if (open) {
      const settled = await settleIntent(settling, open);
      if (isOpen(settled)) break;
      known = known.map((intent) => (intent === open ? settled : intent));
      continue;
    }
    const due = target - known.reduce((sum, { value }) => sum + value, 0);
    const next = due > 0 ? await nextIntent(deps, input, known.length + 1, due) : null;
    if (!next) break;
    const isNew = await intents.insert(next);
    known = isNew ? [...known, next] : await intents.ofSegment(key, segment.index, meter);
  }
  return intents.totals(key, segment.index, meter);
}

/** The next report, not stored yet; null when no minute is free for it now. */
async function nextIntent(
  deps: StripeDeps,
  input: ReportInput,
  sequence: number,
  due: number,
): Promise<Intent | null> {
  const { key, stripe, segment, meter, nowMs } = input;
  const tooOld = isTooOld(segment, nowMs);
  const minutes = tooOld ? wholeMinutes(segment) : openMinutes(segment, nowMs);
  const stampSeconds = await stampWithin(deps, input, minutes);
  const eventName = stripe.eventNames[meter];
  if (eventName === undefined) throw new Error(`no meter ${meter} at ${stripe.subscription}`);
  if (stampSeconds === null) return null;
  return {
    id: identifierOf(input, segment, meter, sequence),
    mode: key.mode,
    customer: key.customer,
    life: key.life,
    stripeCustomer: stripe.customer,
    subscription: stripe.subscription,
    segment: segment.index,
    meter,
    eventName,
    value: Math.min(due, VALUE_MAX),
    stampSeconds,
    state: tooOld ? 'deadLetter' : 'stored',
    storedAtMs: nowMs,
    firstSentAtMs: null,
    replies5xx: 0,
    requestId: null,
    reason: tooOld ? 'the segment is older than Stripe takes events for' : null,
  };
}

async function stampWithin(
  { ledger }: StripeDeps,
  { key, stripe, meter, newestSeconds }: ReportInput,
  open: Minutes,
): Promise<number | null> {
  const minutes = countedMinutes(open, stripe);
  const { fromSeconds, toSeconds } = minutes;
  if (fromSeconds >= toSeconds) return null;
  const taken = await ledger.intents.stamps(key, meter, fromSeconds, toSeconds);
  return freeMinute(newestSeconds, minutes, new Set(taken));
}
