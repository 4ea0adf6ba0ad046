import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { detailsPage } from '../billing/customer/reads/details.js';
import { statusOf } from '../billing/customer/reads/row.js';
import type { CustomerState } from '../billing/state.js';
import type { Life } from './life.js';

/** What an operator sees in Temporal's Web UI. */

const PLAN = defineSearchAttributeKey('DurabillPlan', 'KEYWORD');
const STATUS = defineSearchAttributeKey('DurabillStatus', 'KEYWORD');
const PERIOD_END = defineSearchAttributeKey('DurabillPeriodEnd', 'DATETIME');
const FROZEN = defineSearchAttributeKey('DurabillFrozen', 'BOOL');

interface Shown {
  readonly plan: string;
  readonly status: string;
  readonly periodEndMs: number;
  readonly frozen: boolean;
}

function shownOf(state: CustomerState): Shown {
  return {
    plan: state.plan ? `${state.plan.id}@${state.plan.version}` : '',
    status: statusOf(state),
    periodEndMs: state.segments.at(-1)?.endMs ?? 0,
    frozen: state.status === 'frozen' || state.halted !== null,
  };
}

/**
 * Shows the page of the customer (served by query, no event) and, only when one of them changed,
 * the search attributes (an event each time).
 */
export function showStanding(life: Life): void {
  setCurrentDetails(detailsPage(life.state));
  const shown = shownOf(life.state);
  if (shown.plan === '' || !differs(shown)) return;
  upsertSearchAttributes([
    { key: PLAN, value: shown.plan },
    { key: STATUS, value: shown.status },
    { key: PERIOD_END, value: new Date(shown.periodEndMs) },
    { key: FROZEN, value: shown.frozen },
  ]);
}

/** Compares with what the server already has of this run, carried over from earlier runs. */
function differs(shown: Shown): boolean {
  const { typedSearchAttributes: known } = workflowInfo();
  return (
    known.get(PLAN) !== shown.plan ||
    known.get(STATUS) !== shown.status ||
    known.get(PERIOD_END)?.getTime() !== shown.periodEndMs ||
    known.get(FROZEN) !== shown.frozen
  );
}
