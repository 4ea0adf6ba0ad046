import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import { createAlertActivities } from '../activities/alerts/activities.js';
import { channelsOf } from '../activities/alerts/channels.js';
import { AlertDeliverer } from '../activities/alerts/deliverer.js';
import { objectNow } from '../activities/alerts/objectNow.js';
import { createDeletionActivities } from '../activities/deletion/activities.js';
import { createForgettingActivities } from '../activities/deletion/forgetting.js';
import { createLogActivities } from '../activities/log.js';
import { createReconcileActivities } from '../activities/reconcile/activities.js';
import { createStripeActivities } from '../activities/stripe/activities.js';
import { stripeClients } from '../activities/stripe/client.js';
import { createEventActivities } from '../activities/stripe/eventWork.js';
import { createSweepActivities } from '../activities/sweep.js';
import type { Ledger } from '../ledger/contract.js';
import { openLedger } from '../ledger/open.js';
import { BILLING_TASK_QUEUE, STRIPE_TASK_QUEUE } from '../workflows/messages.js';
import { DATA_CONVERTER } from '../workflows/payloadCodec.js';
import { beatWhileWorking } from './heartbeat.js';
import { ensureSchedules } from './schedule.js';
import { readSettings, stripeRate, type WorkerSettings } from './settings.js';
import { stripeSlots } from './slots.js';
import { workflowBundle } from './workflowBundle.js';

/** Time running activities get to end after SIGTERM. */
const SHUTDOWN_GRACE = '4 seconds';

/** Temporal's own log lines in the process' log. */
function bridgeLogs(logger: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      const line = { ...meta };
      if (level === 'ERROR') logger.error(line, message);
      else if (level === 'WARN') logger.warn(line, message);
      else logger.debug(line, message);
    }),
    shutdownSignals: [],
  });
}

/** What the workers' activities stand on. */
interface Acting {
  readonly ledger: Ledger;
  readonly client: Client;
  readonly deliverer: AlertDeliverer;
}

async function billingWorker(
  settings: WorkerSettings,
  connection: NativeConnection,
  { ledger, client, deliverer }: Acting,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: settings.TEMPORAL_NAMESPACE,
    taskQueue: BILLING_TASK_QUEUE,
    dataConverter: DATA_CONVERTER,
    workflowBundle: await workflowBundle(settings.DURABILL_CACHE),
    activities: {
      ...createLogActivities({ ledger }),
      ...createSweepActivities({ ledger, client }),
      ...createDeletionActivities({ ledger, client }),
      ...createAlertActivities({ store: ledger.alerts, deliverer }),
    },
    interceptors: { activity: [beatWhileWorking] },
    maxConcurrentActivityTaskExecutions: 50,
    stickyQueueScheduleToStartTimeout: '3 seconds',
    maxCachedWorkflows: settings.DURABILL_CACHED_WORKFLOWS,
    shutdownGraceTime: SHUTDOWN_GRACE,
  });
}

async function stripeWorker(
  settings: WorkerSettings,
  connection: NativeConnection,
  { ledger, client, deliverer }: Acting,
): Promise<Worker> {
  const stripe = stripeClients(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE);
  const alerts = createAlertActivities({ store: ledger.alerts, deliverer });
  const raiseAlerts: typeof alerts.raiseAlerts = (input) => alerts.raiseAlerts(input);
  return Worker.create({
    connection,
    namespace: settings.TEMPORAL_NAMESPACE,
    taskQueue: STRIPE_TASK_QUEUE,
    dataConverter: DATA_CONVERTER,
    activities: {
      ...createStripeActivities({ ledger, stripe }),
      ...createForgettingActivities({ ledger, stripe }),
      ...createEventActivities({ ledger, stripe, client, raiseAlerts }),
      ...createReconcileActivities({ ledger, stripe, client }),
    },
    interceptors: { activity: [beatWhileWorking] },
    tuner: stripeSlots(),
    maxTaskQueueActivitiesPerSecond: stripeRate(settings),
    shutdownGraceTime: SHUTDOWN_GRACE,
  });
}

function delivererOf(
  settings: WorkerSettings,
  ledger: Ledger,
  client: Client,
  logger: Logger,
): AlertDeliverer {
  return new AlertDeliverer({
    store: ledger.alerts,
    channels: channelsOf(settings),
    objectOf: (alert) => objectNow(ledger, client, alert),
    onFailure: (failure) => logger.warn(failure, 'an alert was not taken; again later'),
    now: Date.now,
  });
}

/** Both workers until one of them fails or the process is told to stop. */
async function run(settings: WorkerSettings, logger: Logger): Promise<void> {
  bridgeLogs(logger);
  const ledger = await openLedger({ uri: settings.MONGODB_URI });
  const address = settings.TEMPORAL_ADDRESS;
  const apiKey = settings.TEMPORAL_API_KEY;
  const secure = apiKey === undefined ? {} : { apiKey, tls: true };
  const connection = await NativeConnection.connect({ address, ...secure });
  const clientConnection = await Connection.connect({ address, ...secure });
  const client = new Client({
    connection: clientConnection,
    namespace: settings.TEMPORAL_NAMESPACE,
    dataConverter: DATA_CONVERTER,
  });
  const deliverer = delivererOf(settings, ledger, client, logger);
  const acting = { ledger, client, deliverer };
  const workers = [
    await billingWorker(settings, connection, acting),
    await stripeWorker(settings, connection, acting),
  ];
  const stop = () => {
    for (const worker of workers) {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, stop);
  await ensureSchedules(client);
  logger.info('worker ready');
  try {
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    stop();
    await deliverer.close();
    await clientConnection.close();
    await connection.close();
    await ledger.close();
  }
}

async function main(): Promise<void> {
  const settings = readSettings();
  await run(settings, pino({ level: settings.LOG_LEVEL, base: { process: 'worker' } }));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
  // A worker that failed to stop its native threads must not linger half alive.
  setTimeout(() => process.exit(1), 5_000).unref();
});
