import { z } from 'zod';
import { customerNow } from '../../billing/customer/clock.js';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import { cellOf } from '../../billing/cells.js';
import { openHolds } from '../../billing/holds/book.js';
import type { Hold } from '../../billing/holds/hold.js';
import { contextOf } from '../../billing/limits/contextOf.js';
import { standingsOf } from '../../billing/limits/standings.js';
import type { CustomerState } from '../../billing/state.js';
import { requireCustomer, type CustomerSources } from '../customers/read.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import {
  cursorSchema,
  limitOf,
  limitSchema,
  openCursor,
  pageSchema,
  sealCursor,
} from '../schemas/list.js';
import {
  heldLeaseSchema,
  reservationPathSchema,
  reservationSchema,
} from '../schemas/reservation.js';
import { idSchema } from '../schemas/text.js';
import { endedBody, EXPIRED, HELD, reservationBody, type ReservationBody } from './body.js';
import type { GrantedReservation, Tokens } from './contract.js';
import type { Decisions } from './decisions.js';
import { holdOf, notFound } from './finder.js';

/** Reads of reservations. */

/** What reservations are read from. */
export interface ReadPorts extends CustomerSources {
  readonly decisions: Decisions;
  readonly tokens: Tokens;
  /** Real time, ms. */
  readonly now: () => number;
}

/** Limits of whoever a reservation is for, as they stand now. */
function limitsOf(state: CustomerState, nowMs: number, of: Pick<Hold, 'user' | 'properties'>) {
  const { user, properties } = of;
  return standingsOf(contextOf(state, nowMs), { user, properties });
}

/** A reservation that no settle has ended: held, or past its end. */
function openBody(
  state: CustomerState,
  granted: GrantedReservation,
  isOpen: boolean,
  nowMs: number,
): ReservationBody {
  const ending = isOpen && granted.expiresAtMs > nowMs ? HELD : EXPIRED;
  return reservationBody(granted, ending, limitsOf(state, nowMs, granted));
}

/** One reservation as it stands. @throws Problem `not_found`. */
async function read(ports: ReadPorts, state: CustomerState, id: string): Promise<ReservationBody> {
  const { decisions, tokens } = ports;
  const { key } = state;
  const nowMs = customerNow(state, ports.now());
  const entry = await decisions.settles.of(key, id);
  if (entry) {
    const user = entry.user ?? null;
    return endedBody(key, entry, limitsOf(state, nowMs, { user, properties: {} }));
  }
  const hold = holdOf(state, id);
  if (hold) {
    const isOpen = cellOf(state.holds.open, id) !== undefined;
    return openBody(state, decisions.finder.grantedOf(key, hold), isOpen, nowMs);
  }
  const known = decisions.memory.get(key, id) ?? tokens.named(key, id);
  if (known) return openBody(state, known, known.isLeased, nowMs);
  throw notFound(id, key);
}

/** One reservation. */
export function getReservation(ports: ReadPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/reservations/{id}',
    name: 'getReservation',
    summary: 'One reservation: held, or how it ended',
    tag: 'Decisions',
    access: 'secret',
    pathSchema: reservationPathSchema,
    querySchema: z.strictObject({ customer: idSchema }),
    answers: { 200: { description: 'The reservation', schema: reservationSchema } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const state = await requireCustomer(ports, callerOf(call).mode, call.query.customer);
      return { status: 200, body: await read(ports, state, call.path.id) };
    },
  });
}

/** One row of what is held: a reservation, or a lease that serves many. */
function heldRow(ports: ReadPorts, state: CustomerState, hold: Hold, nowMs: number) {
  if (hold.kind === 'lease') {
    const { id, quantities, expiresAtMs } = hold;
    return { lease: id, quantities, expiresAt: instantText(expiresAtMs) };
  }
  const granted = ports.decisions.finder.grantedOf(state.key, hold);
  return reservationBody(granted, HELD, limitsOf(state, nowMs, hold));
}

/** What the workflow holds, oldest grant first. */
export function listReservations(ports: ReadPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/reservations',
    name: 'listReservations',
    summary: 'What is held of a customer: reservations, and one row a lease',
    tag: 'Decisions',
    access: 'secret',
    querySchema: z.strictObject({
      customer: idSchema,
      status: z.literal('held').optional(),
      limit: limitSchema,
      cursor: cursorSchema,
    }),
    answers: {
      200: {
        description: 'A page',
        schema: pageSchema(z.union([reservationSchema, heldLeaseSchema])),
      },
    },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const { customer, limit, cursor } = call.query;
      const state = await requireCustomer(ports, callerOf(call).mode, customer);
      const nowMs = customerNow(state, ports.now());
      const after = Number(openCursor(cursor) ?? 0);
      const listed = openHolds(state).filter(({ kind }) => kind !== 'extra');
      const open = listed.filter(({ serial }) => serial > after);
      const page = open.slice(0, limitOf(limit));
      const last = open.length > page.length ? String(page.at(-1)?.serial) : null;
      const data = page.map((hold) => heldRow(ports, state, hold, nowMs));
      return { status: 200, body: { data, nextCursor: sealCursor(last) } };
    },
  });
}
