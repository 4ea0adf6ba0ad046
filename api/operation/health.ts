import { z } from 'zod';
import type { Ledger } from '../../ledger/contract.js';
import type { Engine } from '../engine/engine.js';
import { operation, type Operation } from '../http/operation.js';

/** Whether the process is up, and whether everything it stands on answers. */

/** What readiness looks at. */
export interface HealthPorts {
  readonly ledger: Pick<Ledger, 'ping'>;
  readonly engine: Pick<Engine, 'readiness'>;
}

const parts = z.object({
  temporal: z.enum(['up', 'down']),
  ledger: z.enum(['up', 'down']),
  worker: z.enum(['up', 'down']),
});

function named(up: boolean): 'up' | 'down' {
  return up ? 'up' : 'down';
}

/** The operations of load balancers and supervisors. */
export function healthOperations({ ledger, engine }: HealthPorts): Operation[] {
  const health = operation({
    method: 'get',
    path: '/healthz',
    name: 'getHealth',
    summary: 'The process is up',
    tag: 'Operation',
    access: 'public',
    answers: { 200: { description: 'Up', schema: z.object({ status: z.literal('up') }) } },
    problems: [],
    handle: () => Promise.resolve({ status: 200, body: { status: 'up' } }),
  });
  const ready = operation({
    method: 'get',
    path: '/readyz',
    name: 'getReadiness',
    summary: 'Temporal, ledger and worker answer; which one does not',
    tag: 'Operation',
    access: 'public',
    answers: {
      200: { description: 'All answer', schema: parts },
      503: { description: 'One does not', schema: parts },
    },
    problems: [],
    async handle() {
      const [reached, stored] = await Promise.all([
        engine.readiness(),
        ledger.ping().then(
          () => true,
          () => false,
        ),
      ]);
      const body = {
        temporal: named(reached.temporal),
        ledger: named(stored),
        worker: named(reached.worker),
      };
      const all = reached.temporal && reached.worker && stored;
      return { status: all ? 200 : 503, body };
    },
  });
  return [health, ready];
}
