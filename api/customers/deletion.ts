import type { Engine } from '../engine/engine.js';
import { Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import type { CustomerRows } from '../reading/customerRows.js';
import { customerPathSchema } from '../schemas/customer.js';

/** DELETE of a customer: personal data goes, invoices stay (CONTRACT §3.1). */

/** What it stands on. */
export interface DeletionPorts {
  readonly engine: Pick<Engine, 'deleteCustomer'>;
  readonly rows: CustomerRows;
}

/** The operation. A deletion that was left half-way goes on by itself, and with a repeat. */
export function deleteCustomer({ engine, rows }: DeletionPorts): Operation {
  return operation({
    method: 'delete',
    path: '/v1/customers/{id}',
    name: 'deleteCustomer',
    summary: 'Delete a canceled customer: personal data is erased, invoices stay',
    tag: 'Customers',
    access: 'secret',
    pathSchema: customerPathSchema,
    answers: { 204: { description: 'Deleted' } },
    problems: ['invalid_request', 'not_found', 'conflict', 'unavailable'],
    async handle(call) {
      const { mode } = callerOf(call);
      const { id } = call.path;
      const row = (await rows.fresh(mode, id)) ?? rows.deleted(mode, id);
      if (!row || row.deletion === 'done') {
        throw new Problem('not_found', `There is no customer ${shown(id)} in ${mode} mode.`);
      }
      const { awaited } = await engine.deleteCustomer(row.key);
      if (awaited.length === 0) return { status: 204 };
      const detail = `${shown(id)} can't be deleted yet. Awaited: ${awaited.join('; ')}.`;
      throw new Problem('conflict', detail);
    },
  });
}
