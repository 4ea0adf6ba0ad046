import { z } from 'zod';
import { Problem } from '../errors/problem.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import {
  batchOutcomeSchema,
  batchSchema,
  cloudEventSchema,
  eventSchema,
  EVENTS_MAX,
  outcomeSchema,
} from '../schemas/event.js';
import { CLOUD_EVENT, CLOUD_EVENT_BATCH, openEnvelope } from './envelope.js';
import type { Recorder } from './recorder.js';
import type { Outcome } from './submission.js';

/** POST /v1/events. */

/** What the operation stands on. */
export interface SendOperationPorts {
  readonly recorder: Recorder;
  /** Told of each event's status, for the metrics. */
  countEvents(status: Outcome['status'], events: number): void;
}

type Counts = Record<Outcome['status'], number>;

function countsOf(outcomes: readonly Outcome[]): Counts {
  const counts: Counts = { recorded: 0, duplicate: 0, conflict: 0, free: 0, rejected: 0 };
  for (const { status } of outcomes) counts[status] += 1;
  return counts;
}

/** One result of a batch: the pointers of its faults stand in `detail` already. */
function resultOf({ faults: _faults, ...result }: Outcome): Omit<Outcome, 'faults'> {
  return result;
}

/** The answer to one event alone. @throws Problem for a conflict or a rejection. */
function singleAnswer(outcome: Outcome) {
  const { code, detail = '', faults } = outcome;
  if (code === undefined) return { status: 200, body: resultOf(outcome) };
  throw new Problem(code, detail, code === 'invalid_request' ? { errors: faults ?? [] } : {});
}

/** Sends events; the body is checked by hand, see checkEvent.ts. */
export function sendEvents(ports: SendOperationPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/events',
    name: 'sendEvents',
    summary: 'Record one event or a batch; 200 means durable',
    tag: 'Events',
    access: 'ingest',
    thin: true,
    bodyAs: 'unchecked',
    bodySchema: z.union([eventSchema, batchSchema]),
    otherBodies: {
      [CLOUD_EVENT]: cloudEventSchema,
      [CLOUD_EVENT_BATCH]: z.array(cloudEventSchema).min(1).max(EVENTS_MAX),
    },
    answers: {
      200: {
        description: 'What became of the event, or of each event of the batch, in order',
        schema: z.union([outcomeSchema, batchOutcomeSchema]),
      },
    },
    problems: [
      'invalid_request',
      'conflict',
      'event_too_old',
      'event_in_future',
      'unknown_meter',
      'unknown_customer',
      'unavailable',
    ],
    async handle(call) {
      const envelope = openEnvelope(call.body, call.contentType);
      const outcomes = await ports.recorder.record(callerOf(call).mode, envelope.checked);
      const counts = countsOf(outcomes);
      for (const [status, events] of Object.entries(counts)) {
        if (events > 0) ports.countEvents(status as Outcome['status'], events);
      }
      if (!envelope.batch) return singleAnswer(outcomes[0] as Outcome);
      return { status: 200, body: { ...counts, results: outcomes.map(resultOf) } };
    },
  });
}
