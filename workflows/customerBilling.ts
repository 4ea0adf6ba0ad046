import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { initialState } from '../billing/customer/initial.js';
import { upgradeState } from '../billing/customer/upgrade.js';
import type { CustomerState } from '../billing/state.js';
import { keepHealed } from './logLane.js';
import {
  markQuery,
  standingQuery,
  stripeChangedSignal,
  usageRecordedSignal,
  type CustomerInput,
} from './messages.js';
import { keepMoneyMoving } from './moneyLane.js';
import { showStanding } from './display.js';
import { happen, type Life } from './life.js';

/** Events of history after which a run continues as a new one (about 0.7 s to replay). */
const HISTORY_LENGTH_MAX = 2_000;

/**
 * One customer's life: the fold of the customer's log, and what is due next. State is plain
 * JSON; all rules are those of billing's reducer. Two lanes run side by side: the log lane never
 * waits for the money lane. Messages are signals because nobody waits for a verdict; their
 * handlers only fold.
 */
export async function customerBilling(input: CustomerInput): Promise<void> {
  const life: Life = {
    state: input.state ? upgradeState(input.state) : initialState(input.key),
    draining: false,
    touched: false,
  };
  setHandler(usageRecordedSignal, (message) => {
    happen(life, { type: 'message', message });
  });
  setHandler(stripeChangedSignal, () => {
    life.touched = true;
  });
  setHandler(standingQuery, (): CustomerState => life.state);
  setHandler(markQuery, () => life.state.mark);

  showStanding(life);
  const lanes = Promise.all([keepHealed(life), keepMoneyMoving(life)]);
  await condition(() => isLong(input));
  life.draining = true;
  await lanes;
  await continueAsNew<typeof customerBilling>({ ...input, state: life.state });
}

/** Checked anew at each wake-up: `workflowInfo` is a snapshot. */
function isLong(input: CustomerInput): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength >= (input.historyLengthMax ?? HISTORY_LENGTH_MAX);
}
