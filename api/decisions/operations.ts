import { callerOf, operation, type Operation } from '../http/operation.js';
import {
  checkRequestSchema,
  checkSchema,
  commitRequestSchema,
  extendRequestSchema,
  releaseRequestSchema,
  reservationPathSchema,
  reservationRequestSchema,
  reservationSchema,
} from '../schemas/reservation.js';
import type { ErrorCode } from '../errors/codes.js';
import { Decisions, type DecisionPorts } from './decisions.js';
import { rateLimitHeaders } from './limits.js';
import { getReservation, listReservations, type ReadPorts } from './readOperations.js';

/** POST /v1/check and everything under /v1/reservations. */

/** What can refuse a reservation (CONTRACT §4.2). */
export const DENIALS: readonly ErrorCode[] = [
  'customer_canceled',
  'payment_required',
  'customer_frozen',
  'not_in_plan',
  'overage_blocked',
  'credits_exhausted',
  'spend_limit_reached',
  'limit_reached',
  'rate_limited',
  'held_by_concurrent_requests',
];

const FAULTS: readonly ErrorCode[] = [
  'invalid_request',
  'unknown_meter',
  'unknown_customer',
  'unavailable',
];

const TAG = 'Decisions';

function check(decisions: Decisions): Operation {
  return operation({
    method: 'post',
    path: '/v1/check',
    name: 'check',
    summary: 'May this run now, and what would it cost? Holds nothing',
    tag: TAG,
    access: 'ingest',
    thin: true,
    bodySchema: checkRequestSchema,
    answers: { 200: { description: 'Whether it may run', schema: checkSchema } },
    problems: FAULTS,
    async handle(call) {
      const answer = await decisions.check(callerOf(call).mode, call.body, call);
      return { status: 200, ...answer };
    },
  });
}

function reserve(decisions: Decisions): Operation {
  return operation({
    method: 'post',
    path: '/v1/reservations',
    name: 'reserve',
    summary: 'Hold quantities before they are used; never granted over a hard limit',
    tag: TAG,
    access: 'ingest',
    thin: true,
    idempotent: true,
    bodySchema: reservationRequestSchema,
    answers: { 201: { description: 'Granted', schema: reservationSchema } },
    problems: [...FAULTS, 'conflict', ...DENIALS],
    async handle(call) {
      const { body, granted, nowMs } = await decisions.reserve(callerOf(call).mode, call.body);
      return { status: 201, headers: rateLimitHeaders(granted?.limits ?? [], nowMs), body };
    },
  });
}

function commit(decisions: Decisions): Operation {
  return operation({
    method: 'post',
    path: '/v1/reservations/{id}/commit',
    name: 'commitReservation',
    summary: 'Say what was used; 200 is durable, a repeat gives the first answer',
    tag: TAG,
    access: 'ingest',
    thin: true,
    idempotent: true,
    pathSchema: reservationPathSchema,
    bodySchema: commitRequestSchema,
    answers: { 200: { description: 'As it ended', schema: reservationSchema } },
    problems: [...FAULTS, 'not_found', 'reservation_released'],
    async handle(call) {
      const { mode } = callerOf(call);
      return { status: 200, body: await decisions.commit(mode, call.path.id, call.body) };
    },
  });
}

function release(decisions: Decisions): Operation {
  return operation({
    method: 'post',
    path: '/v1/reservations/{id}/release',
    name: 'releaseReservation',
    summary: 'Give all of it back',
    tag: TAG,
    access: 'ingest',
    thin: true,
    idempotent: true,
    pathSchema: reservationPathSchema,
    bodySchema: releaseRequestSchema,
    answers: { 200: { description: 'As it ended', schema: reservationSchema } },
    problems: [...FAULTS, 'not_found', 'reservation_committed'],
    async handle(call) {
      const { mode } = callerOf(call);
      return { status: 200, body: await decisions.release(mode, call.path.id, call.body) };
    },
  });
}

function extend(decisions: Decisions): Operation {
  return operation({
    method: 'post',
    path: '/v1/reservations/{id}/extend',
    name: 'extendReservation',
    summary: 'Hold it longer, or hold more',
    tag: TAG,
    access: 'ingest',
    idempotent: true,
    pathSchema: reservationPathSchema,
    bodySchema: extendRequestSchema,
    answers: { 200: { description: 'As it stands', schema: reservationSchema } },
    problems: [
      ...FAULTS,
      'not_found',
      'conflict',
      'reservation_committed',
      'reservation_released',
      ...DENIALS,
    ],
    async handle(call) {
      const { mode } = callerOf(call);
      const extended = await decisions.extend(mode, call.path.id, call.body);
      const { body, granted, nowMs } = extended;
      return { status: 200, headers: rateLimitHeaders(granted.limits, nowMs), body };
    },
  });
}

/** Operations of decisions. */
export function decisionOperations(ports: DecisionPorts): Operation[] {
  const decisions = new Decisions(ports);
  const reading: ReadPorts = { ...ports, decisions };
  return [
    check(decisions),
    reserve(decisions),
    commit(decisions),
    release(decisions),
    extend(decisions),
    listReservations(reading),
    getReservation(reading),
  ];
}
