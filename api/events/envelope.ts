import { invalidRequest, type Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { EVENTS_MAX } from '../schemas/event.js';
import { checkCloudEvent } from './cloudEvent.js';
import { checkEvent, isRecord } from './checkEvent.js';
import type { Checked } from './submission.js';

/** Tells one event from a batch, by media type and body. Faults here record nothing. */

/** Media type of one CloudEvent (CloudEvents JSON format §3). */
export const CLOUD_EVENT = 'application/cloudevents+json';

/** Media type of a list of CloudEvents (§4). */
export const CLOUD_EVENT_BATCH = 'application/cloudevents-batch+json';

/** What a request brings. */
export interface Envelope {
  readonly batch: boolean;
  readonly checked: readonly Checked[];
}

function fault(detail: string, pointer: string): Problem {
  return invalidRequest([{ detail, pointer }]);
}

function listOf(value: unknown, pointer: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw fault(`A list of 1 to ${EVENTS_MAX} events is expected; got ${shown(value)}.`, pointer);
  }
  if (value.length < 1 || value.length > EVENTS_MAX) {
    throw fault(`A batch holds 1 to ${EVENTS_MAX} events; ${value.length} were sent.`, pointer);
  }
  return value;
}

function batchOf(body: Readonly<Record<string, unknown>>): Envelope {
  const others = Object.keys(body).filter((field) => field !== 'events');
  if (others.length > 0) {
    const faults = others.slice(0, 20).map((field) => ({
      detail: `There is no field ${shown(field)} beside events.`,
      pointer: `/${field.slice(0, 80).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    }));
    throw invalidRequest(faults);
  }
  const events = listOf(body['events'], '/events');
  return { batch: true, checked: events.map((event, at) => checkEvent(event, `/events/${at}`)) };
}

/** @throws Problem `invalid_request` where the envelope itself is wrong. */
export function openEnvelope(body: unknown, contentType: string): Envelope {
  if (contentType === CLOUD_EVENT_BATCH) {
    const events = listOf(body, '');
    return { batch: true, checked: events.map((event, at) => checkCloudEvent(event, `/${at}`)) };
  }
  if (contentType === CLOUD_EVENT) {
    return { batch: false, checked: [checkCloudEvent(body, '')] };
  }
  if (!isRecord(body)) {
    throw fault(`An event or {"events": […]} is expected; got ${shown(body)}.`, '');
  }
  if (Object.hasOwn(body, 'events')) return batchOf(body);
  return { batch: false, checked: [checkEvent(body, '')] };
}
