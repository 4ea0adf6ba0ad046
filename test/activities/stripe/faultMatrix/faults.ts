import {
  collide,
  leftByCollision,
  passAtStripe,
  refuseLater,
  sentByAnother,
  wait64Days,
} from './reportFaults.js';
import {
  arriveLate,
  befall,
  carry,
  crash,
  dayPasses,
  panel,
  timeout,
  type End,
  type Fault,
  type Stage,
} from './staging.js';
import type { Write, WriteName } from './writes.js';

/** The rows of the fault matrix: what goes wrong, and what stands in the end. */

const isReport = (column: WriteName) => column.endsWith('report');
const deadLetters = (column: WriteName): End => (isReport(column) ? 'dead letter' : '-');
const onlyReports = (column: WriteName): End => (isReport(column) ? 'once' : '-');

async function deleteCustomer(stage: Stage, write: Write): Promise<void> {
  if ((await write.customer()) === '') await befall(stage, write, 'diesBeforeSend');
  await stage.world.stripe.customers.del(await write.customer());
  await carry(stage, write);
}

async function tokensMeter({ world }: Stage): Promise<string> {
  const { data } = await world.stripe.billing.meters.list({ limit: 100 });
  const found = data.find((meter) => meter.event_name === 'durabill_tokens');
  if (!found) throw new Error('no meter');
  return found.id;
}

/** Every fault, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  { name: 'crash before send', run: crash('diesBeforeSend') },
  { name: 'crash after send', run: crash('diesAfterSend') },
  { name: 'crash after reply', run: crash('diesAfterReply') },
  { name: 'timeout, not done', run: timeout('resetBefore') },
  { name: 'timeout, done', run: timeout('delayAfter') },
  { name: 'timeout, done last', run: arriveLate },
  // Twice: the SDK itself sends once more after a reset.
  { name: 'reset, not done', run: panel({ kind: 'resetBefore', times: 2 }) },
  { name: 'reset, done', run: panel({ kind: 'resetAfter', times: 2 }) },
  { name: '409', run: panel({ kind: 'conflict' }) },
  { name: '429', run: panel({ kind: 'rateLimit' }) },
  { name: '429, Retry-After', run: panel({ kind: 'rateLimit', retryAfterSeconds: 1 }) },
  { name: '500, not done', run: panel({ kind: 'errorBefore' }) },
  { name: '500, done and saved', run: panel({ kind: 'errorAfter' }) },
  {
    name: 'sent again',
    run: async (stage, write) => {
      await carry(stage, write);
      await carry(stage, write);
    },
  },
  { name: '25 h unanswered, not done', run: crash('diesBeforeSend', dayPasses) },
  { name: '25 h unanswered, done', run: crash('diesAfterSend', dayPasses) },
  // Only meter events have identifiers.
  { name: 'duplicate, ours', run: crash('diesBeforeSend', sentByAnother), ends: onlyReports },
  {
    name: 'duplicate, not ours',
    run: collide,
    ends: deadLetters,
    left: leftByCollision,
  },
  // Only meter events have an age.
  { name: '35 days, by our clock', run: wait64Days, ends: deadLetters },
  { name: '35 days, by Stripe’s', run: passAtStripe, ends: deadLetters },
  {
    name: 'unknown customer',
    run: deleteCustomer,
    // Finalising moves no money.
    ends: (column) => {
      if (isReport(column)) return 'dead letter';
      return column === 'finalise' ? 'once' : 'refused';
    },
    left: () => ({ atStripe: '0', events: 0 }),
  },
  {
    name: 'archived meter',
    run: carry,
    enter: async (stage) => {
      await stage.world.stripe.billing.meters.deactivate(await tokensMeter(stage));
    },
    leave: async (stage) => {
      await stage.world.stripe.billing.meters.reactivate(await tokensMeter(stage));
    },
    // A price outlives its meter; whatever is reported to it is refused.
    ends: (column) => (isReport(column) ? 'dead letter' : 'once'),
  },
  // Only meter events are judged afterwards.
  {
    name: 'async error report',
    run: refuseLater,
    enter: ({ reports }) => reports.start(),
    leave: ({ reports }) => reports.stop(),
    ends: deadLetters,
  },
];
