import type { RequestListener } from 'node:http';
import express from 'express';
import { Asking } from './customers/asking.js';
import { changeOperations } from './customers/changeOperations.js';
import { alertOperations } from './alerts/operations.js';
import { linkOperations } from './customers/pages.js';
import { planOperations } from './customers/plan.js';
import { CustomerWriter } from './customers/put.js';
import { customerOperations } from './customers/operations.js';
import { TestClock } from './customers/clock.js';
import { Statements } from './customers/statements.js';
import { assembleDecisions, type DecisionAssembly } from './decisions/assembly.js';
import type { Dependencies } from './dependencies.js';
import { Notifier } from './engine/notifier.js';
import { answerErrors, answerNotFound } from './errors/answer.js';
import { DefaultPlan } from './events/defaultPlan.js';
import { LeaseUsage } from './events/leaseUsage.js';
import { sendEvents } from './events/operations.js';
import { getEvent, listEvents } from './events/readOperations.js';
import { Recorder } from './events/recorder.js';
import { voidEvent } from './events/void.js';
import { KeyRing } from './http/keys.js';
import { logRequests } from './http/log.js';
import { mount } from './http/mount.js';
import { security, securityHeaders } from './http/security.js';
import { thinFirst } from './http/thinPath.js';
import type { Operation } from './http/operation.js';
import { requestLimit } from './http/rateLimit.js';
import { requestId } from './http/requestId.js';
import { invoiceOperations } from './invoices/operations.js';
import { migrate } from './migrations/operation.js';
import { openApiOperation, serveDocs } from './operation/docs.js';
import { healthOperations } from './operation/health.js';
import { Metrics, metricsOperation } from './operation/metrics.js';
import { pageOperations } from './operation/pages.js';
import { listPlans } from './plans/operation.js';
import { Catalogues } from './reading/catalogues.js';
import { CustomerRows } from './reading/customerRows.js';
import { Standings } from './reading/standings.js';
import { readUsage } from './usage/operation.js';
import { webhookOperation } from './webhooks/operation.js';
import { watchWebhooks } from './webhooks/watch.js';

/** The API as one request listener, and what must be flushed when it stops. */
export interface Api {
  readonly app: RequestListener;
  readonly notifier: Notifier;
  readonly decisions: DecisionAssembly;
  /** Everything the router serves and OpenAPI documents. */
  readonly operations: readonly Operation[];
}

function notifierOf({ engine, ledger, logger }: Dependencies, rows: CustomerRows): Notifier {
  const notifier = new Notifier({
    tell: (key, message) => engine.tell(key, message),
    isUrgent: ({ mode, customer }) => rows.lastSeen(mode, customer)?.hasHardLimits ?? true,
    onFailure: (error) => logger.warn({ err: error }, 'a workflow could not be told; again soon'),
  });
  ledger.writer.onGroup((group) => notifier.note(group));
  return notifier;
}

interface Parts {
  readonly defaultPlan: DefaultPlan;
  readonly rows: CustomerRows;
  readonly catalogues: Catalogues;
  readonly standings: Standings;
  readonly notifier: Notifier;
  readonly metrics: Metrics;
  readonly now: () => number;
}

function partsOf(given: Dependencies): Parts {
  const { ledger, engine, now = Date.now } = given;
  const rows = new CustomerRows(ledger.customers, now);
  const catalogues = new Catalogues(ledger.catalogues, now);
  const standings = new Standings({ engine, log: ledger.log, catalogues });
  const notifier = notifierOf(given, rows);
  const metrics = new Metrics({ untold: () => notifier.size });
  const defaultPlan = defaultPlanOf(given, catalogues, standings);
  return { defaultPlan, rows, catalogues, standings, notifier, metrics, now };
}

function defaultPlanOf(
  { ledger, defaultPlan, logger }: Dependencies,
  catalogues: Catalogues,
  standings: Standings,
): DefaultPlan {
  const onFault = (error: unknown): void =>
    logger.warn({ err: error }, 'a customer could not be made on the default plan yet');
  return new DefaultPlan(defaultPlan, catalogues, standings, ledger.writer, onFault);
}

function operationsOf(
  given: Dependencies,
  parts: Parts,
  decisions: DecisionAssembly,
): Operation[] {
  const { ledger, engine } = given;
  const { rows, catalogues, standings, notifier, metrics, now } = parts;
  const { log, writer } = ledger;
  const tellNow = notifier.tellNow.bind(notifier);
  const asking = { writer, rows, standings, catalogues, tellNow, now };
  const sources = { log, rows, standings, catalogues, now };
  const statements = new Statements(sources);
  const usage = new LeaseUsage({ decider: decisions.queue, writer, log });
  const changing = { ...sources, asking: new Asking(asking), statements };
  const customerWriter = new CustomerWriter({ ...asking, defaultPlan: given.defaultPlan });
  const planning = { ...changing, tellNow, writer: customerWriter };
  const served = [
    ...customerOperations({
      ...sources,
      engine,
      store: ledger.customers,
      writer: customerWriter,
      clock: new TestClock(asking),
    }),
    ...planOperations(planning),
    ...linkOperations(planning),
    ...changeOperations(changing),
    sendEvents({
      recorder: new Recorder({ ...parts, log, writer, usage }),
      countEvents: metrics.countEvents.bind(metrics),
    }),
    listEvents(sources),
    getEvent(sources),
    voidEvent(changing),
    ...decisions.operations,
    readUsage(sources),
    ...invoiceOperations({ ...changing, invoices: ledger.invoices }),
    ...alertOperations({ ...sources, alerts: ledger.alerts }),
    listPlans(catalogues),
    migrate({ ...changing, store: ledger.customers }),
    webhookOperation(
      { ...ledger, engine, now, watch: watchWebhooks(metrics, given.logger) },
      given.webhookSecrets,
    ),
    ...healthOperations({ ledger, engine }),
    metricsOperation(metrics),
    ...pageOperations(),
  ];
  return [...served, openApiOperation(served)];
}

/** Builds the API. Nothing is listened on yet. */
export function createApp(given: Dependencies): Api {
  const { ledger, logger } = given;
  const parts = partsOf(given);
  const decisions = assembleDecisions({ ...given, ...parts });
  const operations = operationsOf(given, parts, decisions);
  const mounting = {
    keys: new KeyRing(ledger.keys, parts.now),
    limit: requestLimit(given.requestsPerSecond),
    idempotency: ledger.idempotency,
  };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(requestId, logRequests(logger), parts.metrics.measure, security());
  mount(app, operations, mounting);
  serveDocs(app);
  app.use(answerNotFound);
  app.use(answerErrors(logger));
  const thin = operations.filter((operation) => operation.thin);
  const { metrics, notifier } = parts;
  const headers = securityHeaders();
  const served = thinFirst(app, thin, { mounting, metrics, logger, headers });
  return { app: served, notifier, decisions, operations };
}
