import { ApplicationFailure, ActivityFailure } from '@temporalio/workflow';
import { condition, log, patched, workflowInfo } from '@temporalio/workflow';
import { withAlerts, withOverdue } from '../billing/alerts/alert.js';
import type { BillsUndrafted } from '../billing/arrangement.js';
import { asBillingUndrafted } from '../billing/customer/close/undrafted.js';
import { asSparing } from '../billing/customer/reporting/sparing.js';
import type { Step } from '../billing/customer/close/steps.js';
import type { CustomerState } from '../billing/state.js';
import { createAlarm } from './alarm.js';
import { showStanding } from './display.js';
import { happen, has, wanted, type Life } from './life.js';
import { perform } from './perform.js';

/** Runs what is due, one step at a time, in the order the rules say; waits when nothing is. */
export async function keepMoneyMoving(life: Life): Promise<void> {
  // A state without them raises no alerts: runs that began before there were any go on so.
  if (has(life, 'alerts')) life.state = withAlerts(life.state);
  if (has(life, 'overdue')) life.state = withOverdue(life.state);
  life.state = asSparing(life.state, has(life, 'sparing'));
  life.state = asBillingUndrafted(life.state, has(life, 'undrafted') && withUsage());
  // Nor do they look at a subscription that others may have changed.
  const adopts = has(life, 'adopts');
  const alarm = createAlarm('next due');
  const { runId } = workflowInfo();
  while (!life.draining) {
    if (life.touched) {
      happen(life, { type: 'stripeChanged', adopts: adopts && life.touched.subscription });
    }
    life.touched = null;
    const effects = happen(life, { type: 'time', realNowMs: Date.now(), random: runId });
    showStanding(life);
    const seen = life.state;
    const due = wanted(effects, 'step');
    if (due) {
      await attempt(life, due.step);
      continue;
    }
    alarm.set(wanted(effects, 'wakeAt')?.realMs ?? null);
    await condition(
      () => life.draining || life.touched !== null || alarm.rung() || isNews(seen, life.state),
    );
  }
  alarm.set(null);
}

/** Whether an invoice of ours holds usage, too, where Stripe has made none. */
function withUsage(): BillsUndrafted {
  return patched('undraftedUsage') ? 'withUsage' : true;
}

/** A state that only counted more usage moves no step; everything else is looked at anew. */
function isNews(seen: CustomerState, now: CustomerState): boolean {
  return seen !== now;
}

async function attempt(life: Life, step: Step): Promise<void> {
  try {
    await perform(life, step);
    happen(life, { type: 'stepDone', step: step.kind });
  } catch (error) {
    const reason = reasonOf(error);
    log.warn('step failed', { step: step.kind, reason });
    happen(life, {
      type: 'stepFailed',
      step: step.kind,
      reason,
      realNowMs: Date.now(),
      retryAfterMs: retryAfterMs(error),
    });
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function retryAfterMs(error: unknown): number | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const delay = cause instanceof ApplicationFailure ? cause.nextRetryDelay : undefined;
  return typeof delay === 'number' ? delay : null;
}
