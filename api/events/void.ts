import { hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../billing/canonical.js';
import { customerNow } from '../../billing/customer/clock.js';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import { statusOf } from '../../billing/customer/reads/row.js';
import type { UsageEntry, VoidEntry } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import type { ChangePorts } from '../customers/asking.js';
import { requireCustomer } from '../customers/read.js';
import { Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import type { Catalogues } from '../reading/catalogues.js';
import { shortText } from '../schemas/customer.js';
import { eventPathSchema, recordedEventSchema } from '../schemas/event.js';
import { idSchema } from '../schemas/text.js';
import { AGE_MS_MAX } from './judge.js';
import { eventBody, planAt } from './read.js';
import { wasWrittenOff } from './writtenOff.js';

/** POST /v1/events/{id}/void: a counter-entry at the event's time, once. */

const voidRequestSchema = z
  .strictObject({ customer: idSchema, reason: shortText })
  .meta({ id: 'VoidRequest' });

/** What voiding stands on. */
export interface VoidPorts extends ChangePorts {
  readonly catalogues: Catalogues;
}

/** An event as it stands in the log. */
interface Found {
  readonly entry: UsageEntry;
  readonly number: number;
  readonly recordedAtMs: number;
}

/**
 * Takes back what was counted: of a cache hit, and of what was written off, nothing; of usage
 * that names a lease what was had for it.
 */
function voidEntry({ entry }: Found, reason: string, counted: boolean): VoidEntry {
  const { id, user, properties, atMs, drawn } = entry;
  const quantities = counted ? (drawn?.used ?? entry.quantities) : {};
  return {
    kind: 'void',
    id: `void/${id}`,
    event: id,
    reason,
    ...(user === undefined ? {} : { user }),
    quantities,
    ...(properties === undefined ? {} : { properties }),
    atMs,
    ...(drawn?.counts === false ? { counts: false as const } : {}),
    hash: hash('sha256', canonicalJson({ id, quantities }), 'base64url'),
  };
}

async function requireEvent(ports: VoidPorts, state: CustomerState, id: string): Promise<Found> {
  const found = await ports.log.entry(state.key, id);
  if (found?.entry.kind === 'usage') return { ...found, entry: found.entry };
  throw new Problem('not_found', `${shown(state.key.customer)} has no event ${shown(id)}.`);
}

/** Past this age no period takes usage any more: as it can't be sent, it can't be taken back. */
function checkAge({ entry }: Found, nowMs: number): void {
  if (entry.atMs >= nowMs - AGE_MS_MAX) return;
  const at = instantText(entry.atMs);
  const clock = `the customer's clock shows ${instantText(nowMs)}`;
  throw new Problem('event_too_old', `${entry.id} is of ${at}, over 35 days ago; ${clock}.`);
}

/** The number at which the event is voided: now, or since the first time. */
async function voided(
  ports: VoidPorts,
  state: CustomerState,
  found: Found,
  reason: string,
): Promise<number> {
  const known = await ports.log.entry(state.key, `void/${found.entry.id}`);
  if (known) return known.number;
  checkAge(found, customerNow(state, ports.now()));
  const counted = !found.entry.free && !(await wasWrittenOff(ports, state, found));
  const written = await ports.asking.write(state.key, voidEntry(found, reason, counted));
  return written.number;
}

async function customerOf(ports: VoidPorts, mode: CustomerState['key']['mode'], customer: string) {
  try {
    return await requireCustomer(ports, mode, customer);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'not_found') throw error;
    throw new Problem('unknown_customer', error.message);
  }
}

/** Declares the operation. */
export function voidEvent(ports: VoidPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/events/{id}/void',
    name: 'voidEvent',
    summary: 'Take one event back: limits and credits at once, the money on its invoice',
    tag: 'Events',
    access: 'secret',
    idempotent: true,
    pathSchema: eventPathSchema,
    bodySchema: voidRequestSchema,
    answers: {
      200: {
        description: 'The event, voided; a repeat answers the same',
        schema: recordedEventSchema,
      },
    },
    problems: ['invalid_request', 'not_found', 'unknown_customer', 'event_too_old', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { customer, reason } = call.body;
      const state = await customerOf(ports, mode, customer);
      const found = await requireEvent(ports, state, call.path.id);
      const number = await voided(ports, state, found, reason);
      const acted = await ports.asking.acted(state.key, number, call.gone);
      const plan = planAt(acted, acted.plan, await ports.catalogues.find(mode));
      const body = eventBody({ customer, ...found, voided: true }, plan, statusOf(acted));
      return { status: 200, body };
    },
  });
}
