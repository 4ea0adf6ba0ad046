import { DENIALS } from '../decisions/operations.js';
import { rateLimitHeaders } from '../decisions/limits.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import {
  leasePathSchema,
  leaseRequestSchema,
  leaseReturnSchema,
  leaseSchema,
  returnedLeaseSchema,
} from '../schemas/lease.js';
import { CallerLeases, type CallerLeasePorts } from './callerLeases.js';

/** POST /v1/leases and its return. */

const TAG = 'Decisions';

function grantLease(leases: CallerLeases): Operation {
  return operation({
    method: 'post',
    path: '/v1/leases',
    name: 'grantLease',
    summary: 'A block of quota, debited now, that you hand out in your own process',
    tag: TAG,
    access: 'ingest',
    idempotent: true,
    bodySchema: leaseRequestSchema,
    answers: { 201: { description: 'Granted, all of it', schema: leaseSchema } },
    problems: ['invalid_request', 'unknown_meter', 'unknown_customer', 'unavailable', ...DENIALS],
    async handle(call) {
      const { body, limits, nowMs } = await leases.grant(callerOf(call).mode, call.body);
      return { status: 201, headers: rateLimitHeaders(limits, nowMs), body };
    },
  });
}

function returnLease(leases: CallerLeases): Operation {
  return operation({
    method: 'post',
    path: '/v1/leases/{id}/return',
    name: 'returnLease',
    summary: 'Give back what is left of a lease; the rest comes back at its end',
    tag: TAG,
    access: 'ingest',
    idempotent: true,
    pathSchema: leasePathSchema,
    bodySchema: leaseReturnSchema,
    answers: {
      200: {
        description: 'What events may use of it in all, from now on',
        schema: returnedLeaseSchema,
      },
    },
    problems: ['invalid_request', 'not_found', 'unknown_customer', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      return { status: 200, body: await leases.giveBack(mode, call.path.id, call.body) };
    },
  });
}

/** Both operations. */
export function leaseOperations(ports: CallerLeasePorts): Operation[] {
  const leases = new CallerLeases(ports);
  return [grantLease(leases), returnLease(leases)];
}
