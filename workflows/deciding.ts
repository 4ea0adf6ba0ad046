import { ApplicationFailure, currentUpdateInfo, setHandler } from '@temporalio/workflow';
import type { Effect } from '../billing/customer/change.js';
import { customerNow } from '../billing/customer/clock.js';
import { reduce } from '../billing/customer/reducer.js';
import type { HoldAnswer } from '../billing/holds/asks.js';
import type { CustomerState } from '../billing/state.js';
import { wanted, type Life } from './life.js';
import { decideUpdate, REFUSED, type DecideReply, type DecideRequest } from './messages.js';

/** Decisions: many asks in one Update, answered by the reducer at once (DESIGN §4). */

/** What one Update would bring, kept from its validator to its handler. */
interface Preview {
  readonly update: string | undefined;
  readonly before: CustomerState;
  readonly after: CustomerState;
  readonly reply: DecideReply;
}

function preview(life: Life, { asks, usage }: DecideRequest): Preview {
  const before = life.state;
  const nowMs = customerNow(before, Date.now());
  const { state, effects } = reduce(before, { type: 'decide', asks, usage, nowMs });
  const reply = { answers: answersOf(effects), nowMs, mark: state.mark };
  return { update: currentUpdateInfo()?.id, before, after: state, reply };
}

function answersOf(effects: readonly Effect[]): readonly HoldAnswer[] {
  return wanted(effects, 'answer')?.answers ?? [];
}

/** Nothing is granted or given back: the answers can go out without a trace in the history. */
function changesNothing({ before, after, reply }: Preview): boolean {
  if (!before.holds.asked) return false;
  if (before.holds === after.holds) return true;
  return reply.answers.every(({ type }) => type !== 'granted');
}

/**
 * Answers `decide`. The validator decides on a copy and refuses what would change nothing; the
 * handler is synchronous, so no other message comes between. The first ask of all is accepted
 * whatever comes of it: from then on the holds are kept in service.
 */
export function answerAsks(life: Life): void {
  let ready: Preview | null = null;
  const validator = (request: DecideRequest): void => {
    ready = preview(life, request);
    if (!changesNothing(ready)) return;
    const message = 'nothing is granted';
    const details = [ready.reply];
    throw ApplicationFailure.create({ message, type: REFUSED, nonRetryable: true, details });
  };
  const handler = (request: DecideRequest): DecideReply => {
    // Replayed Updates come without their validator.
    const isReady = ready?.before === life.state && ready.update === currentUpdateInfo()?.id;
    const { after, reply } = ready && isReady ? ready : preview(life, request);
    ready = null;
    life.state = after;
    life.updates += 1;
    return reply;
  };
  setHandler(decideUpdate, handler, { validator });
}
