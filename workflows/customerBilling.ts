import { condition, continueAsNew, patched, setHandler, workflowInfo } from '@temporalio/workflow';
import { initialState } from '../billing/customer/initial.js';
import { upgradeState } from '../billing/customer/upgrade.js';
import type { CustomerState } from '../billing/state.js';
import { answerAsks } from './deciding.js';
import { keepHealed } from './logLane.js';
import {
  markQuery,
  restoredSignal,
  standingQuery,
  stripeChangedSignal,
  usageRecordedSignal,
  type CustomerInput,
} from './messages.js';
import { keepMoneyMoving } from './moneyLane.js';
import { showStanding } from './display.js';
import { happen, type Life } from './life.js';
import { joined } from './news.js';
import { keepWriting } from './writeLane.js';

/** Events of history after which a run continues as a new one (about 0.7 s to replay). */
const HISTORY_LENGTH_MAX = 2_000;

/** Updates after which a run continues as a new one: the server takes 2,000. */
const UPDATES_MAX = 1_500;

/**
 * One customer's life: the fold of the customer's log, and what is due next. State is plain
 * JSON; all rules are those of billing's reducer. Lanes run side by side: those of the log (heal,
 * fences) never wait for the money lane. News are signals because nobody waits for a verdict,
 * asks for holds are Updates; their handlers only fold and decide.
 */
export async function customerBilling(input: CustomerInput): Promise<void> {
  const life: Life = {
    state: input.state ? upgradeState(input.state) : initialState(input.key),
    draining: false,
    touched: null,
    updates: 0,
    frugal: patched('frugal'),
  };
  setHandler(usageRecordedSignal, (message) => {
    happen(life, { type: 'message', message });
  });
  setHandler(stripeChangedSignal, ({ recount = [], ...news }) => {
    life.touched = joined(life.touched, life.frugal ? news : { event: news.event });
    if (recount.length > 0) happen(life, { type: 'recount', reports: recount });
  });
  setHandler(restoredSignal, () => {
    happen(life, { type: 'restored' });
  });
  answerAsks(life);
  setHandler(standingQuery, (): CustomerState => life.state);
  setHandler(markQuery, () => life.state.mark);

  showStanding(life);
  const lanes = Promise.all([keepHealed(life), keepWriting(life), keepMoneyMoving(life)]);
  const isOver = () => life.state.deleted === true;
  await condition(() => isOver() || life.updates >= UPDATES_MAX || isLong(input));
  life.draining = true;
  await lanes;
  if (isOver()) return;
  await continueAsNew<typeof customerBilling>({ ...input, state: life.state });
}

/** Checked anew at each wake-up: `workflowInfo` is a snapshot. */
function isLong(input: CustomerInput): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength >= (input.historyLengthMax ?? HISTORY_LENGTH_MAX);
}
