import { proxyActivities } from '@temporalio/workflow';
import type {
  DeletedParty,
  DeletionActivities,
  ForgettingActivities,
} from '../activities/deletion/contract.js';
import { STRIPE_TASK_QUEUE, type DeletionOutcome } from './messages.js';

/** Repeated until they are done: once the fence stands, a deletion has no other end. */
const PATIENT = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '5 seconds',
  retry: {
    initialInterval: '200 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
  },
} as const;

const acts = proxyActivities<DeletionActivities>(PATIENT);
const stripeActs = proxyActivities<ForgettingActivities>({
  ...PATIENT,
  taskQueue: STRIPE_TASK_QUEUE,
});

/** Judging comes to an end: nothing has happened yet, and whoever asked asks again. */
const judging = proxyActivities<Pick<DeletionActivities, 'fenceCustomer'>>({
  ...PATIENT,
  scheduleToCloseTimeout: '2 minutes',
});

/**
 * Deletes one life of a customer: ends its log, hides its row, then erases what is personal
 * wherever it stands, the histories of its workflow last, for a late message may start that again.
 */
export async function deleteCustomer(party: DeletedParty): Promise<DeletionOutcome> {
  const outcome = await judging.fenceCustomer(party);
  if (outcome.awaited.length > 0) return outcome;
  await acts.hideCustomer(party);
  await stripeActs.forgetAtStripe(party);
  for (let from: number | null = 1; from !== null;) {
    ({ next: from } = await acts.eraseLog({ ...party, from }));
  }
  await acts.eraseCopies(party);
  await acts.forgetWorkflows(party);
  await acts.finishDeletion(party);
  return outcome;
}
